import type { JsonObject } from '../../core/json.ts'
import type { Response } from './exchange.ts'
import { listAt, nameOf, numberAt, objectAt, textAt, versionOf } from './object.ts'
import { groupVersion, type Resource } from './resources.ts'

/** Sends a JSON answer. */
export const sendJson = (
  response: Response,
  code: number,
  body: JsonObject,
  type = 'application/json',
): void => {
  const text = JSON.stringify(body)
  response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

/** Sends plain text. */
export const sendText = (response: Response, code: number, text: string): void => {
  response.writeHead(code, { 'content-type': 'text/plain' })
  response.end(text)
}

/**
 * What a real server says that is too busy (apiserver/pkg/util/flowcontrol: text and a time), that has lost etcd (a Status with etcd's
 * words), or that is not there behind its load balancer (text).
 */
export const sendTrouble = (response: Response, code: 429 | 500 | 503): void => {
  const message = 'etcdserver: request timed out'
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code }
  if (code === 500) sendJson(response, code, status)
  else if (code === 503) sendText(response, code, 'service unavailable')
  else {
    response.setHeader('retry-after', '1')
    sendText(response, code, 'Too many requests, please try again later.')
  }
}

/** True when the first thing the client accepts is metadata alone (meta/v1 PartialObjectMetadata and its list). */
export const wantsMetadata = (accept: string): boolean =>
  /^application\/json;[^,]*as=PartialObjectMetadata/.test(accept)

/** True when the client would like a table, as kubectl does to print one (meta/v1 Table). */
export const wantsTable = (accept: string): boolean => /^application\/json;[^,]*as=Table/.test(accept)

/** Objects as a table of names and ages. */
export const tableOf = (objects: readonly JsonObject[], version: number): JsonObject => ({
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata: { resourceVersion: String(version) },
  columnDefinitions: [
    { name: 'Name', type: 'string', format: 'name', description: 'Name of the object', priority: 0 },
    { name: 'Status', type: 'string', format: '', description: 'Phase, or ready of wanted', priority: 0 },
    { name: 'Created', type: 'string', format: '', description: 'Time of creation', priority: 0 },
  ],
  rows: objects.map(object => ({
    cells: [nameOf(object), summaryOf(object), textAt(object, 'metadata', 'creationTimestamp')],
    object: shown(object, true),
  })),
})

const summaryOf = (object: JsonObject): string => {
  const wanted = objectAt(object, 'spec').replicas
  if (typeof wanted === 'number') return `${numberAt(object, ['status', 'readyReplicas'])}/${wanted}`
  const waiting = listAt(object, 'status', 'containerStatuses')
    .map(each => textAt(each, 'state', 'waiting', 'reason'))
    .find(reason => reason !== '')
  const address = textAt(listAt(object, 'status', 'loadBalancer', 'ingress')[0], 'ip')
  return waiting ?? (textAt(object, 'status', 'phase') || address)
}

/** An object, or its metadata alone. */
export const shown = (object: JsonObject, metadataOnly: boolean): JsonObject =>
  metadataOnly
    ? { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: objectAt(object, 'metadata') }
    : object

/** One page of a collection and where the next begins. */
export interface Page {
  readonly items: readonly JsonObject[]
  readonly continueAt: string
  readonly remaining: number
}

/** Cuts a page out of sorted objects; `token` is what an earlier page gave as `continueAt`. */
export const pageOf = (objects: readonly JsonObject[], limit: number, token: string): Page => {
  const start = token === '' ? 0 : Number(Buffer.from(token, 'base64url').toString().split('@')[0])
  const items = limit > 0 ? objects.slice(start, start + limit) : objects.slice(start)
  const next = start + items.length
  const remaining = objects.length - next
  const last = items.at(-1)
  const mark = remaining > 0 && last !== undefined ? `${next}@${versionOf(last)}` : ''
  return { items, continueAt: mark === '' ? '' : Buffer.from(mark).toString('base64url'), remaining }
}

/** A list as the server answers it. */
export const listOf = (
  resource: Resource,
  page: Page,
  version: number,
  metadataOnly: boolean,
): JsonObject => ({
  kind: metadataOnly ? 'PartialObjectMetadataList' : `${resource.kind}List`,
  apiVersion: metadataOnly ? 'meta.k8s.io/v1' : groupVersion(resource),
  metadata: {
    resourceVersion: String(version),
    ...(page.continueAt === '' ? {} : { continue: page.continueAt, remainingItemCount: page.remaining }),
  },
  items: page.items.map(item => shown(item, metadataOnly)),
})
