import { timestamp } from '../clock.ts'
import { ApiError, errorInfo, notFound } from '../errors.ts'
import { isObject, type JsonObject, listAt } from '../json.ts'
import type { OperationRecord } from '../operations.ts'
import { isZone } from '../places.ts'
import { type Call, param } from '../route.ts'
import type { Project } from '../store.ts'
import { nodeCount } from './node-count.ts'

/** Where links of this API point to; clients compare tails only. */
export const containerBase = 'https://container.googleapis.com/v1/'

/** `zones/Z` or `locations/R`: GKE says zones for zonal things whatever was asked. [R] */
export const placePath = (location: string): string =>
  `${isZone(location) ? 'zones' : 'locations'}/${location}`

/** What keeps two operations on one cluster apart. */
export const lockOf = (project: Project, location: string, cluster: string): string =>
  `container/${project.id}/${location}/${cluster}`

const steps: readonly (readonly [string, number])[] = [
  ['CLUSTER_CONFIGURING', 8],
  ['CLUSTER_DEPLOYING', 10],
  ['CLUSTER_HEALTHCHECKING', 2],
]

function clusterMetrics(progress: number): readonly JsonObject[] {
  const done = progress * 20
  let before = 0
  return steps.flatMap(([name, total]) => {
    const intValue = String(Math.max(0, Math.min(total, Math.floor(done - before))))
    before += total
    return [
      { name, intValue },
      { name: `${name}_TOTAL`, intValue: String(total) },
    ]
  })
}

const nodeMetrics = (progress: number, nodes: number): readonly JsonObject[] =>
  Object.entries({
    NODES_TOTAL: nodes,
    NODES_FAILED: 0,
    NODES_COMPLETE: progress * nodes,
    NODES_DONE: progress * nodes,
    NODE_PDB_DELAY_SECONDS: 0,
  }).map(([name, value]) => ({ name, intValue: String(Math.floor(value)) }))

/** How many nodes the pool has that an operation works on. */
function nodesOf(project: Project, { scope, target }: OperationRecord): number {
  const [, cluster = '', name = ''] = /^clusters\/([^/]+)\/nodePools\/([^/]+)$/.exec(target) ?? []
  const pools = listAt(project.clusters.get(`${scope}/${cluster}`), 'nodePools')
  return nodeCount(pools.filter(isObject).filter(pool => pool.name === name))
}

/** The first answer has none: nothing has been measured yet. [R containercluster-swap] */
function metrics(project: Project, record: OperationRecord, progress: number): JsonObject | undefined {
  if (progress === 0) return undefined
  if (record.type === 'CREATE_CLUSTER') return { metrics: clusterMetrics(progress) }
  if (record.type === 'UPGRADE_NODES') return { metrics: nodeMetrics(progress, nodesOf(project, record)) }
  return undefined
}

/** google.rpc codes by name, for `error.code` of a failed operation. */
const rpcCodes: Readonly<Record<string, number>> = {
  FAILED_PRECONDITION: 9,
  INTERNAL: 13,
  RESOURCE_EXHAUSTED: 8,
}

function operationView({ world, project }: Call, record: OperationRecord): JsonObject {
  const { failure } = record
  const status = world.operations.status(record)
  const numbered = `${containerBase}projects/${project.number}/${placePath(record.scope)}`
  return {
    name: record.name,
    zone: record.scope,
    operationType: record.type,
    status,
    selfLink: `${numbered}/operations/${record.name}`,
    targetLink: `${numbered}/${record.target}`,
    location: isZone(record.scope) ? undefined : record.scope,
    startTime: timestamp(record.insertedAt),
    endTime: record.done ? timestamp(record.endsAt) : undefined,
    progress: status === 'PENDING' ? undefined : metrics(project, record, world.operations.progress(record)),
    ...(failure && {
      statusMessage: failure.message,
      error: { code: rpcCodes[failure.code] ?? 13, message: failure.message },
    }),
  }
}

/** What to start on a cluster. */
export interface ClusterOperation {
  readonly type: string
  readonly cluster: string
  /** Path below `clusters/CLUSTER`, for node pools. */
  readonly below?: string
  /** RUNNING in the first answer. */
  readonly immediate?: boolean
  readonly apply: () => void | Promise<void>
  readonly fail?: () => void
}

/** Throws 400 CLUSTER_ALREADY_HAS_OPERATION when the cluster has an operation already. */
export function checkIdle({ world, project }: Call, location: string, cluster: string): void {
  const running = world.operations.busy(lockOf(project, location, cluster))
  if (running === undefined) return
  const message = `Cluster is running incompatible operation ${running.name}.`
  throw new ApiError(400, message, {
    status: 'FAILED_PRECONDITION',
    reason: 'failedPrecondition',
    details: [
      errorInfo('CLUSTER_ALREADY_HAS_OPERATION', 'container.googleapis.com', { operation: running.name }),
    ],
  })
}

/** Starts the one operation that a cluster can have, and answers with it. */
export function start(call: Call, operation: ClusterOperation): JsonObject {
  const { world, project, identity, failure } = call
  const { type, cluster, below = '', immediate = false, apply, fail } = operation
  const location = param(call, 'locationsId')
  checkIdle(call, location, cluster)
  const record = world.operations.start({
    name: `operation-${world.clock.now()}-${world.ids.uuid()}`,
    family: 'container',
    type,
    project: project.id,
    scope: location,
    target: `clusters/${cluster}${below}`,
    parent: lockOf(project, location, cluster),
    user: identity.email,
    immediate,
    failure,
    apply,
    ...(fail && { fail }),
  })
  return operationView(call, record)
}

/** container v1, projects.locations.operations.get. */
export function getOperation(call: Call): JsonObject {
  const name = param(call, 'operationsId')
  const location = param(call, 'locationsId')
  const record = call.world.operations.get(name)
  const here = record?.family === 'container' && record.project === call.project.id
  if (record === undefined || !here || (location !== '-' && record.scope !== location)) {
    throw notFound(`Not found: projects/${call.project.id}/${placePath(location)}/operations/${name}.`)
  }
  return operationView(call, record)
}

/** container v1, projects.locations.operations.list: of one place or, with `-`, of all. */
export function listOperations(call: Call): JsonObject {
  const location = param(call, 'locationsId')
  const found = call.world.operations.all.filter(
    ({ family, project, scope }) =>
      family === 'container' && project === call.project.id && (location === '-' || scope === location),
  )
  return found.length > 0 ? { operations: found.map(record => operationView(call, record)) } : {}
}
