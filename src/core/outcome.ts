import type { Problem } from './problem.ts'
import type { Address } from './resource.ts'

/**
 * How one step ended. `already`: nothing was left to do. `skipped`: something before it failed. `stopped`: the run
 * was asked to stop before it began. `running`: it was begun, and its operation goes on at Google.
 */
export type Ending = 'applied' | 'already' | 'failed' | 'skipped' | 'stopped' | 'running'

/** What became of one step. */
export interface Outcome {
  readonly address: Address
  readonly ending: Ending
  /** What was done, in one short line, for example `tier db-custom-2-7680 → db-custom-4-15360`. */
  readonly summary: string
  readonly seconds: number
  /** Why it failed and what to do. */
  readonly problem?: Problem
}

/** What became of a plan. */
export interface Result {
  readonly environment: string
  readonly outcomes: readonly Outcome[]
  readonly seconds: number
  /** Where the environment answers, once that is known. */
  readonly url?: string
  /** The proof that it answers, for example `healthy, version 0.13.0`. */
  readonly health?: string
  /** What is left after a second look; empty means applied. */
  readonly left: readonly Problem[]
}

/** True if everything was applied and nothing is left. */
export const succeeded = ({ outcomes, left }: Result): boolean =>
  left.length === 0 && outcomes.every(({ ending }) => ending === 'applied' || ending === 'already')
