import { equal, isObject, type Json, type JsonObject } from '../../core/json.ts'
import { apply } from './apply.ts'
import { withDefaults } from './defaults.ts'
import { managersAfterUpdate, type Writer, withManagers } from './managed.ts'
import { normalise } from './normalise.ts'
import {
  listAt,
  nameOf,
  namespaceOf,
  numberAt,
  objectAt,
  present,
  textAt,
  timestamp,
  uidOf,
  versionOf,
  withMetadata,
  without,
} from './object.ts'
import { groupVersion, type Resource, resourceOf } from './resources.ts'
import { alreadyExists, badRequest, modified, notFound } from './status.ts'
import { validate } from './validate.ts'
import { defaultClass, freshUid, suffix, type World } from './world.ts'

/** What one write is about and who makes it. */
export interface Target {
  readonly resource: Resource
  readonly namespace: string
  readonly name: string
  /** '' for the object itself, else `status`. */
  readonly subresource: string
  readonly manager: string
  readonly dryRun: boolean
}

/** What a write made: the object as it is (or would be) and whether it is new. */
export interface Written {
  readonly object: JsonObject
  readonly created: boolean
}

const writer = (world: World, target: Target, operation: Writer['operation']): Writer => ({
  manager: target.manager,
  operation,
  subresource: target.subresource,
  apiVersion: groupVersion(target.resource),
  time: timestamp(world.clock.now()),
})

const allocator = (world: World) => ({
  clusterIp: () => `34.118.${224 + (world.next() % 16)}.${1 + (world.next() % 254)}`,
  nodePort: () => 30000 + (world.next() % 2767),
  defaultClass: () => defaultClass(world),
})

const addressed = (target: Target, given: Json, serial: () => number): JsonObject => {
  if (!isObject(given)) throw badRequest('the body of the request is not an object')
  const { resource } = target
  const [apiVersion, kind] = [textAt(given, 'apiVersion'), textAt(given, 'kind')]
  if ((kind !== '' && kind !== resource.kind) || (apiVersion !== '' && apiVersion !== groupVersion(resource)))
    throw badRequest(
      `${apiVersion} ${kind} in the body does not match the expected ${groupVersion(resource)} ${resource.kind}`,
    )
  const generated = textAt(given, 'metadata', 'generateName')
  const name =
    target.name || nameOf(given) || (generated === '' ? '' : `${generated}${suffix(`name ${serial()}`, 5)}`)
  if (nameOf(given) !== '' && nameOf(given) !== name)
    throw badRequest(`the name of the object (${nameOf(given)}) does not match the name on the URL (${name})`)
  const asked = namespaceOf(given)
  if (resource.namespaced && asked !== '' && asked !== target.namespace)
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`)
  const full = {
    apiVersion: groupVersion(resource),
    kind: resource.kind,
    ...without(given, 'apiVersion', 'kind'),
  }
  return withMetadata(full, { name, namespace: resource.namespaced ? target.namespace : undefined })
}

const needNamespace = (world: World, target: Target): void => {
  if (!target.resource.namespaced) return
  const namespaces = resourceOf('Namespace')
  if (world.store.get(namespaces, '', target.namespace) === undefined)
    throw notFound(namespaces, target.namespace)
}

/** Members of metadata that only the server sets. */
const fixedMetadata = (live: JsonObject): Readonly<Record<string, Json | undefined>> => {
  const metadata = objectAt(live, 'metadata')
  return {
    uid: metadata.uid,
    creationTimestamp: metadata.creationTimestamp,
    generation: metadata.generation,
    resourceVersion: metadata.resourceVersion,
    deletionTimestamp: metadata.deletionTimestamp,
    generateName: metadata.generateName,
  }
}

const hasStatus = (target: Target): boolean => target.resource.subresources.includes('status')

/** Keeps a write of the object from touching its status, and a write of its status from touching the rest. */
const isolated = (target: Target, live: JsonObject, given: JsonObject): JsonObject => {
  if (target.subresource === 'status')
    return withMetadata(
      { ...live, ...present({ status: given.status }) },
      { managedFields: objectAt(given, 'metadata').managedFields },
    )
  return hasStatus(target) ? { ...without(given, 'status'), ...present({ status: live.status }) } : given
}

const contentOf = (object: JsonObject): JsonObject => without(object, 'metadata', 'status')

const commitCreate = (world: World, target: Target, given: JsonObject, by: Writer): JsonObject => {
  needNamespace(world, target)
  const named = withMetadata(hasStatus(target) ? without(given, 'status') : given, {
    uid: freshUid(world),
    creationTimestamp: timestamp(world.clock.now()),
    generation: given.spec === undefined ? undefined : 1,
    resourceVersion: undefined,
    selfLink: undefined,
  })
  const clean = normalise(named)
  const full = withDefaults(isObject(clean) ? clean : named, allocator(world))
  validate(target.resource, undefined, full)
  // An apply has said already who owns what; anything else owns all that it sent and all that was filled in.
  const owned = by.operation === 'Apply' ? full : withManagers(full, managersAfterUpdate(undefined, full, by))
  return target.dryRun ? owned : world.store.put(target.resource, owned)
}

const commitUpdate = (
  world: World,
  target: Target,
  live: JsonObject,
  given: JsonObject,
  by: Writer,
): JsonObject => {
  const kept = withMetadata(isolated(target, live, given), fixedMetadata(live))
  const clean = normalise(kept)
  const full = withDefaults(isObject(clean) ? clean : kept, allocator(world))
  if (target.subresource === '') validate(target.resource, live, full)
  const owned = by.operation === 'Apply' ? full : withManagers(full, managersAfterUpdate(live, full, by))
  if (equal(owned, live)) return live
  const grown = equal(contentOf(live), contentOf(full)) || full.spec === undefined ? 0 : 1
  const generation = numberAt(live, ['metadata', 'generation']) + grown
  const next = generation === 0 ? owned : withMetadata(owned, { generation })
  if (target.dryRun) return next
  const finished =
    textAt(next, 'metadata', 'deletionTimestamp') !== '' &&
    listAt(next, 'metadata', 'finalizers').length === 0
  return finished ? world.store.remove(target.resource, next) : world.store.put(target.resource, next)
}

/** POST: makes an object. Throws 409 when the name is taken, 404 without its namespace, 422 when it is invalid. */
export const create = (world: World, target: Target, given: Json): Written => {
  const object = addressed(target, given, world.next)
  needNamespace(world, target)
  const name = nameOf(object)
  if (world.store.get(target.resource, target.namespace, name) !== undefined)
    throw alreadyExists(target.resource, name)
  return { object: commitCreate(world, target, object, writer(world, target, 'Update')), created: true }
}

/** Throws 409 when the body names a resourceVersion or uid that is not the live one. */
const checkLock = (target: Target, live: JsonObject, given: JsonObject): void => {
  const [version, uid] = [versionOf(given), uidOf(given)]
  if (version !== '' && version !== versionOf(live)) throw modified(target.resource, nameOf(live))
  if (uid !== '' && uid !== uidOf(live)) throw modified(target.resource, nameOf(live))
}

const liveOf = (world: World, target: Target): JsonObject => {
  const live = world.store.get(target.resource, target.namespace, target.name)
  if (live === undefined) throw notFound(target.resource, target.name)
  return live
}

/** PUT: replaces an object. What the server allocates (cluster address, volume) is kept when it is left out. */
export const update = (world: World, target: Target, given: Json): Written => {
  const object = addressed(target, given, world.next)
  const live = liveOf(world, target)
  checkLock(target, live, object)
  const kept =
    target.resource.kind === 'Service'
      ? ['clusterIP', 'clusterIPs']
      : target.resource.kind === 'PersistentVolumeClaim'
        ? ['volumeName']
        : []
  const spec = objectAt(object, 'spec')
  const allocated = present(
    Object.fromEntries(
      kept.filter(key => spec[key] === undefined).map(key => [key, objectAt(live, 'spec')[key]]),
    ),
  )
  const full =
    kept.length === 0 || object.spec === undefined ? object : { ...object, spec: { ...spec, ...allocated } }
  return { object: commitUpdate(world, target, live, full, writer(world, target, 'Update')), created: false }
}

/** PATCH with one of the three plain patch types: `change` makes the new object from the live one. */
export const patch = (world: World, target: Target, change: (live: JsonObject) => Json): Written => {
  const live = liveOf(world, target)
  const object = addressed(target, change(live), world.next)
  checkLock(target, live, object)
  return {
    object: commitUpdate(world, target, live, object, writer(world, target, 'Update')),
    created: false,
  }
}

/** PATCH with `application/apply-patch+yaml`: server-side apply, which also makes the object. */
export const applyPatch = (world: World, target: Target, given: Json, force: boolean): Written => {
  const object = addressed(target, given, world.next)
  needNamespace(world, target)
  const live = world.store.get(target.resource, target.namespace, target.name)
  if (live === undefined && target.subresource !== '') throw notFound(target.resource, target.name)
  if (live !== undefined) checkLock(target, live, object)
  const by = writer(world, target, 'Apply')
  const clean = normalise(hasStatus(target) && target.subresource === '' ? without(object, 'status') : object)
  const merged = apply(live, isObject(clean) ? clean : object, by, force)
  return live === undefined
    ? { object: commitCreate(world, target, merged, by), created: true }
    : { object: commitUpdate(world, target, live, merged, by), created: false }
}
