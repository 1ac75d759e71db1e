import type { JsonObject } from '../fake/json.ts'
import { user } from '../fake/people.ts'
import { commitsBetween, simpleCommit } from '../fake/shape-commit.ts'
import { pullShape } from '../fake/shape-pull.ts'
import { repoHtml, repositoryShape } from '../fake/shape-repository.ts'
import type { Pull, Repository, State } from '../fake/state.ts'

/** An event as a job gets it. */
export interface GitHubEvent {
  readonly name: 'pull_request' | 'push' | 'merge_group' | 'workflow_dispatch' | 'schedule'
  /** `GITHUB_REF` */
  readonly ref: string
  /** `GITHUB_SHA`: the test merge commit for an open pull request. */
  readonly sha: string
  /** `GITHUB_HEAD_REF`, `GITHUB_BASE_REF`: set for pull requests only. */
  readonly headRef?: string
  readonly baseRef?: string
  readonly actor: string
  /** The run's head in the API: the pull request's head commit, else `sha`. */
  readonly headSha: string
  readonly headBranch: string
  readonly headRepository: Repository
  /** From a fork or of Dependabot: the token is read-only and there is no identity. */
  readonly restricted: boolean
  readonly payload: JsonObject
}

/** The commit that comes before the first one. */
export const ZERO_SHA = '0'.repeat(40)

const common = (state: State, actor: string): JsonObject => ({
  repository: repositoryShape(state.apiUrl, state.repository),
  organization: {
    login: state.repository.owner,
    id: state.repository.ownerId,
    url: `${state.apiUrl}/orgs/${state.repository.owner}`,
  },
  sender: user(state.apiUrl, actor),
})

/** Actions on a pull request that start runs. */
export type PullAction = 'opened' | 'synchronize' | 'reopened' | 'closed' | 'ready_for_review'

/** `pull_request`; throws for an open pull request that conflicts, since GitHub starts no run then. */
export const pullRequestEvent = (
  state: State,
  pull: Pull,
  action: PullAction,
  before?: string,
  actor: string = pull.author,
): GitHubEvent => {
  if (action !== 'closed' && pull.mergeSha === null)
    throw new Error(`Pull request ${pull.number} conflicts: no run.`)
  const merged = pull.mergedAt !== null
  const tip = state.git.run(['rev-parse', `refs/heads/${pull.baseRef}`])
  const moved = action === 'synchronize' ? { before: before ?? ZERO_SHA, after: pull.headSha } : {}
  return {
    name: 'pull_request',
    ref: merged ? `refs/heads/${pull.baseRef}` : `refs/pull/${pull.number}/merge`,
    sha: pull.mergeSha ?? tip,
    headRef: pull.headRef,
    baseRef: pull.baseRef,
    actor,
    headSha: pull.headSha,
    headBranch: pull.headRef,
    headRepository: pull.headRepository,
    restricted: pull.headRepository.fork || pull.author === 'dependabot[bot]',
    payload: {
      action,
      number: pull.number,
      ...moved,
      pull_request: pullShape(state, pull),
      ...common(state, actor),
    },
  }
}

const ofBranch = (
  state: State,
  ref: string,
  sha: string,
  actor: string,
): Omit<GitHubEvent, 'name' | 'payload'> => ({
  ...{ ref, sha, actor, headSha: sha },
  headBranch: ref.replace('refs/heads/', ''),
  headRepository: state.repository,
  restricted: false,
})

/** `push`; commits carry no file lists, and at most 2,048 are named. */
export const pushEvent = (
  state: State,
  push: { readonly branch: string; readonly before: string; readonly after: string; readonly actor: string },
): GitHubEvent => {
  const { branch, before, after, actor } = push
  const created = before === ZERO_SHA
  const exists = !created && state.git.attempt(['cat-file', '-e', before]) !== undefined
  const forced = exists && state.git.attempt(['merge-base', '--is-ancestor', before, after]) === undefined
  const html = repoHtml(state.repository)
  const shas = exists ? commitsBetween(state.git, before, after) : [after]
  const commit = (sha: string): JsonObject => ({
    ...simpleCommit(state.git, sha),
    distinct: true,
    url: `${html}/commit/${sha}`,
  })
  const payload = {
    ...{ ref: `refs/heads/${branch}`, before, after, created, deleted: false, forced, base_ref: null },
    compare: `${html}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: shas.slice(-2048).map(commit),
    head_commit: commit(after),
    pusher: { name: actor, email: `${actor}@users.noreply.github.com` },
    ...common(state, actor),
  }
  return { name: 'push', ...ofBranch(state, `refs/heads/${branch}`, after, actor), payload }
}

/** `merge_group` (checks_requested); names no pull request but for the ref. */
export const mergeGroupEvent = (
  state: State,
  group: { readonly ref: string; readonly headSha: string; readonly baseSha: string; readonly base: string },
): GitHubEvent => {
  const actor = 'github-merge-queue[bot]'
  const merge_group = {
    head_sha: group.headSha,
    head_ref: group.ref,
    base_sha: group.baseSha,
    base_ref: `refs/heads/${group.base}`,
    head_commit: simpleCommit(state.git, group.headSha),
  }
  const payload = { action: 'checks_requested', merge_group, ...common(state, actor) }
  return { name: 'merge_group', ...ofBranch(state, group.ref, group.headSha, actor), payload }
}

const tipEvent = (
  state: State,
  name: 'workflow_dispatch' | 'schedule',
  branch: string,
  actor: string,
  more: JsonObject,
): GitHubEvent => {
  const ref = `refs/heads/${branch}`
  const sha = state.git.run(['rev-parse', ref])
  return { name, ...ofBranch(state, ref, sha, actor), payload: { ...more, ...common(state, actor) } }
}

/** `workflow_dispatch` on a branch that the user picks; inputs arrive as texts. */
export const dispatchEvent = (
  state: State,
  inputs: Readonly<Record<string, string>>,
  actor: string,
  branch: string = state.repository.defaultBranch,
): GitHubEvent =>
  tipEvent(state, 'workflow_dispatch', branch, actor, {
    inputs,
    ref: `refs/heads/${branch}`,
    workflow: '.github/workflows/slipway.yml',
  })

/** `schedule` on the default branch. */
export const scheduleEvent = (state: State, cron: string, actor: string): GitHubEvent =>
  tipEvent(state, 'schedule', state.repository.defaultBranch, actor, {
    schedule: cron,
    workflow: '.github/workflows/slipway.yml',
  })
