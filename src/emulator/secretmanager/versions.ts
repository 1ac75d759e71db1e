import { timestamp } from '../clock.ts'
import { at, type JsonObject, textAt } from '../json.ts'
import { page } from '../paging.ts'
import { type Call, param } from '../route.ts'
import type { SecretVersion } from '../store.ts'
import { crc32c } from './crc32c.ts'
import { checkEtag, findSecret, newEtag, secretError } from './secrets.ts'

/** The version that the path names; `latest` is the newest, whatever its state. Throws 404. */
function findVersion(call: Call): SecretVersion {
  const { resource, versions } = findSecret(call)
  const wanted = param(call, 'versionsId')
  const alias = textAt(resource, 'versionAliases', wanted)
  const found = wanted === 'latest' ? [...versions.values()].at(-1) : versions.get(alias ?? wanted)
  if (found !== undefined) return found
  throw secretError(404, 'NOT_FOUND', `Secret Version [${resource.name}/versions/${wanted}] not found.`)
}

/** secretmanager v1, projects.secrets.addVersion. Throws 400 when the checksum does not fit the data. */
export function addVersion(call: Call): JsonObject {
  const { resource: secret, versions } = findSecret(call)
  const payload = textAt(call.body, 'payload', 'data')
  if (payload === undefined) throw secretError(400, 'INVALID_ARGUMENT', 'Field [payload.data] is required.')
  const checksum = at(call.body, 'payload', 'dataCrc32c')
  const actual = crc32c(Buffer.from(payload, 'base64'))
  if (checksum !== undefined && String(checksum) !== String(actual)) {
    throw secretError(400, 'INVALID_ARGUMENT', 'The checksum of the payload does not match its data.')
  }
  const number = String(versions.size + 1)
  const resource: JsonObject = {
    name: `${secret.name}/versions/${number}`,
    createTime: timestamp(call.world.clock.now()),
    state: 'ENABLED',
    replicationStatus: { automatic: {} },
    etag: newEtag(call),
    clientSpecifiedPayloadChecksum: checksum === undefined ? undefined : true,
  }
  versions.set(number, { resource, payload })
  return resource
}

/** secretmanager v1, projects.secrets.versions.get. */
export const getVersion = (call: Call): JsonObject => findVersion(call).resource

/** secretmanager v1, projects.secrets.versions.list: newest first; understands `state:ENABLED` and the like. */
export function listVersions(call: Call): JsonObject {
  const { versions } = findSecret(call)
  const filter = call.query.get('filter')
  const state = /^state[:=](ENABLED|DISABLED|DESTROYED)$/i.exec(filter ?? '')?.[1]?.toUpperCase()
  if (filter && state === undefined)
    throw secretError(501, 'UNIMPLEMENTED', `The emulator cannot filter ${filter}.`)
  const all = [...versions.values()]
    .map(({ resource }) => resource)
    .filter(resource => state === undefined || resource.state === state)
    .reverse()
  const { items, nextPageToken } = page(all, call.query, 25_000)
  return { ...(items.length > 0 && { versions: items }), nextPageToken, totalSize: all.length }
}

/** secretmanager v1, projects.secrets.versions.access. Throws 400 for a version that is not enabled. */
export function accessVersion(call: Call): JsonObject {
  const { resource, payload } = findVersion(call)
  if (resource.state !== 'ENABLED' || payload === undefined) {
    throw secretError(
      400,
      'FAILED_PRECONDITION',
      `Secret Version [${resource.name}] is in ${resource.state} state.`,
    )
  }
  const dataCrc32c = String(crc32c(Buffer.from(payload, 'base64')))
  return { name: resource.name, payload: { data: payload, dataCrc32c } }
}

/** secretmanager v1, versions.enable, .disable and .destroy; a destroyed version stays destroyed. */
export const setState =
  (state: 'ENABLED' | 'DISABLED' | 'DESTROYED') =>
  (call: Call): JsonObject => {
    const version = findVersion(call)
    checkEtag(textAt(call.body, 'etag'), version.resource)
    if (version.resource.state === 'DESTROYED') {
      const message = `Secret Version [${version.resource.name}] is already in DESTROYED state.`
      throw secretError(400, 'FAILED_PRECONDITION', message)
    }
    const destroyTime = state === 'DESTROYED' ? timestamp(call.world.clock.now()) : undefined
    version.resource = { ...version.resource, state, etag: newEtag(call), destroyTime }
    if (state === 'DESTROYED') version.payload = undefined
    return version.resource
  }
