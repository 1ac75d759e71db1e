import { commitsBetween } from '../fake/shape-commit.ts'
import type { Pull, State } from '../fake/state.ts'
import type { History } from './history.ts'

/** How a pull request lands on its base. */
export type MergeMethod = 'squash' | 'merge' | 'rebase'

/** What a merge put on the base branch: its new tip last. */
export interface Landing {
  readonly tip: string
  /** Commits that are on the base because of the pull request. */
  readonly landed: readonly string[]
}

/** Builds the merge on top of `base` without moving any branch; throws on a conflict. */
export const land = (
  history: History,
  state: State,
  base: string,
  pull: Pull,
  method: MergeMethod,
  by: string,
): Landing => {
  switch (method) {
    case 'squash': {
      const tip = history.squash(base, pull.headSha, `${pull.title} (#${pull.number})`, by)
      return { tip, landed: [tip] }
    }
    case 'merge': {
      const message = `Merge pull request #${pull.number} from ${pull.headRepository.owner}/${pull.headRef}`
      const tip = history.merge(base, pull.headSha, message, by)
      if (tip === undefined) throw new Error(`Pull request ${pull.number} conflicts with ${base}.`)
      return { tip, landed: [...commitsBetween(state.git, base, pull.headSha), tip] }
    }
    case 'rebase': {
      const landed = history.rebase(base, pull.headSha, by)
      return { tip: landed.at(-1) ?? base, landed }
    }
    default:
      throw new Error(`unknown merge method ${method satisfies never}`)
  }
}

/** One entry of a merge queue. */
export interface QueueEntry {
  readonly pull: Pull
  /** `refs/heads/gh-readonly-queue/BASE/pr-N-SHA`, SHA being what the entry is built on. */
  readonly ref: string
  readonly baseSha: string
  readonly headSha: string
  readonly landed: readonly string[]
}

/** Builds the queue's branches, each on top of the one before. */
export const enqueue = (
  state: State,
  history: History,
  pulls: readonly Pull[],
  method: MergeMethod,
): readonly QueueEntry[] => {
  const base = state.repository.defaultBranch
  let tip = state.git.run(['rev-parse', `refs/heads/${base}`])
  return pulls.map(pull => {
    const baseSha = tip
    const built = land(history, state, baseSha, pull, method, 'github-merge-queue[bot]')
    const ref = `refs/heads/gh-readonly-queue/${base}/pr-${pull.number}-${baseSha}`
    state.git.run(['update-ref', ref, built.tip])
    tip = built.tip
    return { pull, ref, baseSha, headSha: built.tip, landed: built.landed }
  })
}
