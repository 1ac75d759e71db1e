import type { Unended } from './change.ts'

/** What was applied, or begun, at one time; kept as a GitHub Deployment. */
export interface ApplyRecord {
  readonly environment: string
  /** Path of the environment file at that commit. */
  readonly file: string
  /** The commit on the default branch. */
  readonly sha: string
  /** The blob of the file at that commit. */
  readonly blob: string
  readonly engine: string
  /** sha256 of every chart archive that was used, by `release/NAME`. */
  readonly charts: Readonly<Record<string, string>>
  /** Digest of the spec of everything it owns, by identity. */
  readonly identities: Readonly<Record<string, string>>
}

/** One that was begun and did not end well. */
export interface Attempt extends ApplyRecord, Pick<Unended, 'run' | 'failed'> {}

/** What the records say of one environment. */
export interface History {
  /** The last one that was applied whole. */
  readonly applied: ApplyRecord | undefined
  /** Those begun later that did not end well, oldest first. */
  readonly unfinished: readonly Attempt[]
}

/** True if just this was applied last and whole; a later attempt that did not end well may have changed anything. */
export const isAppliedLast = (
  { applied, unfinished }: History,
  { file, blob, engine }: Pick<ApplyRecord, 'file' | 'blob' | 'engine'>,
): boolean =>
  unfinished.length === 0 && applied?.blob === blob && applied.engine === engine && applied.file === file

/** A plan that was refused: nothing was written. */
export interface RefusedPlan {
  readonly environment: string
  /** Its digest. */
  readonly digest: string
  /** The commit of the default branch that was to be applied. */
  readonly sha: string
}

/** Where refusals are kept, so that the same plan is not put before people as news again and again. */
export interface Refusals {
  /** The address of the run that refused this plan of the environment before; undefined if none did. */
  find(environment: string, digest: string): Promise<string | undefined>
  /** Remembers that this run refused a plan. */
  keep(refused: RefusedPlan): Promise<void>
}

/** A record that has been begun and waits for its end. */
export interface OpenRecord {
  /** Says how it ended. */
  close(
    ending: 'success' | 'failure',
    detail: { readonly description: string; readonly url?: string },
  ): Promise<void>
}

/** Where records are kept. */
export interface Records {
  history(environment: string): Promise<History | undefined>
  /** Writes a record before the first write of an apply. */
  begin(record: ApplyRecord): Promise<OpenRecord>
}
