import { sorted } from './graph.ts'
import type { Step } from './plan.ts'
import { referenceParts, referencesIn } from './reference.ts'
import type { Address, Resource } from './resource.ts'
import type { KindFacts } from './rules.ts'

/** What a resource needs to be there first: what it says, and what it refers to. */
export const needs = ({ dependsOn, spec }: Pick<Resource, 'dependsOn' | 'spec'>): readonly Address[] => [
  ...new Set([...dependsOn, ...referencesIn(spec).map(found => referenceParts(found).address)]),
]

/** Creates and changes in dependency order; then removals, each before what it depends on and what may own it. */
export const orderedSteps = (
  desired: readonly Resource[],
  steps: readonly Step[],
  kinds: ReadonlyMap<string, Pick<KindFacts, 'removedAfter'>>,
): readonly Step[] => {
  const removed = steps.filter(({ action }) => action === 'remove')
  const kept = steps.filter(({ action }) => action !== 'remove')
  const names = new Set(kept.map(({ address }) => address))
  const through = throughUnchanged(desired, names)
  const wired = kept.map(step => ({ ...step, id: step.address, after: through(step.address) }))
  const dependants = ({ address, kind }: Step) => {
    const owned = kinds.get(kind)?.removedAfter ?? []
    const waits = (step: Step) => step.after.includes(address) || owned.includes(step.kind)
    return removed.filter(waits).map(step => step.address)
  }
  const unwired = removed.map(step => ({
    ...step,
    id: step.address,
    after: [...dependants(step), ...names],
  }))
  return [...sorted(wired), ...sorted(unwired)].map(({ id: _, ...step }) => step)
}

/** The steps that must end before one may begin, seen through resources that need no step. */
const throughUnchanged = (
  desired: readonly Resource[],
  steps: ReadonlySet<Address>,
): ((address: Address) => readonly Address[]) => {
  const byAddress = new Map(desired.map(resource => [resource.address, resource]))
  const direct = (address: Address): readonly Address[] => {
    const resource = byAddress.get(address)
    return resource === undefined ? [] : needs(resource)
  }
  const reach = (address: Address, seen: Set<Address>): readonly Address[] =>
    direct(address).flatMap(before => {
      if (seen.has(before)) return []
      seen.add(before)
      return steps.has(before) ? [before] : reach(before, seen)
    })
  return address => reach(address, new Set())
}
