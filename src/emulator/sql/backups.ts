import { timestamp } from '../clock.ts'
import { type JsonObject, textAt, withoutNulls } from '../json.ts'
import { page } from '../paging.ts'
import { type Call, param } from '../route.ts'
import { sqlError } from './errors.ts'
import { checkIdle, findInstance, runningInstance, sqlBase, start } from './operations.ts'

function newRun(call: Call, id: string): JsonObject {
  const { world, project, body } = call
  const instance = param(call, 'instance')
  const enqueuedTime = timestamp(world.clock.now())
  return withoutNulls({
    kind: 'sql#backupRun',
    status: 'RUNNING',
    enqueuedTime,
    id,
    startTime: enqueuedTime,
    type: 'ON_DEMAND',
    description: textAt(body, 'description'),
    windowStartTime: enqueuedTime,
    instance,
    selfLink: `${sqlBase}projects/${project.id}/instances/${instance}/backupRuns/${id}`,
    location: 'us',
    databaseVersion: findInstance(call).resource.databaseVersion,
    backupKind: 'SNAPSHOT',
  })
}

/** sqladmin v1, backupRuns.insert: RUNNING, and SUCCESSFUL once the operation is done. */
export function insertBackup(call: Call): JsonObject {
  const { backupRuns } = runningInstance(call)
  const instance = param(call, 'instance')
  checkIdle(call, instance)
  const id = String(call.world.clock.now() + backupRuns.size)
  const run = newRun(call, id)
  backupRuns.set(id, run)
  const end = (status: string) => () =>
    void backupRuns.set(id, { ...run, status, endTime: timestamp(call.world.clock.now()) })
  return start(call, { type: 'BACKUP_VOLUME', instance, apply: end('SUCCESSFUL'), fail: end('FAILED') })
}

/** sqladmin v1, backupRuns.list: newest first. */
export function listBackups(call: Call): JsonObject {
  const all = [...findInstance(call).backupRuns.values()].reverse()
  const { items, nextPageToken } = page(all, call.query, 1000)
  return { kind: 'sql#backupRunsList', ...(items.length > 0 && { items }), nextPageToken }
}

/** sqladmin v1, backupRuns.get. */
export function getBackup(call: Call): JsonObject {
  const found = findInstance(call).backupRuns.get(param(call, 'id'))
  if (found === undefined) throw sqlError(404, 'backupRunDoesNotExist', 'The backup run does not exist.')
  return found
}
