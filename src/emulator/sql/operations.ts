import { timestamp } from '../clock.ts'
import type { JsonObject } from '../json.ts'
import type { OperationRecord } from '../operations.ts'
import { page } from '../paging.ts'
import { type Call, param } from '../route.ts'
import type { Project, SqlInstance } from '../store.ts'
import { sqlError } from './errors.ts'

/** Where links of this API point to; clients compare tails only. */
export const sqlBase = 'https://sqladmin.googleapis.com/sql/v1beta4/'

/** What keeps two operations on one instance apart. */
export const lockOf = (project: Project, instance: string): string => `sql/${project.id}/${instance}`

const instanceOf = (record: OperationRecord): string => /^instances\/([^/]+)/.exec(record.target)?.[1] ?? ''

function operationView({ world, project }: Call, record: OperationRecord): JsonObject {
  const status = world.operations.status(record)
  const { failure } = record
  return {
    kind: 'sql#operation',
    targetLink: `${sqlBase}projects/${project.id}/${record.target}`,
    status,
    user: record.user,
    insertTime: timestamp(record.insertedAt),
    startTime: status === 'PENDING' ? undefined : timestamp(record.startsAt),
    endTime: record.done ? timestamp(record.endsAt) : undefined,
    operationType: record.type,
    name: record.name,
    targetId: instanceOf(record),
    selfLink: `${sqlBase}projects/${project.id}/operations/${record.name}`,
    targetProject: project.id,
    ...(failure && {
      error: {
        kind: 'sql#operationErrors',
        errors: [{ kind: 'sql#operationError', code: failure.code, message: failure.message }],
      },
    }),
  }
}

/** What to start on an instance. */
export interface SqlOperation {
  readonly type: string
  readonly instance: string
  /** Path below `instances/INSTANCE`, for databases. */
  readonly below?: string
  readonly apply: () => void
  readonly fail?: () => void
}

/** Throws 409 when the instance has an operation already. */
export function checkIdle({ world, project }: Call, instance: string): void {
  if (world.operations.busy(lockOf(project, instance)) === undefined) return
  const message =
    'Operation failed because another operation was already in progress. Try your request after the current ' +
    'operation is complete.'
  throw sqlError(409, 'operationInProgress', message)
}

/** Starts the one operation that an instance can have, and answers with it. */
export function start(call: Call, { type, instance, below = '', apply, fail }: SqlOperation): JsonObject {
  const { world, project, identity, failure } = call
  checkIdle(call, instance)
  const record = world.operations.start({
    name: world.ids.uuid(),
    family: 'sql',
    type,
    project: project.id,
    scope: '',
    target: `instances/${instance}${below}`,
    parent: lockOf(project, instance),
    user: identity.email,
    failure,
    apply,
    ...(fail && { fail }),
  })
  return operationView(call, record)
}

/** sqladmin v1, operations.get. */
export function getOperation(call: Call): JsonObject {
  const record = call.world.operations.get(param(call, 'operation'))
  const isForgotten =
    call.world.settings.forgetSqlDeletes &&
    record?.type === 'DELETE' &&
    call.world.operations.status(record) === 'DONE'
  if (record?.family !== 'sql' || record.project !== call.project.id || isForgotten) {
    throw sqlError(404, 'operationDoesNotExist', 'The Cloud SQL operation does not exist.')
  }
  return operationView(call, record)
}

/** sqladmin v1, operations.list: newest first, of one instance when asked so. */
export function listOperations(call: Call): JsonObject {
  const instance = call.query.get('instance')
  const all = call.world.operations.all
    .filter(({ family, project }) => family === 'sql' && project === call.project.id)
    .filter(record => instance === null || instanceOf(record) === instance)
    .reverse()
  const { items, nextPageToken } = page(all, call.query, 1000)
  const views = items.map(record => operationView(call, record))
  return { kind: 'sql#operationsList', ...(views.length > 0 && { items: views }), nextPageToken }
}

/** The instance that the path names. Throws 404. */
export function findInstance(call: Call): SqlInstance {
  const found = call.project.sqlInstances.get(param(call, 'instance'))
  if (found === undefined) {
    throw sqlError(404, 'instanceDoesNotExist', 'The Cloud SQL instance does not exist.')
  }
  return found
}

/** The instance, when its databases and users can be reached. Throws 400 while it is stopped or not yet there. */
export function runningInstance(call: Call): SqlInstance {
  const found = findInstance(call)
  const stopped = (found.resource.settings as JsonObject | undefined)?.activationPolicy === 'NEVER'
  if (stopped || found.resource.state !== 'RUNNABLE') {
    throw sqlError(400, 'invalid', 'Invalid request: Invalid request since instance is not running.')
  }
  return found
}
