import { isObject, type Json, type JsonObject } from '../../core/json.ts'
import { remove } from './deletion.ts'
import type { Request, Response } from './exchange.ts'
import { answerHealth } from './health.ts'
import { podLog } from './logs.ts'
import { listAt, nameOf, namespaceOf, objectAt, textAt, without } from './object.ts'
import { applyPatch, create, patch, type Target, update, type Written } from './operations.ts'
import { jsonPatch, mergePatch } from './patch.ts'
import { bodyOf, decodeBody, type Route } from './request.ts'
import { type Resource, resourceOf } from './resources.ts'
import { listOf, pageOf, sendJson, sendText, shown, tableOf, wantsMetadata, wantsTable } from './respond.ts'
import { fieldSelector, labelSelector, type Matches } from './selectors.ts'
import { badRequest, notAllowed, notFound, unsupportedMedia } from './status.ts'
import { strategicPatch } from './strategic.ts'
import { streamWatch } from './watch.ts'
import type { World } from './world.ts'

/** A request for objects of one kind, authorised. */
export interface Call {
  readonly world: World
  readonly request: Request
  readonly response: Response
  readonly query: URLSearchParams
  readonly route: Route
  readonly resource: Resource
  readonly verb: string
}

const managerOf = ({ query, request }: Call): string =>
  query.get('fieldManager') || (request.headers['user-agent'] ?? 'unknown').split('/')[0] || 'unknown'

/** True when a request only asks what would happen. */
export const isDryRun = (query: URLSearchParams): boolean => query.getAll('dryRun').includes('All')

const targetOf = (call: Call): Target => ({
  resource: call.resource,
  namespace: call.route.namespace,
  name: call.route.name,
  subresource: call.route.subresource === 'status' ? 'status' : '',
  manager: managerOf(call),
  dryRun: isDryRun(call.query),
})

const matcher = ({ query, resource }: Call): Matches => {
  const labels = labelSelector(query.get('labelSelector') ?? '')
  const fields = fieldSelector(resource, query.get('fieldSelector') ?? '')
  return object => labels(object) && fields(object)
}

const metadataOnly = (call: Call): boolean => wantsMetadata(call.request.headers.accept ?? '')

const list = (call: Call) => {
  const { world, resource, route, query, response } = call
  const objects = world.store.list(resource, route.namespace).filter(matcher(call))
  if (wantsTable(call.request.headers.accept ?? ''))
    return sendJson(response, 200, tableOf(objects, world.store.version))
  const page = pageOf(objects, Number(query.get('limit') ?? 0), query.get('continue') ?? '')
  sendJson(response, 200, listOf(resource, page, world.store.version, metadataOnly(call)))
}

const watch = (call: Call): void => {
  const { query, route, resource } = call
  const byName: Matches = route.name === '' ? () => true : object => nameOf(object) === route.name
  const matches = matcher(call)
  streamWatch(call.world.store, call.response, {
    resource,
    namespace: route.namespace,
    matches: object => byName(object) && matches(object),
    metadataOnly: metadataOnly(call),
    version: query.get('resourceVersion') ?? '',
    initial: query.get('sendInitialEvents') === 'true',
    timeoutSeconds: Number(query.get('timeoutSeconds') ?? 1800),
  })
}

const scaleOf = (object: JsonObject): JsonObject => ({
  kind: 'Scale',
  apiVersion: 'autoscaling/v1',
  metadata: { name: nameOf(object), namespace: namespaceOf(object) },
  spec: { replicas: objectAt(object, 'spec').replicas ?? 1 },
  status: { replicas: objectAt(object, 'status').replicas ?? 0 },
})

const liveOf = ({ world, resource, route }: Call): JsonObject => {
  const name =
    route.subresource === 'proxy' ? (route.name.replace(/^https?:/, '').split(':')[0] ?? '') : route.name
  const live = world.store.get(resource, route.namespace, name)
  if (live === undefined) throw notFound(resource, name)
  return live
}

const get = (call: Call) => {
  const live = liveOf(call)
  const { route, response, world } = call
  if (route.subresource === 'log') return sendText(response, 200, podLog(world, live, call.query))
  if (route.subresource === 'scale') return sendJson(response, 200, scaleOf(live))
  if (route.subresource === 'proxy')
    return route.rest === 'api/health'
      ? answerHealth(world.store, response)
      : sendText(response, 404, '404 page not found\n')
  if (wantsTable(call.request.headers.accept ?? ''))
    return sendJson(response, 200, tableOf([live], world.store.version))
  sendJson(response, 200, shown(live, metadataOnly(call)))
}

const patched = (call: Call, target: Target, type: string, body: Json): Written => {
  const { world, query, resource } = call
  switch (type) {
    case 'application/apply-patch+yaml':
      if (!query.get('fieldManager')) throw badRequest('fieldManager is required for apply patch')
      return applyPatch(world, target, body, query.get('force') === 'true')
    case 'application/merge-patch+json':
      return patch(world, target, live => mergePatch(live, body))
    case 'application/strategic-merge-patch+json':
      return patch(world, target, live => strategicPatch(resource.kind, live, body))
    case 'application/json-patch+json':
      return patch(world, target, live => jsonPatch(live, body))
    default:
      throw unsupportedMedia(type)
  }
}

const scaled = (call: Call, body: Json): Written => {
  const wanted = isObject(body) ? objectAt(body, 'spec').replicas : undefined
  if (typeof wanted !== 'number') throw badRequest('spec.replicas is missing')
  const target = { ...targetOf(call), subresource: '' }
  return patch(call.world, target, live => ({
    ...live,
    spec: { ...objectAt(live, 'spec'), replicas: wanted },
  }))
}

const write = (call: Call, body: Json): string => {
  const { request, response, world, route, verb } = call
  if (route.subresource !== '' && !['status', 'scale'].includes(route.subresource)) throw notAllowed()
  if ((verb === 'create') !== (route.name === '')) throw notAllowed()
  const target = targetOf(call)
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''
  const isScale = route.subresource === 'scale'
  const done = isScale
    ? scaled(call, body)
    : verb === 'create'
      ? create(world, target, body)
      : verb === 'update'
        ? update(world, target, body)
        : patched(call, target, type, body)
  sendJson(response, done.created ? 201 : 200, isScale ? scaleOf(done.object) : done.object)
  return nameOf(done.object)
}

const destroy = (call: Call, body: Json) => {
  const { world, resource, route, query } = call
  const options = isObject(body) ? body : {}
  const dryRun = isDryRun(query) || listAt(options, 'dryRun').includes('All')
  const wanted = {
    uid: textAt(options, 'preconditions', 'uid'),
    resourceVersion: textAt(options, 'preconditions', 'resourceVersion'),
    propagation: query.get('propagationPolicy') ?? textAt(options, 'propagationPolicy'),
  }
  const target = { ...targetOf(call), dryRun }
  if (call.verb === 'deletecollection') {
    const objects = world.store.list(resource, route.namespace).filter(matcher(call))
    for (const object of objects)
      remove(world, { ...target, namespace: namespaceOf(object), name: nameOf(object) }, wanted)
    return sendJson(call.response, 200, listOf(resource, pageOf(objects, 0, ''), world.store.version, false))
  }
  const last = remove(world, target, wanted)
  if (textAt(last, 'metadata', 'deletionTimestamp') !== '' || resource === resourceOf('Pod'))
    return sendJson(call.response, 200, last)
  const details = {
    name: nameOf(last),
    group: resource.group,
    kind: resource.plural,
    uid: textAt(last, 'metadata', 'uid'),
  }
  const kept = resource.group === '' ? without(details, 'group') : details
  sendJson(call.response, 200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: kept,
  })
}

const readers: Readonly<Record<string, (call: Call) => void>> = { get, list, watch }

/** Answers a request for objects, giving the name of one that was written; throws KubernetesError for a refusal. */
export const answerCall = async (call: Call): Promise<string> => {
  const read = readers[call.verb]
  if (read !== undefined) {
    read(call)
    return ''
  }
  const body = decodeBody(await bodyOf(call.request), call.request.headers['content-type'] ?? '')
  if (!call.verb.startsWith('delete')) return write(call, body)
  destroy(call, body)
  return ''
}
