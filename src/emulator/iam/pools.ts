import { timestamp } from '../clock.ts'
import { alreadyExists, badRequest, failedPrecondition, notFound } from '../errors.ts'
import { at, type Json, type JsonObject, mergePatch, textAt, withoutNulls } from '../json.ts'
import type { OperationRecord } from '../operations.ts'
import { page } from '../paging.ts'
import { type Call, param } from '../route.ts'
import type { WorkloadIdentityPool } from '../store.ts'

const absent = () => notFound('Requested entity was not found.')

/** The name of a pool; Google answers with the project's number. */
const poolNameIn = ({ project }: Call, id: string): string =>
  `projects/${project.number}/locations/global/workloadIdentityPools/${id}`

/** The pool that the path names. Throws 404. */
export function findPool(call: Call): WorkloadIdentityPool {
  const found = call.project.pools.get(param(call, 'workloadIdentityPoolsId'))
  if (found === undefined || call.params.locationsId !== 'global') throw absent()
  return found
}

/** An operation on a pool or a provider: `apply` takes effect when it ends. */
export function operation(
  call: Call,
  type: 'create' | 'undelete' | 'patch' | 'delete',
  target: string,
  apply: () => void,
): JsonObject {
  const { world, project, identity, failure } = call
  const name = `${target}/operations/${world.ids.hex(24)}`
  world.operations.start({
    ...{ name, family: 'iam', type, project: project.id, scope: 'global', target, parent: target },
    ...{ user: identity.email, failure, apply },
  })
  return { name }
}

/** iam v1, …operations.get of pools and providers. */
export function getOperation(call: Call): JsonObject {
  const { workloadIdentityPoolsId: pool = '', providersId, operationsId } = call.params
  const parent =
    providersId === undefined ? poolNameIn(call, pool) : `${poolNameIn(call, pool)}/providers/${providersId}`
  const record = call.world.operations.get(`${parent}/operations/${operationsId}`)
  if (record === undefined) throw absent()
  return operationView(record)
}

const operationView = ({ name, done, failure }: OperationRecord): JsonObject => {
  if (!done) return { name }
  return failure === undefined
    ? { name, done, response: {} }
    : { name, done, error: { code: 13, message: failure.message } }
}

const month = 30 * 24 * 3600_000

/** What is deleted keeps its name for 30 days. */
export const asDeleted = (call: Call, resource: JsonObject): JsonObject => ({
  ...resource,
  state: 'DELETED',
  expireTime: timestamp(call.world.clock.now() + month),
})

/** What is brought back from that. Throws 400 for what is not deleted. */
export function asActive(resource: JsonObject): JsonObject {
  if (resource.state !== 'DELETED') throw failedPrecondition('The entity is not deleted.')
  const { expireTime: _, ...rest } = resource
  return { ...rest, state: 'ACTIVE' }
}

/** Changes what the mask names (`oidc.issuerUri`), and nothing else. Throws 400 without a mask. */
export function patched(resource: JsonObject, body: JsonObject, mask: string | null): JsonObject {
  if (!mask) throw badRequest('The update mask is required.')
  const changed: Record<string, Json | undefined> = { ...resource }
  for (const field of mask.split(',')) {
    const [first = '', second] = field.split('.')
    const sent = body[first]
    changed[first] =
      second === undefined ? sent : mergePatch(changed[first], { [second]: at(sent, second) ?? null })
  }
  return withoutNulls(changed)
}

/** The id of something new. Throws 400 for one that Google would refuse. */
export function newId(call: Call, parameter: string): string {
  const id = call.query.get(parameter) ?? ''
  if (!/^[a-z0-9-]{4,32}$/.test(id) || id.startsWith('gcp-'))
    throw badRequest(`${parameter} must have 4 to 32 characters [a-z0-9-] and may not begin with gcp-.`)
  return id
}

/** iam v1, projects.locations.workloadIdentityPools.create. */
export function createPool(call: Call): JsonObject {
  const id = newId(call, 'workloadIdentityPoolId')
  if (call.project.pools.has(id)) throw alreadyExists('Requested entity already exists')
  const { name: _, state: __, expireTime: ___, ...settings } = withoutNulls(call.body)
  const name = poolNameIn(call, id)
  return operation(call, 'create', name, () => {
    call.project.pools.set(id, { resource: { name, ...settings, state: 'ACTIVE' }, providers: new Map() })
  })
}

/** iam v1, projects.locations.workloadIdentityPools.get: deleted ones too. */
export const getPool = (call: Call): JsonObject => findPool(call).resource

/** iam v1, projects.locations.workloadIdentityPools.list. */
export function listPools(call: Call): JsonObject {
  const deleted = call.query.get('showDeleted') === 'true'
  const all = [...call.project.pools.values()].map(({ resource }) => resource)
  const { items, nextPageToken } = page(
    all.filter(({ state }) => deleted || state !== 'DELETED'),
    call.query,
    1000,
  )
  return { ...(items.length > 0 && { workloadIdentityPools: items }), nextPageToken }
}

/** iam v1, projects.locations.workloadIdentityPools.patch. */
export function patchPool(call: Call): JsonObject {
  const pool = findPool(call)
  const changed = patched(pool.resource, call.body, call.query.get('updateMask'))
  return operation(call, 'patch', textAt(pool.resource, 'name') ?? '', () => {
    pool.resource = changed
  })
}

/** iam v1, projects.locations.workloadIdentityPools.delete. */
export function deletePool(call: Call): JsonObject {
  const pool = findPool(call)
  return operation(call, 'delete', textAt(pool.resource, 'name') ?? '', () => {
    pool.resource = asDeleted(call, pool.resource)
  })
}

/** iam v1, projects.locations.workloadIdentityPools.undelete. */
export function undeletePool(call: Call): JsonObject {
  const pool = findPool(call)
  const active = asActive(pool.resource)
  return operation(call, 'undelete', textAt(pool.resource, 'name') ?? '', () => {
    pool.resource = active
  })
}
