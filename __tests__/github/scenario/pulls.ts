import { personId } from '../fake/people.ts'
import type { Pull, Repository, State } from '../fake/state.ts'
import type { Changes, History } from './history.ts'

/** A pull request to open. */
export interface NewPull {
  readonly branch: string
  readonly files: Changes
  readonly title?: string
  readonly body?: string
  readonly author?: string
  readonly draft?: boolean
  /** The branch that it goes into, the default one unless told. */
  readonly base?: string
  /** The owner of the fork that it comes from. */
  readonly fork?: string
}

/** Puts `refs/pull/N/{head,merge}` in step with the pull request and its base, as GitHub's mergeability job does. */
export const refreshPull = (state: State, history: History, pull: Pull): Pull => {
  const { git } = state
  const baseSha = git.run(['rev-parse', `refs/heads/${pull.baseRef}`])
  const message = `Merge ${pull.headSha} into ${baseSha}`
  const mergeSha = history.merge(baseSha, pull.headSha, message, pull.author) ?? null
  const name = `refs/pull/${pull.number}`
  const merge = mergeSha === null ? `delete ${name}/merge` : `update ${name}/merge ${mergeSha}`
  git.run(['update-ref', '--stdin'], { input: `update ${name}/head ${pull.headSha}\n${merge}\n` })
  const changed = { ...pull, baseSha, mergeSha }
  state.pulls.set(pull.number, changed)
  return changed
}

const forkOf = (repository: Repository, owner: string): Repository => ({
  ...repository,
  id: repository.id + personId(owner),
  owner,
  ownerId: personId(owner),
  fork: true,
})

/** Opens a pull request of one new commit; a fork's branch does not exist in the repository. */
export const openPull = (state: State, history: History, wanted: NewPull): Pull => {
  const { git, repository } = state
  const author = wanted.author ?? wanted.fork ?? 'alice'
  const base = wanted.base ?? repository.defaultBranch
  const baseSha = git.run(['rev-parse', `refs/heads/${base}`])
  const title = wanted.title ?? `Change ${Object.keys(wanted.files).join(', ')}`
  const headSha = history.commit(baseSha, wanted.files, title, author)
  if (wanted.fork === undefined) git.run(['update-ref', `refs/heads/${wanted.branch}`, headSha])
  const at = state.now()
  const pull: Pull = {
    ...{ number: state.pulls.size + 1, id: state.nextId(), title, body: wanted.body ?? null, author },
    draft: wanted.draft ?? false,
    ...{ headRef: wanted.branch, headSha, baseRef: base, baseSha, state: 'open', mergeSha: null },
    headRepository: wanted.fork === undefined ? repository : forkOf(repository, wanted.fork),
    ...{
      mergedAt: null,
      mergedBy: null,
      closedAt: null,
      landed: [],
      reviews: [],
      createdAt: at,
      updatedAt: at,
    },
  }
  return refreshPull(state, history, pull)
}

/** Adds a commit to (or, with `force`, replaces the commits of) an open pull request. */
export const pushToPull = (
  state: State,
  history: History,
  pull: Pull,
  files: Changes,
  force = false,
): Pull => {
  const parent = force ? state.git.run(['rev-parse', `refs/heads/${pull.baseRef}`]) : pull.headSha
  const headSha = history.commit(parent, files, `Update ${Object.keys(files).join(', ')}`, pull.author)
  if (!pull.headRepository.fork) state.git.run(['update-ref', `refs/heads/${pull.headRef}`, headSha])
  return refreshPull(state, history, { ...pull, headSha, updatedAt: state.now() })
}

/** Marks a pull request as closed, merged if it landed something; its test merge ref goes away. */
export const closePull = (state: State, pull: Pull, landed: readonly string[], by: string): Pull => {
  const at = state.now()
  const merged = landed.length > 0
  state.git.attempt(['update-ref', '-d', `refs/pull/${pull.number}/merge`])
  const closed: Pull = {
    ...pull,
    state: 'closed',
    mergeSha: landed.at(-1) ?? pull.mergeSha,
    mergedAt: merged ? at : null,
    mergedBy: merged ? by : null,
    ...{ closedAt: at, updatedAt: at, landed },
  }
  state.pulls.set(pull.number, closed)
  return closed
}
