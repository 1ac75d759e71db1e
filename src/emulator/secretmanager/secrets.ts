import { timestamp } from '../clock.ts'
import { ApiError } from '../errors.ts'
import { type JsonObject, mergePatch, objectAt, textAt, withoutNulls } from '../json.ts'
import { page } from '../paging.ts'
import { type Call, param } from '../route.ts'
import type { Secret } from '../store.ts'

/** Errors of this API have a status and no `errors[]`. [R gcp-secret-set-label] */
export const secretError = (code: number, status: string, message: string): ApiError =>
  new ApiError(code, message, { status })

/** A quoted text that moves with every change. */
export const newEtag = (call: Call): string => `"${call.world.ids.hex(14)}"`

const secretName = (call: Call, id: string): string => `projects/${call.project.number}/secrets/${id}`

/** The secret that the path names. Throws 404. */
export function findSecret(call: Call): Secret {
  const id = param(call, 'secretsId')
  const secret = call.project.secrets.get(id)
  if (secret === undefined) throw secretError(404, 'NOT_FOUND', `Secret [${secretName(call, id)}] not found.`)
  return secret
}

/** Throws 400 when the caller read another state of the thing than the one there is. */
export function checkEtag(sent: string | null | undefined, resource: JsonObject): void {
  if (!sent || sent === resource.etag) return
  const message = `The etag provided [${sent}] does not match the current etag [${resource.etag}] of the resource.`
  throw secretError(400, 'FAILED_PRECONDITION', message)
}

/** secretmanager v1, projects.secrets.create. */
export function createSecret(call: Call): JsonObject {
  const id = call.query.get('secretId') ?? ''
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(id)) {
    throw secretError(
      400,
      'INVALID_ARGUMENT',
      `The provided Secret ID [${id}] does not match the expected format.`,
    )
  }
  const name = secretName(call, id)
  if (call.project.secrets.has(id))
    throw secretError(409, 'ALREADY_EXISTS', `Secret [${name}] already exists.`)
  const { replication } = call.body
  if (Object.keys(objectAt(call.body, 'replication')).length === 0) {
    throw secretError(400, 'INVALID_ARGUMENT', 'Field [secret.replication] is required.')
  }
  const { labels, annotations, expireTime, topics, rotation, versionAliases } = withoutNulls(call.body)
  const resource = withoutNulls({
    name,
    replication,
    createTime: timestamp(call.world.clock.now()),
    labels,
    annotations,
    expireTime,
    topics,
    rotation,
    versionAliases,
    etag: newEtag(call),
  })
  call.project.secrets.set(id, { resource, versions: new Map() })
  return resource
}

/** secretmanager v1, projects.secrets.get. */
export const getSecret = (call: Call): JsonObject => findSecret(call).resource

/** secretmanager v1, projects.secrets.list. The `filter` parameter is refused, not ignored. */
export function listSecrets({ project, query }: Call): JsonObject {
  if (query.get('filter'))
    throw secretError(501, 'UNIMPLEMENTED', 'The emulator does not implement filters here.')
  const all = [...project.secrets.values()].map(({ resource }) => resource)
  const { items, nextPageToken } = page(all, query, 25_000)
  return { ...(items.length > 0 && { secrets: items }), nextPageToken, totalSize: all.length }
}

const changeable = new Set([
  'labels',
  'annotations',
  'expireTime',
  'topics',
  'rotation',
  'versionAliases',
  'etag',
])

/** secretmanager v1, projects.secrets.patch: each field of the mask is replaced, or removed when it is not sent. */
export function patchSecret(call: Call): JsonObject {
  const secret = findSecret(call)
  const mask = (call.query.get('updateMask') ?? '').split(',').filter(field => field !== '')
  const wrong = mask.find(field => !changeable.has(field))
  if (mask.length === 0 || wrong !== undefined) {
    throw secretError(400, 'INVALID_ARGUMENT', `The update mask [${mask.join(',')}] is not allowed.`)
  }
  checkEtag(textAt(call.body, 'etag'), secret.resource)
  const kept = Object.fromEntries(Object.entries(secret.resource).filter(([key]) => !mask.includes(key)))
  const sent = Object.fromEntries(mask.map(field => [field, call.body[field] ?? null]))
  secret.resource = mergePatch(kept, { ...sent, etag: newEtag(call) })
  return secret.resource
}

/** secretmanager v1, projects.secrets.delete: at once, with all versions. */
export function deleteSecret(call: Call): JsonObject {
  checkEtag(call.query.get('etag'), findSecret(call).resource)
  call.project.secrets.delete(param(call, 'secretsId'))
  return {}
}
