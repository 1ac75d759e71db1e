import { timestamp } from '../clock.ts'
import { fingerprint } from '../ids.ts'
import type { JsonObject } from '../json.ts'
import type { OperationRecord } from '../operations.ts'
import { type Call, param } from '../route.ts'
import { resourceNotFound } from './errors.ts'
import { computeLink } from './links.ts'

const numeric = (text: string): string => BigInt(`0x1${fingerprint(text, 14)}`).toString()

/** The answer for an operation: `scope` is `global` or `regions/REGION`. */
export function operationView(call: Call, record: OperationRecord): JsonObject {
  const { operations } = call.world
  const status = operations.status(record)
  const { failure } = record
  const region = record.scope.startsWith('regions/') ? computeLink(call, record.scope) : undefined
  return {
    kind: 'compute#operation',
    id: numeric(record.name),
    name: record.name,
    operationType: record.type,
    targetLink: computeLink(call, record.target),
    targetId: numeric(record.target),
    status,
    user: record.user,
    progress: Math.floor(operations.progress(record) * 100),
    insertTime: timestamp(record.insertedAt),
    startTime: status === 'PENDING' ? undefined : timestamp(record.startsAt),
    endTime: record.done ? timestamp(record.endsAt) : undefined,
    selfLink: computeLink(call, `${record.scope}/operations/${record.name}`),
    ...(region !== undefined && { region }),
    ...(failure && {
      error: { errors: [{ code: failure.code, message: failure.message }] },
      httpErrorStatusCode: 400,
      httpErrorMessage: 'BAD REQUEST',
    }),
  }
}

/** What to start. */
export interface ComputeOperation {
  readonly type: 'insert' | 'delete' | 'setLabels'
  readonly scope: string
  readonly target: string
  readonly apply: () => void
  readonly fail?: () => void
}

/** The operation that the same `requestId` has started before, if any: compute does nothing a second time. */
export function repeated(call: Call): JsonObject | undefined {
  const known = call.project.requestIds.get(call.query.get('requestId') ?? '')
  const record = known === undefined ? undefined : call.world.operations.get(known)
  return record && operationView(call, record)
}

/** Starts an operation and answers with it. */
export function start(call: Call, { type, scope, target, apply, fail }: ComputeOperation): JsonObject {
  const { world, project, identity, query, failure } = call
  const record = world.operations.start({
    name: `operation-${world.clock.now()}-${world.ids.hex(13)}-${world.ids.hex(8)}-${world.ids.hex(8)}`,
    family: 'compute',
    type,
    project: project.id,
    scope,
    target,
    parent: `compute/${project.id}/${target}`,
    user: identity.email,
    failure,
    apply,
    ...(fail && { fail }),
  })
  const requestId = query.get('requestId')
  if (requestId !== null) project.requestIds.set(requestId, record.name)
  return operationView(call, record)
}

function find(call: Call, scope: string): OperationRecord {
  const name = param(call, 'operation')
  const record = call.world.operations.get(name)
  if (record?.family === 'compute' && record.project === call.project.id && record.scope === scope)
    return record
  throw resourceNotFound(`projects/${call.project.id}/${scope}/operations/${name}`)
}

const scopeOf = ({ params }: Call): string => {
  if (params.region !== undefined) return `regions/${params.region}`
  return params.zone === undefined ? 'global' : `zones/${params.zone}`
}

/** compute v1, regionOperations.get and globalOperations.get. */
export const getOperation = (call: Call): JsonObject => operationView(call, find(call, scopeOf(call)))

/** compute v1, regionOperations.wait and globalOperations.wait: answers when it is done, or after two minutes. */
export async function waitOperation(call: Call): Promise<JsonObject> {
  const { clock, operations } = call.world
  const record = find(call, scopeOf(call))
  if (!record.done) await clock.reached(record.endsAt, 120_000)
  await operations.settle()
  return getOperation(call)
}
