import type { JsonObject } from '../../core/json.ts'
import { aggregatedList, aggregatedType } from './aggregated.ts'
import { type Access, type Authorize, refusal, type User } from './authorize.ts'
import { coreVersions, groupDescription, groupList, resourceList, versionInfo } from './discovery.ts'
import type { Request, Response } from './exchange.ts'
import { type Asked, aroundRead, aroundWrite, type RequestHooks } from './hooks.ts'
import { present } from './object.ts'
import { answerCall, isDryRun } from './objects.ts'
import { openApiDocument, openApiIndex } from './openapi.ts'
import { bodyOf, decodeBody, type Route, routeOf, verbOf } from './request.ts'
import { groupVersion, type Resource } from './resources.ts'
import { sendJson, sendText } from './respond.ts'
import { answerReview } from './reviews.ts'
import { forbidden, KubernetesError, noSuchResource, qualified, unauthorized } from './status.ts'
import { servedBy, type World } from './world.ts'

/** One request for objects, as the audit log keeps it. */
export type AuditEntry = Omit<Asked, 'agent'> & { readonly code: number }

/** What the request handler needs besides the cluster. */
export interface Gate {
  /** The user of a bearer token, undefined for one that is not known. */
  readonly authenticate: (token: string) => User | undefined
  readonly authorize: Authorize
  /** Takes an audit entry when its request has been answered. */
  readonly record: (entry: AuditEntry) => void
  /** Told of every mistake of the emulator's own: a client takes its 500 for one that can be waited out. */
  readonly broke: (what: string) => void
  readonly hooks?: RequestHooks | undefined
}

const userOf = (gate: Gate, request: Request): User => {
  const [, token] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? []
  const user = token === undefined ? undefined : gate.authenticate(token)
  if (user === undefined) throw unauthorized()
  return user
}

const described = (world: World, path: string, address: string): JsonObject | undefined => {
  const resources = servedBy(world)
  if (path === '/version') return versionInfo(world.version)
  if (path === '/api') return coreVersions(address)
  if (path === '/apis') return groupList(resources)
  if (path === '/openapi/v3') return openApiIndex(resources)
  if (path.startsWith('/openapi/v3/')) return openApiDocument(resources, path.slice(12), world.version)
  const [, root, name = '', version, ...deeper] = path.split('/')
  if (deeper.length > 0) return undefined
  if (root === 'api' && version === undefined) return resourceList(resources, name)
  if (root !== 'apis') return undefined
  return version === undefined
    ? groupDescription(resources, name)
    : resourceList(resources, `${name}/${version}`)
}

const found = (world: World, route: Route): Resource => {
  const resource = servedBy(world).find(
    each => groupVersion(each) === route.groupVersion && each.plural === route.plural,
  )
  const known = route.subresource === '' || resource?.subresources.includes(route.subresource)
  if (resource === undefined || !known) throw noSuchResource()
  return resource
}

const accessTo = (route: Route, resource: Resource, verb: string): Access => {
  const { namespace, name, subresource } = route
  const plural = subresource === '' ? resource.plural : `${resource.plural}/${subresource}`
  const own = resource.kind === 'Namespace' ? name : ''
  return { verb, group: resource.group, resource: plural, namespace: namespace || own, name }
}

const need = (gate: Gate, user: User, resource: Resource, access: Access): void => {
  if (gate.authorize(user, access)) return
  const plural = access.resource.replace(resource.plural, qualified(resource))
  const subject = access.name === '' ? plural : `${plural} "${access.name}"`
  const { name, group } = { name: access.name || undefined, group: resource.group || undefined }
  throw forbidden(subject, refusal(user, access), present({ name, group, kind: resource.plural }))
}

const reading = new Set(['get', 'list', 'watch'])

const objects = async (
  world: World,
  gate: Gate,
  request: Request,
  response: Response,
  url: URL,
  user: User,
): Promise<boolean> => {
  const route = routeOf(url.pathname)
  if (route === undefined) return false
  const query = url.searchParams
  const verb = verbOf(request.method ?? 'GET', route, query)
  const resource = found(world, route)
  const access = accessTo(route, resource, verb)
  const { namespace, name } = access
  const entry = { user: user.user, verb, resource: access.resource, namespace, name, dryRun: isDryRun(query) }
  try {
    need(gate, user, resource, access)
    const call = () => answerCall({ world, request, response, query, route, resource, verb })
    const asked = { ...entry, agent: String(request.headers['user-agent'] ?? '') }
    const around = reading.has(verb) ? aroundRead : aroundWrite
    const exchange = { asked, socket: request.socket, response, call }
    const made = await (gate.hooks === undefined ? call() : around(gate.hooks, exchange))
    if (made !== undefined) gate.record({ ...entry, name: made || name, code: response.statusCode })
  } catch (error) {
    gate.record({ ...entry, code: error instanceof KubernetesError ? error.code : 500 })
    throw error
  }
  return true
}

const respond = async (world: World, gate: Gate, request: Request, response: Response): Promise<void> => {
  const url = new URL(request.url ?? '/', 'https://127.0.0.1')
  const path = url.pathname.replace(/(.)\/$/, '$1')
  if (['/readyz', '/healthz', '/livez'].includes(path)) return sendText(response, 200, 'ok')
  const user = userOf(gate, request)
  const aggregated = (request.headers.accept ?? '').includes(aggregatedType)
  if (request.method === 'GET' && aggregated && (path === '/api' || path === '/apis'))
    return sendJson(response, 200, aggregatedList(servedBy(world), path), aggregatedType)
  if (request.method === 'POST' && /^\/apis\/auth(entication|orization)\.k8s\.io\//.test(path)) {
    const body = decodeBody(await bodyOf(request), request.headers['content-type'] ?? '')
    const review = answerReview(path, body, user, gate.authorize)
    if (review !== undefined) return sendJson(response, 201, review)
  }
  const description =
    request.method === 'GET'
      ? described(world, path, (request.headers.host ?? request.headers[':authority'] ?? '').toString())
      : undefined
  if (description !== undefined) return sendJson(response, 200, description)
  if (!(await objects(world, gate, request, response, url, user))) throw noSuchResource()
}

/** Answers every request; what goes wrong inside becomes a 500 with the reason. */
export const handle = async (
  world: World,
  gate: Gate,
  request: Request,
  response: Response,
): Promise<void> => {
  try {
    await respond(world, gate, request, response)
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    // Who sent it may have died meanwhile: some tests are about that.
    if (!(error instanceof KubernetesError || request.errored === error || request.socket.destroyed))
      gate.broke(`${request.method} ${request.url}: ${reason}`)
    const refused =
      error instanceof KubernetesError
        ? error
        : new KubernetesError(500, 'InternalError', `Internal error occurred: ${reason}`)
    if (response.headersSent) response.end()
    else sendJson(response, refused.code, refused.status)
  }
}
