import { equal } from '../core/json.ts'
import type { Plan, Step } from '../core/plan.ts'

/**
 * What of a plan of the base commit a pull request's own plan does as well. The rest is not done by the next apply: the
 * pull request takes it back, or wants something else there. What somebody changed outside of Git was merged by nobody.
 */
export const pendingIn = (base: Plan, plan: Plan): Plan => ({
  ...base,
  steps: base.steps.flatMap(step => {
    const same = plan.steps.find(({ address, action }) => address === step.address && action === step.action)
    if (same === undefined) return []
    const changes = step.changes.filter(change => change.cause !== 'drift' && isIn(same, change))
    return changes.length === 0 && step.changes.length > 0 ? [] : [{ ...step, changes }]
  }),
})

const isIn = ({ changes }: Step, { path, to }: Step['changes'][number]): boolean =>
  changes.some(other => equal([...other.path], [...path]) && equal(other.to, to))
