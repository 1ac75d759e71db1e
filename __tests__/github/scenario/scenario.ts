import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { initBare } from '../fake/git.ts'
import type { FakeGitHub, FakeOptions } from '../fake/github.ts'
import { startFakeGitHub } from '../fake/github.ts'
import type { Pull, Role, State } from '../fake/state.ts'
import type { GitHubEvent, PullAction } from './events.ts'
import { dispatchEvent, mergeGroupEvent, pullRequestEvent, pushEvent, scheduleEvent } from './events.ts'
import type { Changes, History } from './history.ts'
import { createHistory } from './history.ts'
import type { MergeMethod, QueueEntry } from './merge.ts'
import { enqueue, land } from './merge.ts'
import type { NewPull } from './pulls.ts'
import { closePull, openPull, pushToPull, refreshPull } from './pulls.ts'

/** A repository on the fake GitHub, and what people do with it. */
export interface Scenario {
  readonly github: FakeGitHub
  readonly history: History
  /** A folder of this scenario that goes away with it. */
  readonly dir: string
  /** The tip of a branch, the default one unless told. */
  readonly tip: (branch?: string) => string
  readonly pull: (number: number) => Pull
  readonly openPull: (pull: NewPull) => Pull
  /** Gives the event of the new commit; `force` replaces the earlier ones. */
  readonly pushToPull: (number: number, files: Changes, options?: { readonly force?: boolean }) => GitHubEvent
  readonly pullEvent: (number: number, action?: PullAction, actor?: string) => GitHubEvent
  readonly closePull: (number: number) => GitHubEvent
  readonly approve: (number: number, by: string) => void
  /** Merges, and gives the push event. */
  readonly merge: (number: number, method: MergeMethod, by?: string) => GitHubEvent
  /** Builds the queue's branches, and gives a `merge_group` event per entry. */
  readonly queue: (numbers: readonly number[], method?: MergeMethod) => MergeQueue
  /** A commit straight on the default branch. */
  readonly push: (files: Changes, actor?: string, message?: string) => GitHubEvent
  /** Moves the default branch to a commit, whatever it held. */
  readonly forcePush: (sha: string, actor?: string) => GitHubEvent
  /** One push event for all that happened since `before`, as for several merges that land together. */
  readonly pushed: (before: string, actor?: string) => GitHubEvent
  readonly dispatch: (
    inputs: Readonly<Record<string, string>>,
    actor?: string,
    branch?: string,
  ) => GitHubEvent
  readonly schedule: (cron?: string) => GitHubEvent
  readonly close: () => Promise<void>
}

/** A group in the merge queue. */
export interface MergeQueue {
  readonly entries: readonly QueueEntry[]
  /** The event of each entry, in order; the last covers all. */
  readonly events: readonly GitHubEvent[]
  /** Lands all entries with one push. */
  readonly land: () => GitHubEvent
}

/** How a scenario begins. */
export interface ScenarioOptions extends Omit<FakeOptions, 'git'> {
  /** The first commit; none for an empty repository with one empty commit. */
  readonly files?: Changes
  readonly collaborators?: Readonly<Record<string, Role>>
}

interface World {
  readonly state: State
  readonly history: History
}

const pullOf = ({ state }: World, number: number): Pull => {
  const pull = state.pulls.get(number)
  if (pull === undefined) throw new Error(`There is no pull request ${number}.`)
  return pull
}

const tipOf = ({ state }: World, branch: string = state.repository.defaultBranch): string =>
  state.git.run(['rev-parse', `refs/heads/${branch}`])

/** Moves the default branch, and with it the test merges of all open pull requests. */
const move = (world: World, after: string, actor: string): GitHubEvent => {
  const { state, history } = world
  const branch = state.repository.defaultBranch
  const before = tipOf(world)
  state.git.run(['update-ref', `refs/heads/${branch}`, after])
  for (const pull of [...state.pulls.values()]) if (pull.state === 'open') refreshPull(state, history, pull)
  return pushEvent(state, { branch, before, after, actor })
}

const merge = (world: World, number: number, method: MergeMethod, by: string): GitHubEvent => {
  const pull = pullOf(world, number)
  const built = land(world.history, world.state, tipOf(world), pull, method, by)
  closePull(world.state, pull, built.landed, by)
  return move(world, built.tip, by)
}

const landQueue = (world: World, entries: readonly QueueEntry[]): GitHubEvent => {
  const { state } = world
  for (const entry of entries) {
    closePull(state, entry.pull, entry.landed, 'github-merge-queue[bot]')
    state.git.run(['update-ref', '-d', entry.ref])
  }
  return move(world, entries.at(-1)?.headSha ?? tipOf(world), 'github-merge-queue[bot]')
}

const queue = (world: World, numbers: readonly number[], method: MergeMethod): MergeQueue => {
  const { state, history } = world
  const entries = enqueue(
    state,
    history,
    numbers.map(n => pullOf(world, n)),
    method,
  )
  const base = state.repository.defaultBranch
  const events = entries.map(({ ref, headSha, baseSha }) =>
    mergeGroupEvent(state, { ref, headSha, baseSha, base }),
  )
  return { entries, events, land: () => landQueue(world, entries) }
}

const approve = (world: World, number: number, by: string): void => {
  const pull = pullOf(world, number)
  const review = {
    id: world.state.nextId(),
    user: by,
    state: 'APPROVED',
    commit: pull.headSha,
    at: world.state.now(),
  } as const
  world.state.pulls.set(number, { ...pull, reviews: [...pull.reviews, review] })
}

const pullVerbs = (world: World) => {
  const { state, history } = world
  return {
    pull: (number: number) => pullOf(world, number),
    openPull: (wanted: NewPull) => openPull(state, history, wanted),
    pushToPull: (number: number, files: Changes, options: { readonly force?: boolean } = {}) => {
      const before = pullOf(world, number)
      const after = pushToPull(state, history, before, files, options.force)
      return pullRequestEvent(state, after, 'synchronize', before.headSha)
    },
    pullEvent: (number: number, action: PullAction = 'opened', actor?: string) =>
      pullRequestEvent(state, pullOf(world, number), action, undefined, actor),
    closePull: (number: number) =>
      pullRequestEvent(state, closePull(state, pullOf(world, number), [], 'alice'), 'closed'),
    approve: (number: number, by: string) => approve(world, number, by),
    merge: (number: number, method: MergeMethod, by = 'alice') => merge(world, number, method, by),
    queue: (numbers: readonly number[], method: MergeMethod = 'squash') => queue(world, numbers, method),
  }
}

const branchVerbs = (world: World) => {
  const { state, history } = world
  const branch = state.repository.defaultBranch
  return {
    tip: (name?: string) => tipOf(world, name),
    push: (files: Changes, actor = 'alice', message = 'Direct change') =>
      move(world, history.commit(tipOf(world), files, message, actor), actor),
    forcePush: (sha: string, actor = 'alice') => move(world, sha, actor),
    pushed: (before: string, actor = 'alice') =>
      pushEvent(state, { branch, before, after: tipOf(world), actor }),
    dispatch: (inputs: Readonly<Record<string, string>>, actor = 'alice', name?: string) =>
      dispatchEvent(state, inputs, actor, name),
    schedule: (cron = '17 5 * * *') => scheduleEvent(state, cron, 'alice'),
  }
}

/** Makes a repository with one commit and starts a fake GitHub over it; `close` stops and removes both. */
export const startScenario = async (options: ScenarioOptions = {}): Promise<Scenario> => {
  const { files = {}, collaborators = { alice: 'admin', bob: 'write' }, ...rest } = options
  const dir = mkdtempSync(join(tmpdir(), 'slipway-github-'))
  const branch = rest.defaultBranch ?? 'main'
  const git = initBare(join(dir, 'origin.git'), branch)
  const history = createHistory(git)
  git.run(['update-ref', `refs/heads/${branch}`, history.commit(undefined, files, 'First commit', 'alice')])
  const github = await startFakeGitHub({ git, ...rest })
  const world: World = { state: github.state, history }
  for (const [login, role] of Object.entries(collaborators)) github.state.collaborators.set(login, role)
  const close = async (): Promise<void> => {
    await github.close()
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
  }
  return { github, history, dir, close, ...pullVerbs(world), ...branchVerbs(world) }
}
