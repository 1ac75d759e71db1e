import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { JsonObject } from '../../core/json.ts'
import type { Response } from './exchange.ts'
import { allows } from './htpasswd.ts'
import { listAt, nameOf, namespaceOf, numberAt, objectAt, textAt } from './object.ts'
import { resourceOf } from './resources.ts'
import { sendJson, sendText } from './respond.ts'
import type { Store } from './store.ts'

/** The API version that the demonstration server reports. */
const API_VERSION = '55'
const COMMIT = '0000000000000000000000000000000000000000'
const AUTH_SECRET = 'nginx.ingress.kubernetes.io/auth-secret'

const isReady = (deployment: JsonObject): boolean =>
  numberAt(deployment, ['status', 'readyReplicas']) > 0 &&
  numberAt(deployment, ['status', 'updatedReplicas']) === numberAt(deployment, ['spec', 'replicas'], 1)

/** The tag of a Deployment's image, '' without one. */
const tagOf = (deployment: JsonObject): string => {
  const image = textAt(listAt(deployment, 'spec', 'template', 'spec', 'containers')[0], 'image')
  return /:([^/:@]+)(@.*)?$/.exec(image)?.[1] ?? ''
}

interface Login {
  readonly user: string
  readonly password: string
}

const loginOf = (request: IncomingMessage): Login | undefined => {
  const [, encoded] = /^Basic (.+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

const serverOf = (store: Store): JsonObject | undefined =>
  store.list(resourceOf('Deployment')).find(each => nameOf(each).endsWith('-api-server'))

/** What the SkyPilot API server itself answers to GET /api/health: 200 when its Deployment is ready, else 503. */
export const answerHealth = (store: Store, response: Response) => {
  const deployment = serverOf(store)
  if (deployment === undefined || !isReady(deployment))
    return sendText(response, 503, '503 Service Temporarily Unavailable\n')
  sendJson(response, 200, {
    status: 'healthy',
    version: tagOf(deployment),
    api_version: API_VERSION,
    commit: COMMIT,
  })
}

/** Why ingress-nginx turns a request away, as a status code; undefined when it lets it pass. */
const turnedAway = (store: Store, request: IncomingMessage): 401 | 503 | undefined => {
  const deployment = serverOf(store)
  const ingress = store
    .list(resourceOf('Ingress'))
    .find(each => namespaceOf(each) === namespaceOf(deployment ?? {}) && nameOf(each).endsWith('-ingress'))
  if (ingress === undefined) return 503
  const name = textAt(ingress, 'metadata', 'annotations', AUTH_SECRET)
  if (name === '') return undefined
  const secret = store.get(resourceOf('Secret'), namespaceOf(ingress), name)
  if (secret === undefined) return 503
  const htpasswd = Buffer.from(textAt(objectAt(secret, 'data'), 'auth'), 'base64').toString()
  const login = loginOf(request)
  return login !== undefined && allows(htpasswd, login.user, login.password) ? undefined : 401
}

const answer = (store: Store, request: IncomingMessage, response: Response) => {
  if (new URL(request.url ?? '/', 'http://localhost').pathname !== '/api/health')
    return sendText(response, 404, '404 page not found\n')
  const refused = turnedAway(store, request)
  if (refused === 503) return sendText(response, 503, '503 Service Temporarily Unavailable\n')
  if (refused === undefined) return answerHealth(store, response)
  response.setHeader('www-authenticate', 'Basic realm="SkyPilot API Server"')
  sendText(response, 401, '401 Authorization Required\n')
}

/** The load balancer with ingress-nginx behind it, on a loopback port of its own. */
export const healthServer = (store: Store): Server =>
  createServer((request, response) => answer(store, request, response))
