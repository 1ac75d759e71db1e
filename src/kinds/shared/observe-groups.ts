import type { Address, Observed, Resource } from '../../core/resource.ts'

/** How resources of one kind are looked at: one read for each group, then each resource in what was read. */
export interface Look<T> {
  /** Resources of one group share one read. */
  readonly group: (resource: Resource) => string
  readonly read: (resource: Resource) => Promise<T>
  readonly one: (resource: Resource, read: T) => Observed | Promise<Observed>
  /** What a failed look says of a resource. */
  readonly missed: (resource: Resource, error: unknown) => Observed
}

/** Looks at all resources side by side; a group whose read fails does not touch the others. */
export const observeGroups = async <T>(
  resources: readonly Resource[],
  { group, read, one, missed }: Look<T>,
): Promise<ReadonlyMap<Address, Observed>> => {
  const reads = new Map<string, Promise<T>>()
  const readOf = (resource: Resource): Promise<T> => {
    const known = reads.get(group(resource)) ?? read(resource)
    reads.set(group(resource), known)
    return known
  }
  const observed = resources.map(async resource => {
    try {
      return [resource.address, await one(resource, await readOf(resource))] as const
    } catch (error) {
      return [resource.address, missed(resource, error)] as const
    }
  })
  return new Map(await Promise.all(observed))
}
