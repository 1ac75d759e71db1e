import { type JsonObject, mergePatch, objectAt, textAt, withoutNulls } from '../json.ts'
import { page } from '../paging.ts'
import { type Call, param } from '../route.ts'
import type { SqlInstance } from '../store.ts'
import { newDatabase } from './databases.ts'
import { filledSettings, installed, newInstance, provisioned } from './defaults.ts'
import { invalid, sqlError } from './errors.ts'
import { checkIdle, findInstance, start } from './operations.ts'
import { checkChange, checkNew, checkSettingsVersion } from './rules.ts'
import { newUser } from './users.ts'

/** sqladmin v1, instances.list. The `filter` parameter is refused, not ignored. */
export function listInstances({ project, query }: Call): JsonObject {
  if (query.get('filter'))
    throw sqlError(501, 'notImplemented', 'The emulator does not implement filters here.')
  const { items, nextPageToken } = page([...project.sqlInstances.values()], query, 1000)
  return { ...(items.length > 0 && { items: items.map(({ resource }) => resource) }), nextPageToken }
}

/** sqladmin v1, instances.get. */
export const getInstance = (call: Call): JsonObject => findInstance(call).resource

/** sqladmin v1, instances.insert: PENDING_CREATE, and RUNNABLE with `postgres` in it once the operation is done. */
export function insertInstance(call: Call): JsonObject {
  const resource = newInstance(call)
  const name = String(resource.name)
  const { sqlInstances } = call.project
  if (sqlInstances.has(name)) {
    throw sqlError(409, 'instanceAlreadyExists', 'The Cloud SQL instance already exists.')
  }
  if (call.world.settings.reserveSqlNames && call.project.deletedSqlNames.has(name)) {
    const message =
      "The Cloud SQL instance already exists. When you delete an instance, you can't reuse the name of the " +
      'deleted instance until one week from the deletion date.'
    throw sqlError(409, 'instanceAlreadyExists', message)
  }
  checkNew(call, resource)
  const instance: SqlInstance = {
    resource,
    databases: new Map(),
    users: new Map(),
    passwords: new Map(),
    backupRuns: new Map(),
  }
  sqlInstances.set(name, instance)
  return start(call, {
    type: 'CREATE',
    instance: name,
    apply() {
      instance.resource = provisioned(call, instance.resource)
      instance.databases.set('postgres', newDatabase(call, name, { name: 'postgres' }))
      const { type: _, ...postgres } = newUser(call, name, { name: 'postgres' })
      instance.users.set('postgres', postgres)
    },
    fail() {
      instance.resource = { ...instance.resource, state: 'FAILED' }
    },
  })
}

/** Every write moves the settings' version, by more than one. */
function moved(settings: JsonObject): JsonObject {
  return { ...settings, settingsVersion: String(Number(settings.settingsVersion ?? '0') + 3) }
}

const replaceable = [
  'databaseVersion',
  'settings',
  'maintenanceVersion',
  'includeReplicasForMajorVersionUpgrade',
]

function change(call: Call, after: JsonObject): JsonObject {
  const name = param(call, 'instance')
  const instance = findInstance(call)
  const { resource } = instance
  checkIdle(call, name)
  if (resource.state !== 'RUNNABLE') throw invalid(`The instance is in state ${resource.state}.`)
  const version = String(after.databaseVersion)
  const zone = String(resource.gceZone)
  const settings = filledSettings(objectAt(after, 'settings'), version, zone)
  const wanted = withoutNulls({ ...resource, ...after, settings })
  checkChange(resource, wanted)
  const sized = String(Math.max(Number(settings.dataDiskSizeGb), 10))
  return start(call, {
    type: 'UPDATE',
    instance: name,
    apply() {
      const upgraded = version === resource.databaseVersion ? {} : installed(version)
      const next = moved({ ...settings, dataDiskSizeGb: sized })
      instance.resource = { ...wanted, ...upgraded, settings: next, etag: call.world.ids.hex(64) }
    },
  })
}

/** sqladmin v1, instances.patch: merges; null removes, lists are replaced whole. */
export function patchInstance(call: Call): JsonObject {
  const { resource } = findInstance(call)
  checkIdle(call, param(call, 'instance'))
  checkSettingsVersion(call.body, resource, false)
  const sent = Object.fromEntries(
    [...replaceable, 'name', 'region', 'instanceType'].map(key => [key, call.body[key]]),
  )
  return change(call, mergePatch(resource, sent))
}

/** sqladmin v1, instances.update: replaces; what is not sent falls back to its default. */
export function updateInstance(call: Call): JsonObject {
  const { resource } = findInstance(call)
  checkIdle(call, param(call, 'instance'))
  checkSettingsVersion(call.body, resource, true)
  const sent = Object.fromEntries(replaceable.map(key => [key, call.body[key] ?? undefined]))
  const disk = textAt(resource, 'settings', 'dataDiskSizeGb')
  const settings = { dataDiskSizeGb: disk, ...withoutNulls(objectAt(call.body, 'settings')) }
  const databaseVersion = sent.databaseVersion ?? resource.databaseVersion
  return change(call, withoutNulls({ ...resource, ...sent, databaseVersion, settings }))
}

/** sqladmin v1, instances.delete. Throws 400 while the instance is protected. */
export function deleteInstance(call: Call): JsonObject {
  const name = param(call, 'instance')
  const instance = findInstance(call)
  checkIdle(call, name)
  if (objectAt(instance.resource, 'settings').deletionProtectionEnabled === true) {
    const message =
      'The instance is protected. Please disable the deletion protection and try again. To disable deletion ' +
      'protection, update the instance settings with deletionProtectionEnabled set to false.'
    throw sqlError(400, 'invalid', message)
  }
  const before = instance.resource
  instance.resource = { ...before, state: 'PENDING_DELETE' }
  return start(call, {
    type: 'DELETE',
    instance: name,
    apply() {
      call.project.sqlInstances.delete(name)
      call.project.deletedSqlNames.add(name)
    },
    fail() {
      instance.resource = before
    },
  })
}
