import type { JsonObject } from '../../core/json.ts'
import { listAt, nameOf, namespaceOf, textAt, timestamp, uidOf, versionOf, withMetadata } from './object.ts'
import type { Target } from './operations.ts'
import { type Resource, resourceOf } from './resources.ts'
import { conflict, notFound } from './status.ts'
import { servedBy, type World } from './world.ts'

/** The part of DeleteOptions that is honoured. */
export interface Preconditions {
  readonly uid: string
  readonly resourceVersion: string
  /** `Orphan` leaves dependents alone; every other policy removes them. */
  readonly propagation: string
}

const dependents = (world: World, uid: string): readonly (readonly [Resource, JsonObject])[] =>
  servedBy(world).flatMap(resource =>
    world.store
      .list(resource)
      .filter(object =>
        listAt(object, 'metadata', 'ownerReferences').some(owner => textAt(owner, 'uid') === uid),
      )
      .map(object => [resource, object] as const),
  )

const contents = (world: World, namespace: string): readonly (readonly [Resource, JsonObject])[] =>
  servedBy(world)
    .filter(resource => resource.namespaced)
    .flatMap(resource => world.store.list(resource, namespace).map(object => [resource, object] as const))

const erase = (world: World, resource: Resource, object: JsonObject, cascade: boolean): JsonObject => {
  const current = world.store.get(resource, namespaceOf(object), nameOf(object))
  if (current === undefined) return object
  if (listAt(current, 'metadata', 'finalizers').length > 0) {
    if (textAt(current, 'metadata', 'deletionTimestamp') !== '') return current
    return world.store.put(
      resource,
      withMetadata(current, { deletionTimestamp: timestamp(world.clock.now()) }),
    )
  }
  const last = world.store.remove(resource, current)
  const below = resource === resourceOf('Namespace') ? contents(world, nameOf(object)) : []
  for (const [kind, each] of [...below, ...(cascade ? dependents(world, uidOf(object)) : [])])
    erase(world, kind, each, cascade)
  return last
}

/**
 * DELETE: removes the object and what it owns (a namespace: what is in it) at once; one with finalizers is only marked.
 * Throws 404, and 409 when a precondition does not hold.
 */
export const remove = (world: World, target: Target, wanted: Preconditions): JsonObject => {
  const live = world.store.get(target.resource, target.namespace, target.name)
  if (live === undefined) throw notFound(target.resource, target.name)
  if (wanted.uid !== '' && wanted.uid !== uidOf(live))
    throw conflict(
      target.resource,
      target.name,
      `Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${uidOf(live)}`,
    )
  if (wanted.resourceVersion !== '' && wanted.resourceVersion !== versionOf(live))
    throw conflict(
      target.resource,
      target.name,
      `Precondition failed: ResourceVersion in precondition: ${wanted.resourceVersion}, ResourceVersion in object meta: ${versionOf(live)}`,
    )
  return target.dryRun ? live : erase(world, target.resource, live, wanted.propagation !== 'Orphan')
}
