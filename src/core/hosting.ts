import type { Plan } from './plan.ts'
import type { Problem } from './problem.ts'
import type { Records, Refusals } from './record.ts'

/** A file of a commit. */
export interface FileAt {
  readonly path: string
  /** SHA of its content. */
  readonly blob: string
}

/** A pull request. */
export interface Pull {
  readonly number: number
  /** The commit at its head. */
  readonly head: string
  /** The branch that it goes into. */
  readonly base: string
  /** The commit that brought it into its base; undefined while it is open. */
  readonly merged: string | undefined
  /** Login of the one who merged it, or who opened it. */
  readonly actor: string
  /** While it is open and has no conflict: the commit that merging it now would make. */
  readonly testMerge?: string
}

/** What a plan run leaves behind for apply. */
export interface PlanDocument {
  readonly format: 'slipway-plans/1'
  readonly pull: number
  readonly head: string
  readonly engine: string
  readonly plans: readonly Plan[]
}

/** What an apply job leaves behind for the one that reports. */
export interface Report {
  readonly environment: string
  /** Pull requests whose comment takes the outcome in. */
  readonly pulls: readonly number[]
  /** Markdown of the outcome. */
  readonly body: string
  /** The digest of the plan that was refused: a comment that tells of the same refusal is left as it is. */
  readonly refused?: string | undefined
}

/** The reviewed plan of a merged pull request, or why there is none that counts. */
export type Review = { readonly document: PlanDocument } | { readonly missing: Problem }

/** What a code host gives: files of commits, pull requests and what was said and recorded on them. */
export interface Hosting {
  readonly defaultBranch: string
  /** Files below `folder` at a commit, symbolic links and submodules left out. */
  files(commit: string, folder: string): Promise<readonly FileAt[]>
  /** The text of a blob. */
  text(blob: string): Promise<string>
  /** Parents of a commit, first parent first. */
  parents(commit: string): Promise<readonly string[]>
  /** The commit at the head of a branch. */
  head(branch: string): Promise<string>
  /**
   * First-parent commits of `until`, newest first, up to and without `since`; undefined if `since` is not among them.
   * Without `since` the last hundred or so.
   */
  firstParents(until: string, since: string | undefined): Promise<readonly string[] | undefined>
  pull(number: number): Promise<Pull>
  /** Pull requests that commits of the default branch brought in, lowest number first. */
  pullsMergedAs(commits: readonly string[]): Promise<readonly Pull[]>
  /** The newest plan of a merged pull request's head that counts as reviewed. */
  review(pull: Pull): Promise<Review>
  /**
   * Writes the one comment of a pull request; `replace` gets the body that is there (undefined: none yet), and gives
   * the new one (undefined: leave it).
   */
  comment(pull: number, replace: (body: string | undefined) => string | undefined): Promise<void>
  /** `absent`: no such GitHub environment; `gated`: people must approve; `open`: anyone's push deploys. */
  protection(environment: string): Promise<'absent' | 'gated' | 'open'>
  readonly records: Records
  readonly refusals: Refusals
}
