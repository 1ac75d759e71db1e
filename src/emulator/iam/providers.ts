import { alreadyExists, badRequest, failedPrecondition, notFound } from '../errors.ts'
import { type JsonObject, objectAt, textAt, withoutNulls } from '../json.ts'
import { page } from '../paging.ts'
import { type Call, param } from '../route.ts'
import type { WorkloadIdentityPool } from '../store.ts'
import { asActive, asDeleted, findPool, newId, operation, patched } from './pools.ts'

function find(call: Call): {
  readonly pool: WorkloadIdentityPool
  readonly id: string
  readonly provider: JsonObject
} {
  const pool = findPool(call)
  const id = param(call, 'providersId')
  const provider = pool.providers.get(id)
  if (provider === undefined) throw notFound('Requested entity was not found.')
  return { pool, id, provider }
}

/** A pool that can be changed. Throws 400 for a deleted one. */
function activePool(call: Call): WorkloadIdentityPool {
  const pool = findPool(call)
  if (pool.resource.state === 'DELETED') throw failedPrecondition('The workload identity pool is deleted.')
  return pool
}

/** Limits as the description of WorkloadIdentityPoolProvider has them. */
function checked(provider: JsonObject): JsonObject {
  const mapping = objectAt(provider, 'attributeMapping')
  const names = Object.keys(mapping)
  if (mapping['google.subject'] === undefined)
    throw badRequest('The attribute mapping must have google.subject.')
  if (names.some(name => !/^(google\.(subject|groups)|attribute\.[a-z0-9_]{1,100})$/.test(name)))
    throw badRequest('The attribute mapping has an attribute of an unknown name.')
  if (Object.values(mapping).some(expression => String(expression).length > 2048))
    throw badRequest('An attribute mapping has more than 2048 characters.')
  if ((textAt(provider, 'attributeCondition') ?? '').length > 4096)
    throw badRequest('The attribute condition has more than 4096 characters.')
  if (!/^https:\/\//.test(textAt(provider, 'oidc', 'issuerUri') ?? ''))
    throw badRequest('The issuer URI must be an HTTPS address.')
  return provider
}

const change = (
  call: Call,
  type: 'create' | 'undelete' | 'patch' | 'delete',
  id: string,
  provider: JsonObject,
) => {
  const pool = findPool(call)
  return operation(call, type, textAt(provider, 'name') ?? '', () => void pool.providers.set(id, provider))
}

/** iam v1, projects.locations.workloadIdentityPools.providers.create. */
export function createProvider(call: Call): JsonObject {
  const pool = activePool(call)
  const id = newId(call, 'workloadIdentityPoolProviderId')
  if (pool.providers.has(id)) throw alreadyExists('Requested entity already exists')
  const { name: _, state: __, expireTime: ___, ...settings } = withoutNulls(call.body)
  const name = `${textAt(pool.resource, 'name')}/providers/${id}`
  return change(call, 'create', id, checked({ name, ...settings, state: 'ACTIVE' }))
}

/** iam v1, projects.locations.workloadIdentityPools.providers.get. */
export const getProvider = (call: Call): JsonObject => find(call).provider

/** iam v1, projects.locations.workloadIdentityPools.providers.list. */
export function listProviders(call: Call): JsonObject {
  const deleted = call.query.get('showDeleted') === 'true'
  const all = [...findPool(call).providers.values()].filter(({ state }) => deleted || state !== 'DELETED')
  const { items, nextPageToken } = page(all, call.query, 100)
  return { ...(items.length > 0 && { workloadIdentityPoolProviders: items }), nextPageToken }
}

/** iam v1, projects.locations.workloadIdentityPools.providers.patch. */
export function patchProvider(call: Call): JsonObject {
  activePool(call)
  const { id, provider } = find(call)
  if (provider.state === 'DELETED') throw failedPrecondition('The provider is deleted.')
  return change(call, 'patch', id, checked(patched(provider, call.body, call.query.get('updateMask'))))
}

/** iam v1, projects.locations.workloadIdentityPools.providers.delete. */
export function deleteProvider(call: Call): JsonObject {
  const { id, provider } = find(call)
  return change(call, 'delete', id, asDeleted(call, provider))
}

/** iam v1, projects.locations.workloadIdentityPools.providers.undelete. */
export function undeleteProvider(call: Call): JsonObject {
  activePool(call)
  const { id, provider } = find(call)
  return change(call, 'undelete', id, asActive(provider))
}
