import type { Handler, Route } from '../route.ts'
import {
  createRole,
  deleteRole,
  getRole,
  patchRole,
  testablePermissions,
  undeleteRole,
} from './custom-roles.ts'
import { createKey, deleteKey, listKeys } from './keys.ts'
import { createPool, deletePool, getOperation, getPool, listPools, patchPool, undeletePool } from './pools.ts'
import {
  createProvider,
  deleteProvider,
  getProvider,
  listProviders,
  patchProvider,
  undeleteProvider,
} from './providers.ts'

const pools = 'iam.projects.locations.workloadIdentityPools'

const rows: readonly (readonly [method: string, permission: string | undefined, handle: Handler])[] = [
  ['iam.projects.serviceAccounts.keys.create', 'iam.serviceAccountKeys.create', createKey],
  ['iam.projects.serviceAccounts.keys.list', 'iam.serviceAccountKeys.list', listKeys],
  ['iam.projects.serviceAccounts.keys.delete', 'iam.serviceAccountKeys.delete', deleteKey],
  ['iam.projects.roles.create', 'iam.roles.create', createRole],
  ['iam.projects.roles.get', 'iam.roles.get', getRole],
  ['iam.projects.roles.patch', 'iam.roles.update', patchRole],
  ['iam.projects.roles.undelete', 'iam.roles.undelete', undeleteRole],
  ['iam.projects.roles.delete', 'iam.roles.delete', deleteRole],
  ['iam.permissions.queryTestablePermissions', undefined, testablePermissions],
  [`${pools}.create`, 'iam.workloadIdentityPools.create', createPool],
  [`${pools}.get`, 'iam.workloadIdentityPools.get', getPool],
  [`${pools}.list`, 'iam.workloadIdentityPools.list', listPools],
  [`${pools}.patch`, 'iam.workloadIdentityPools.update', patchPool],
  [`${pools}.delete`, 'iam.workloadIdentityPools.delete', deletePool],
  [`${pools}.undelete`, 'iam.workloadIdentityPools.undelete', undeletePool],
  [`${pools}.operations.get`, 'iam.workloadIdentityPools.get', getOperation],
  [`${pools}.providers.create`, 'iam.workloadIdentityPoolProviders.create', createProvider],
  [`${pools}.providers.get`, 'iam.workloadIdentityPoolProviders.get', getProvider],
  [`${pools}.providers.list`, 'iam.workloadIdentityPoolProviders.list', listProviders],
  [`${pools}.providers.patch`, 'iam.workloadIdentityPoolProviders.update', patchProvider],
  [`${pools}.providers.delete`, 'iam.workloadIdentityPoolProviders.delete', deleteProvider],
  [`${pools}.providers.undelete`, 'iam.workloadIdentityPoolProviders.undelete', undeleteProvider],
  [`${pools}.providers.operations.get`, 'iam.workloadIdentityPoolProviders.get', getOperation],
]

/** IAM API v1: keys, custom roles, and whom a project trusts. */
export const federationRoutes: readonly Route[] = rows.map(([method, permission, handle]) => ({
  api: 'iam' as const,
  method,
  permission,
  handle,
}))
