import { needs } from './order-steps.ts'
import type { Step } from './plan.ts'
import type { Resource } from './resource.ts'
import type { KindFacts } from './rules.ts'

/** What is known of the kinds. */
export interface Kinds {
  readonly kinds: ReadonlyMap<string, KindFacts>
}

/** The step that does something to a resource. @throws Error for a kind that nobody registered: a defect. */
export const stepOf = (
  input: Kinds,
  { address, kind, identity, spec, dependsOn, sources }: Resource,
  { action, changes, about }: Pick<Step, 'action' | 'changes'> & { readonly about: string | undefined },
): Step => {
  const source = sources['']
  const seconds = changes.map(change => change.seconds ?? 5)
  const takes = action === 'update' || action === 'adopt' ? bounds(seconds) : factsOf(input, kind).takes
  return {
    address,
    kind,
    identity,
    action,
    spec,
    changes,
    after: needs({ dependsOn, spec }),
    takes,
    ...(source === undefined ? {} : { source }),
    ...(about === undefined ? {} : { about }),
  }
}

const bounds = (seconds: readonly number[]): readonly [number, number] => {
  const total = seconds.reduce((sum, one) => sum + one, 0)
  return [total, Math.ceil(total * 1.5)]
}

/** What is known of a kind. @throws Error for a kind that nobody registered: a defect. */
export const factsOf = ({ kinds }: Kinds, kind: string): KindFacts => {
  const facts = kinds.get(kind)
  if (facts === undefined) throw new Error(`unknown kind ${kind}`)
  return facts
}
