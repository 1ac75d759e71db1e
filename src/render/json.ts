import type { Uncovered } from '../core/coverage.ts'
import type { Result } from '../core/outcome.ts'
import type { Plan } from '../core/plan.ts'

/** A plan as JSON for `--json`: two spaces of indentation and a line break at the end; reading it gives the plan back. */
export const planJson = (plan: Plan | readonly Plan[]): string => `${JSON.stringify(plan, null, 2)}\n`

/** What became of one environment in a terminal. */
export type ApplyReport = {
  readonly format: 'slipway-applied/1'
  readonly environment: string
  /** What apply went by: the plan that was made last. */
  readonly plan: Plan
} & (
  | { readonly ended: 'done'; readonly result: Result }
  /** Nothing was written: the plan has problems, or does something that the plan before it did not. */
  | { readonly ended: 'refused'; readonly uncovered: readonly Uncovered[] }
  /** Nothing was written: nobody said yes. */
  | { readonly ended: 'declined' }
)

/** The same for what became of environments. */
export const appliedJson = (report: ApplyReport | readonly ApplyReport[]): string =>
  `${JSON.stringify(report, null, 2)}\n`
