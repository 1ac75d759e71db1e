import { type Uncovered, uncovered } from '../core/coverage.ts'
import type { Plan } from '../core/plan.ts'
import type { Problem } from '../core/problem.ts'
import { type PullRequestPlan, planPullRequest } from './pull-request.ts'
import { reviewsSince } from './reviews.ts'
import { pastOf, type Reading } from './snapshot.ts'
import type { Workbench } from './workbench.ts'

/** What a merge queue is about to land. */
export interface MergeGroup {
  /** The commit that would become the head of the branch. */
  readonly head: string
  /** The commit of the branch that the group is built on. */
  readonly base: string
  readonly pulls: readonly number[]
}

/** What a merge group would do that nobody reviewed. */
export interface GroupCheck {
  readonly planned: PullRequestPlan
  readonly uncovered: readonly { readonly plan: Plan; readonly changes: readonly Uncovered[] }[]
  /** Why some of its pull requests have no plan that counts. */
  readonly missing: readonly Problem[]
}

/**
 * Plans a merge group again and holds it against the plans of its pull requests, and against those that are merged and
 * wait to be applied, so that staleness shows before the merge. @throws GitHubError
 */
export const checkMergeGroup = async (
  { head, base, pulls }: MergeGroup,
  bench: Workbench,
  reading: Reading,
): Promise<GroupCheck> => {
  const { hosting } = reading
  const queued = await Promise.all(
    [...pulls].reverse().map(async number => hosting.review(await hosting.pull(number))),
  )
  const own = queued.flatMap(review => ('document' in review ? review.document.plans : []))
  const pins = (environment: string): Plan['pins'] =>
    Object.assign({}, ...own.filter(plan => plan.environment === environment).map(plan => plan.pins))
  const group = { number: pulls[0] ?? 0, head, merge: head, base, pins }
  const planned = await planPullRequest(group, bench, reading)
  const checked = await Promise.all(
    planned.document.plans.map(async plan => {
      const past = await pastOf(reading, plan.environment)
      const pending = await reviewsSince(reading, base, past, { name: plan.environment, file: plan.file })
      const changes = uncovered(plan, {
        plans: [...own, ...pending.plans],
        unfinished: past.unfinished,
        applied: past.applied,
        approved: new Set(),
        kinds: bench.kinds,
      })
      return { plan, changes, missing: pending.missing }
    }),
  )
  return {
    planned,
    uncovered: checked.filter(({ changes }) => changes.length > 0),
    missing: [
      ...queued.flatMap(review => ('missing' in review ? review.missing : [])),
      ...checked.flatMap(({ missing }) => missing),
    ],
  }
}
