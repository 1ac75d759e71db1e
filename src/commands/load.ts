import type { Problem } from '../core/problem.ts'
import type { Subject } from './subject.ts'

/** An environment file and what it says. */
export interface EnvironmentText {
  readonly path: string
  readonly text: string
}

/** A file that cannot be used, and why. */
export interface Failure {
  readonly file: string
  readonly problems: readonly Problem[]
}

/** What files say: environments that can be planned, and files that cannot. */
export interface Loaded {
  readonly subjects: readonly Subject[]
  readonly failures: readonly Failure[]
}

/** Reads environment files together, so that two of them cannot own one thing. `applierOf` gives a project's applier. */
export type Load = (
  files: readonly EnvironmentText[],
  applierOf: (project: string) => string | undefined,
) => Loaded
