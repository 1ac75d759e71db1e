import type { Plan } from '../core/plan.ts'

/** A plan as JSON for `--json`: two spaces of indentation and a line break at the end; reading it gives the plan back. */
export const planJson = (plan: Plan | readonly Plan[]): string => `${JSON.stringify(plan, null, 2)}\n`
