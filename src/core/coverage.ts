import type { Change } from './change.ts'
import { equal, type Json, type JsonObject, showPath, valueAt } from './json.ts'
import { type Plan, planDigest, type Step } from './plan.ts'
import type { Address } from './resource.ts'
import { type KindFacts, noStronger, ruleFor } from './rules.ts'
import { isSameStart } from './start.ts'

/** Something that a fresh plan would do and that nobody reviewed. */
export interface Uncovered {
  readonly address: Address
  /** The field, as `showPath`; '' for the resource as a whole. */
  readonly path: string
  /** Why no reviewed plan covers it, as one sentence. */
  readonly reason: string
}

/** What coverage is judged by. */
export interface Reviewed {
  /** The plans that were reviewed and merged since the last applied commit. */
  readonly plans: readonly Plan[]
  /** Identities that an earlier unfinished record names: what exists of them was begun by us. */
  readonly unfinished: ReadonlySet<string>
  /** Values that a recorded apply may have put at a place; a start equal to one of them is no surprise. */
  readonly applied: (address: Address, path: readonly string[]) => readonly Json[]
  /** Plan digests that a person approved outright. */
  readonly approved: ReadonlySet<string>
  readonly kinds: ReadonlyMap<string, KindFacts>
}

/**
 * Law 5: everything in `fresh` that is not covered by what was reviewed; empty means that it may be applied. A
 * reviewed change that `fresh` no longer needs is fine.
 */
export const uncovered = (fresh: Plan, reviewed: Reviewed): readonly Uncovered[] => {
  if (reviewed.approved.has(planDigest(fresh))) return []
  const plans = reviewed.plans.filter(({ environment }) => environment === fresh.environment)
  return fresh.steps.flatMap(step =>
    uncoveredOf(
      step,
      plans.flatMap(plan => stepsAt(plan, step)),
      reviewed,
    ),
  )
}

const stepsAt = (plan: Plan, { address, identity }: Step): readonly Step[] =>
  plan.steps.filter(step => step.address === address && step.identity === identity)

const uncoveredOf = (step: Step, reviews: readonly Step[], reviewed: Reviewed): readonly Uncovered[] => {
  const whole = (reason: string): readonly Uncovered[] => [{ address: step.address, path: '', reason }]
  const creates = reviews.filter(({ action }) => action === 'create')
  const begun = creates.length > 0 && reviewed.unfinished.has(step.identity)
  switch (step.action) {
    case 'settle':
      return []
    case 'create':
      return creates.some(({ spec }) => equal(spec, step.spec))
        ? []
        : whole('its creation was not reviewed as it is now')
    case 'remove':
      return reviews.some(({ action }) => action === 'remove') ? [] : whole('its removal was not reviewed')
    case 'adopt':
      if (begun || reviews.some(({ action }) => action === 'adopt'))
        return changesOf(step, reviews, creates, begun, reviewed)
      return whole('it exists already and its adoption was not reviewed')
    case 'update':
      return changesOf(step, reviews, creates, begun, reviewed)
  }
}

const changesOf = (
  step: Step,
  reviews: readonly Step[],
  creates: readonly Step[],
  begun: boolean,
  reviewed: Reviewed,
): readonly Uncovered[] =>
  step.changes.flatMap(change => {
    if (begun && creates.some(({ spec }) => completes(spec, change))) return []
    const same = reviews.flatMap(({ changes }) =>
      changes.filter(({ path }) => equal([...path], [...change.path])),
    )
    const reason = whyNot(step, change, same, reviewed)
    return reason === undefined ? [] : [{ address: step.address, path: showPath(change.path), reason }]
  })

/** True if a change brings a value that the reviewed create would have given. */
const completes = (spec: JsonObject, { path, to }: Change): boolean =>
  to !== undefined && equal(valueAt(spec, path), to)

const whyNot = (
  step: Step,
  change: Change,
  reviews: readonly Change[],
  reviewed: Reviewed,
): string | undefined => {
  if (reviews.length === 0) return 'this change was not reviewed'
  const target = reviews.filter(({ to }) => equal(to, change.to))
  if (target.length === 0) return 'another value was reviewed'
  const gentle = target.filter(({ effect }) => noStronger(change.effect, effect))
  if (gentle.length === 0)
    return `its effect is now ${change.effect}, which is stronger than what was reviewed`
  const begins = gentle.some(review => sameStart(step, change, review, reviewed))
  return begins ? undefined : 'it starts from another value than the one that was reviewed'
}

const sameStart = (step: Step, { path, from }: Change, review: Change, reviewed: Reviewed): boolean =>
  isSameStart(ruleFor(reviewed.kinds.get(step.kind)?.rules ?? [], path), review, from) ||
  reviewed.applied(step.address, path).some(value => equal(value, from))
