import { CycleError, sorted } from '../core/graph.ts'
import type { Action, Step } from '../core/plan.ts'
import { type Kinds, kindOf } from './observe.ts'

/** Steps that are written together. */
export interface Batch {
  readonly id: string
  readonly kind: string
  readonly action: Action
  readonly steps: readonly Step[]
  /** Batches that must end first. */
  readonly after: readonly string[]
  /** Batches of one lane run one after another. */
  readonly lane: string | undefined
}

/** Groups steps as their kinds ask; where a group would wait for itself, its steps go one by one. */
export const batchesOf = (steps: readonly Step[], kinds: Kinds): readonly Batch[] => {
  const joined = join(steps, kinds, step => kindOf(kinds, step.kind).batch?.(step.spec, step.identity))
  try {
    return sorted(joined)
  } catch (error) {
    if (!(error instanceof CycleError)) throw error
    return sorted(join(steps, kinds, () => undefined))
  }
}

const join = (
  steps: readonly Step[],
  kinds: Kinds,
  key: (step: Step) => string | undefined,
): readonly Batch[] => {
  const idOf = (step: Step): string => {
    const group = key(step)
    return group === undefined ? `${step.action} ${step.address}` : `${step.action} ${step.kind} of ${group}`
  }
  const ids = new Map(steps.map(step => [step.address, idOf(step)]))
  return [...new Set(ids.values())].map(id => {
    const members = steps.filter(step => ids.get(step.address) === id)
    const after = members.flatMap(step => step.after.map(address => ids.get(address) ?? ''))
    return batch(id, members, after, kinds)
  })
}

const batch = (id: string, steps: readonly Step[], after: readonly string[], kinds: Kinds): Batch => {
  const [first] = steps
  if (first === undefined) throw new Error(`batch ${id} is empty`)
  return {
    id,
    kind: first.kind,
    action: first.action,
    steps,
    after: [...new Set(after)].filter(name => name !== '' && name !== id),
    lane: kindOf(kinds, first.kind).lane?.(first.spec, first.identity),
  }
}
