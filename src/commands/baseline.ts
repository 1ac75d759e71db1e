import { isObject, type Json, type JsonObject } from '../core/json.ts'
import { isReference, isText } from '../core/reference.ts'
import type { Address, Resource } from '../core/resource.ts'
import { type Kinds, kindOf } from './observe.ts'
import type { Baseline } from './subject.ts'

/**
 * What was applied before of what is wanted now, by address. What stood under the address with another identity is another
 * thing. Members that only an unfinished attempt declared count as ours, so that its revert takes them away; kinds that
 * render what they declare keep to the applied file.
 */
export const baselineFor = (
  desired: readonly Resource[],
  recorded: readonly Resource[],
  { begun = [] }: Baseline,
  kinds: Kinds,
): ReadonlyMap<Address, Resource> => {
  const wanted = new Map(desired.map(({ address, identity }) => [identity, address]))
  return new Map(
    recorded.flatMap(resource => {
      const address = wanted.get(resource.identity)
      if (address === undefined) return []
      const later = kindOf(kinds, resource.kind).prepare === undefined ? begun : []
      const spec = later
        .flatMap(({ resources }) => resources)
        .filter(({ identity }) => identity === resource.identity)
        .reduce((all, one) => joined(all, one.spec), resource.spec)
      return [[address, { ...resource, spec }] as const]
    }),
  )
}

/** Both, member by member; where they differ, `first`. */
const joined = (first: JsonObject, second: JsonObject): JsonObject => {
  const both = Object.entries(first).map(([key, value]) => {
    const other = Object.hasOwn(second, key) ? second[key] : undefined
    return [key, isBranch(value) && isBranch(other) ? joined(value, other) : value] as const
  })
  return { ...second, ...Object.fromEntries(both) }
}

const isBranch = (value: Json | undefined): value is JsonObject =>
  isObject(value) && !isReference(value) && !isText(value)

/** Something that no file wants any more; two that had one address, one after the other, are told apart. */
export interface Left {
  readonly resource: Resource
  /** The address that it had in its file. */
  readonly was: Address
}

/** What was applied before, and that nobody wants any more; what is only used, or never removed, is left alone. */
export const goneFrom = (
  recorded: readonly Resource[],
  wanted: Pick<ReadonlySet<string>, 'has'>,
  kinds: Kinds,
): readonly Left[] => {
  const seen = new Map<Address, number>()
  return recorded
    .filter(({ identity, kind: name, spec }) => {
      const kind = kindOf(kinds, name)
      return (
        !wanted.has(identity) && (kind.owns?.(spec) ?? true) && (kind.holdsData || kind.remove !== undefined)
      )
    })
    .map(resource => {
      const { address } = resource
      const count = (seen.get(address) ?? 0) + 1
      seen.set(address, count)
      return {
        was: address,
        resource: count === 1 ? resource : { ...resource, address: `${address} (${count})` },
      }
    })
}
