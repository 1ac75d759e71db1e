import type { Json, JsonObject } from '../../../core/json.ts'
import { nameOf, namespaceOf, textAt, timestamp, uidOf } from '../object.ts'
import { create, patch } from '../operations.ts'
import { resourceOf } from '../resources.ts'
import { suffix, type World } from '../world.ts'

const MANAGER = 'kube-controller-manager'

const targetOf = (object: JsonObject, subresource: string, manager = MANAGER) => ({
  resource: resourceOf(textAt(object, 'kind')),
  namespace: namespaceOf(object),
  name: nameOf(object),
  subresource,
  manager,
  dryRun: false,
})

/** The object as it is now; undefined when it is gone or another one has its name. */
export const fresh = (world: World, object: JsonObject): JsonObject | undefined => {
  const { resource, namespace, name } = targetOf(object, '')
  const live = world.store.get(resource, namespace, name)
  return live !== undefined && uidOf(live) === uidOf(object) ? live : undefined
}

/** Writes status members of an object that may be gone by now. */
export const setStatus = (world: World, object: JsonObject, members: JsonObject): void => {
  if (fresh(world, object) === undefined) return
  patch(world, targetOf(object, 'status'), live => ({ ...live, status: { ...statusOf(live), ...members } }))
}

const statusOf = (live: JsonObject): JsonObject => {
  const status = live.status
  return typeof status === 'object' && status !== null && !Array.isArray(status) ? (status as JsonObject) : {}
}

/** Changes an object (not its status) that may be gone by now. */
export const change = (world: World, object: JsonObject, edit: (live: JsonObject) => Json): void => {
  if (fresh(world, object) !== undefined) patch(world, targetOf(object, ''), edit)
}

/** Makes an object unless one of that name exists. */
export const ensure = (world: World, object: JsonObject): void => {
  const { resource, namespace, name } = targetOf(object, '')
  if (world.store.get(resource, namespace, name) === undefined) create(world, targetOf(object, ''), object)
}

/** Reports an Event about an object; the same one again only counts up. */
export const report = (
  world: World,
  object: JsonObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void => {
  const namespace = namespaceOf(object) || 'default'
  const events = resourceOf('Event')
  const name = `${nameOf(object)}.${suffix(`${uidOf(object)} ${reason} ${message}`, 16)}`
  const now = timestamp(world.clock.now())
  const target = { resource: events, namespace, name, subresource: '', manager: MANAGER, dryRun: false }
  const known = world.store.get(events, namespace, name)
  if (known !== undefined) {
    patch(world, target, live => ({ ...live, count: Number(live.count ?? 1) + 1, lastTimestamp: now }))
    return
  }
  const { apiVersion = '', kind = '' } = object
  create(world, target, {
    metadata: { name, namespace },
    involvedObject: { apiVersion, kind, namespace, name: nameOf(object), uid: uidOf(object) },
    reason,
    message,
    type,
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
    source: { component: kind === 'Pod' ? 'kubelet' : 'controller-manager' },
    reportingComponent: kind === 'Pod' ? 'kubelet' : 'controller-manager',
  })
}

/** A condition of an object's status. */
export const condition = (
  world: World,
  type: string,
  status: boolean,
  reason?: string,
  message?: string,
): JsonObject => ({
  type,
  status: status ? 'True' : 'False',
  lastTransitionTime: timestamp(world.clock.now()),
  ...(reason === undefined ? {} : { reason }),
  ...(message === undefined ? {} : { message }),
})
