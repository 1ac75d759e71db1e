import type { Clock } from '../core/clock.ts'
import { showPath } from '../core/json.ts'
import type { Outcome } from '../core/outcome.ts'
import { isEmpty, type Plan } from '../core/plan.ts'
import { type Problem, SlipwayError } from '../core/problem.ts'
import { type PlanOptions, planEnvironment } from './plan.ts'
import type { Subject } from './subject.ts'

/** How long, in seconds, a second look may go on disagreeing: IAM takes minutes to show what was written. */
const patience = 180

/** What a second look is made with. */
export interface LookOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly scrub: (text: string) => string
  /** Options of a plan with an empty memory, each time anew. */
  readonly planning: () => PlanOptions
}

/**
 * Looks again until nothing is left to do (law 9), with patience for what is eventually consistent; gives what is left.
 * Nothing is looked at where a step did not end well: that is told already.
 */
export const leftAfter = async (
  subject: Subject,
  outcomes: readonly Outcome[],
  options: LookOptions,
): Promise<readonly Problem[]> => {
  if (outcomes.some(({ ending }) => ending !== 'applied')) return []
  const end = options.clock.now() + patience * 1000
  for (let wait = 500; ; wait = Math.min(wait * 2, 20_000)) {
    if (options.signal.aborted) return [unseen('the run was asked to stop')]
    const plan = await planAgain(subject, options.planning())
    if ('unseen' in plan) return [unseen(options.scrub(plan.unseen))]
    if (isEmpty(plan) || options.clock.now() + wait > end)
      return [...plan.problems, ...plan.steps.map(stillWanted)]
    await options.clock.sleep(wait, options.signal)
  }
}

/** What was done must be told even if it cannot be looked at again. */
const planAgain = (subject: Subject, options: PlanOptions): Promise<Plan | { readonly unseen: string }> =>
  planEnvironment(subject, options).catch(error => {
    if (error instanceof SlipwayError) return { unseen: error.message }
    throw error
  })

const unseen = (why: string): Problem => ({
  message: `It was not looked at again: ${why.replace(/\.$/, '')}.`,
  advice: 'Run this again: nothing is done twice, and what is left is seen then.',
})

const stillWanted = ({ address, action, changes }: Plan['steps'][number]): Problem => ({
  address,
  message: `${address} is still not as it should be: ${changes.length === 0 ? action : changes.map(({ path }) => showPath(path)).join(', ')}.`,
  advice: 'Someone else changes it back, or Google has not taken it over yet: plan again in a few minutes.',
})
