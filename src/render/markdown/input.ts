import type { Plan } from '../../core/plan.ts'
import type { Position, Problem, Source } from '../../core/problem.ts'
import { isPosition } from '../../core/problem.ts'
import { code, link } from './escape.ts'

/** Where a comment comes from; its footer and its links. */
export interface Origin {
  /** `https://github.com/acme/platform`. */
  readonly repositoryUrl: string
  /** The commit that the pull request goes into. */
  readonly base: string
  /** The commit that was planned or applied. */
  readonly head: string
  readonly run: { readonly id: number; readonly attempt: number; readonly url: string }
  /** sha256 of the artifact with the plans, 64 hexadecimal digits; '' where there is no plan. */
  readonly sha256: string
  /** E-mail of the identity that read or wrote. */
  readonly identity?: string
  readonly calls: number
  readonly seconds: number
}

/** An environment that could not be planned. */
export interface Failure {
  readonly environment: string
  readonly file: string
  readonly problems: readonly Problem[]
}

/** An environment whose file goes away: nothing of it is deleted, and nobody looks after it any more. */
export interface Dropped {
  readonly environment: string
  readonly file: string
  /** The environment that its file describes now, where the file stays. */
  readonly now?: string
  readonly addresses: readonly string[]
}

/** Everything that a pull request's comment says. */
export interface PlanComment {
  readonly plans: readonly Plan[]
  readonly failures: readonly Failure[]
  /** What earlier merges want and nothing has applied yet. */
  readonly pending?: readonly Plan[]
  readonly dropped?: readonly Dropped[]
  /** The branch that is applied, where the pull request goes into another one. */
  readonly appliedIn?: string
  /** Environments that merging does not apply, since nothing that it brings concerns them. */
  readonly notApplied?: readonly string[]
  readonly origin: Origin
}

/** One segment of an address; lone surrogates, which have no encoding, become U+FFFD. */
export const encoded = (segment: string): string => encodeURIComponent(segment.toWellFormed())

/** The address of a line (or the whole) of a file at the planned commit. */
export const fileUrl = ({ repositoryUrl, head }: Origin, file: string, line?: number): string => {
  const path = file.split('/').map(encoded).join('/')
  return `${repositoryUrl}/blob/${encoded(head)}/${path}${line === undefined ? '' : `#L${line}`}`
}

/** The address of a commit. */
export const commitUrl = ({ repositoryUrl }: Origin, sha: string): string =>
  `${repositoryUrl}/commit/${encoded(sha)}`

/** The address of a run of the repository's workflows. */
export const runUrl = ({ repositoryUrl }: Origin, run: number): string =>
  `${repositoryUrl}/actions/runs/${Math.trunc(run)}`

/** A link to a place, its text `prod.yaml:14`. */
export const placeLink = (origin: Origin, { file, line }: Position): string =>
  link(code(`${file.split('/').at(-1)}:${line}`, 120), fileUrl(origin, file, line))

/** A link to the line that wants something, the preset's name, or ''. */
export const sourceLink = (origin: Origin, source: Source | undefined): string => {
  if (source === undefined) return ''
  return isPosition(source) ? placeLink(origin, source) : `preset ${code(source.preset, 120)}`
}
