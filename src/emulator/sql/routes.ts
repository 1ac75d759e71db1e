import type { Handler, Route } from '../route.ts'
import { getBackup, insertBackup, listBackups } from './backups.ts'
import { listFlags, listTiers } from './catalogue.ts'
import { deleteDatabase, getDatabase, insertDatabase, listDatabases, patchDatabase } from './databases.ts'
import {
  deleteInstance,
  getInstance,
  insertInstance,
  listInstances,
  patchInstance,
  updateInstance,
} from './instances.ts'
import { getOperation, listOperations } from './operations.ts'
import { deleteUser, getUser, insertUser, listUsers, updateUser } from './users.ts'

const route = (method: string, permission: string | undefined, handle: Handler): Route => ({
  api: 'sql',
  method: `sql.${method}`,
  permission: permission === undefined ? undefined : `cloudsql.${permission}`,
  handle,
})

/** Cloud SQL Admin API, under `v1/` and `sql/v1beta4/`. */
export const sqlRoutes: readonly Route[] = [
  route('instances.list', 'instances.list', listInstances),
  route('instances.get', 'instances.get', getInstance),
  route('instances.insert', 'instances.create', insertInstance),
  route('instances.patch', 'instances.update', patchInstance),
  route('instances.update', 'instances.update', updateInstance),
  route('instances.delete', 'instances.delete', deleteInstance),
  route('databases.list', 'databases.list', listDatabases),
  route('databases.get', 'databases.get', getDatabase),
  route('databases.insert', 'databases.create', insertDatabase),
  route('databases.patch', 'databases.update', patchDatabase),
  route('databases.delete', 'databases.delete', deleteDatabase),
  route('users.list', 'users.list', listUsers),
  route('users.get', 'users.get', getUser),
  route('users.insert', 'users.create', insertUser),
  route('users.update', 'users.update', updateUser),
  route('users.delete', 'users.delete', deleteUser),
  route('backupRuns.insert', 'backupRuns.create', insertBackup),
  route('backupRuns.list', 'backupRuns.list', listBackups),
  route('backupRuns.get', 'backupRuns.get', getBackup),
  route('operations.get', 'instances.get', getOperation),
  route('operations.list', 'instances.get', listOperations),
  route('tiers.list', undefined, listTiers),
  route('flags.list', undefined, listFlags),
]
