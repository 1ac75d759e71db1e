import type { Begun } from '../core/diff.ts'
import { equal } from '../core/json.ts'
import type { Resource } from '../core/resource.ts'
import { type Kinds, kindOf } from './observe.ts'
import type { Beginning } from './subject.ts'

/**
 * What attempts that did not end well wanted, oldest first, by identity; the same wish of the same version once, as its
 * first. `prepare` fills in what kinds have to read; what it could not fill in explains nothing and is left out.
 */
export const wishesOf = async (
  beginnings: readonly Beginning[],
  kinds: Kinds,
  prepare: (resources: readonly Resource[]) => Promise<readonly Resource[]>,
): Promise<ReadonlyMap<string, readonly Begun[]>> => {
  const distinct = beginnings.filter(
    (one, index) => beginnings.findIndex(other => isSameWish(one, other)) === index,
  )
  const filled = await Promise.all(
    distinct.map(async ({ by, resources }) => {
      const ready = await prepare(resources)
      return ready
        .filter(one => kindOf(kinds, one.kind).prepare === undefined || !resources.includes(one))
        .map(({ identity, spec }) => ({ identity, spec, by }))
    }),
  )
  const found = new Map<string, readonly Begun[]>()
  for (const { identity, spec, by } of filled.flat())
    found.set(identity, [...(found.get(identity) ?? []), { spec, by }])
  return found
}

const isSameWish = (one: Beginning, other: Beginning): boolean =>
  one.by.engine === other.by.engine &&
  one.resources.length === other.resources.length &&
  one.resources.every(({ identity, spec }, index) => {
    const same = other.resources[index]
    return same?.identity === identity && equal(same.spec, spec)
  })
