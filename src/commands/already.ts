import { equal, showPath, valueAt } from '../core/json.ts'
import type { Outcome } from '../core/outcome.ts'
import type { Plan, Step } from '../core/plan.ts'
import type { Address, Resource } from '../core/resource.ts'
import { summaryOf } from './summary.ts'

/** What a fresh plan was made from. */
export interface Wanted {
  /** Specs as they were compared. */
  readonly desired: readonly Resource[]
  /** Identities that any file wants. */
  readonly wantedElsewhere: Pick<ReadonlySet<string>, 'has'>
}

/**
 * What was reviewed and is wanted as it was then, but is so already (law 5): one outcome for each resource. What a later
 * merge wants otherwise is nobody's business any more and is left out.
 */
export const alreadySo = (fresh: Plan, reviewed: readonly Plan[], wanted: Wanted): readonly Outcome[] => {
  const found = new Map<Address, Step>()
  const steps = reviewed
    .filter(({ environment }) => environment === fresh.environment)
    .flatMap(plan => plan.steps)
  for (const step of steps.flatMap(one => unneeded(one, fresh, wanted) ?? [])) {
    const earlier = found.get(step.address)
    found.set(step.address, earlier === undefined ? step : joined(earlier, step))
  }
  return [...found.values()].map(step => ({
    address: step.address,
    ending: 'already',
    summary: stateOf(step),
    seconds: 0,
  }))
}

/** The part of a reviewed step that is so already; undefined if there is none. */
const unneeded = (step: Step, fresh: Plan, { desired, wantedElsewhere }: Wanted): Step | undefined => {
  const resource = desired.find(
    ({ identity, address }) => identity === step.identity && address === step.address,
  )
  const now = fresh.steps.find(({ identity }) => identity === step.identity)
  if (step.action === 'remove') {
    const gone = resource === undefined && now === undefined && !wantedElsewhere.has(step.identity)
    return gone && fresh.recorded ? step : undefined
  }
  if (resource === undefined || step.action === 'settle') return undefined
  if (step.action === 'create') return now === undefined ? step : undefined
  if (step.action === 'adopt' && now === undefined) return step
  const changes = step.changes.filter(
    ({ path, to }) =>
      equal(valueAt(resource.spec, path), to) &&
      // Our mark is on it from the first try on; of what is still to be done that tells nothing.
      (now === undefined || showPath(path) !== 'mark') &&
      now?.changes.some(change => equal([...change.path], [...path])) !== true,
  )
  return changes.length === 0 || now?.action === 'create' ? undefined : { ...step, action: 'update', changes }
}

const joined = (first: Step, second: Step): Step => ({
  ...first,
  changes: [
    ...first.changes,
    ...second.changes.filter(({ path }) => !first.changes.some(one => equal([...one.path], [...path]))),
  ],
})

const stateOf = (step: Step): string => {
  switch (step.action) {
    case 'create':
      return 'it is there'
    case 'remove':
      return 'it is gone'
    case 'adopt':
    case 'update':
    case 'settle':
      return summaryOf(step)
  }
}
