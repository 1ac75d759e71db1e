import { alreadyExists, badRequest, notEmulated, notFound } from '../errors.ts'
import { type Json, type JsonObject, listAt, mergePatch, objectAt, textAt, withoutNulls } from '../json.ts'
import { type Call, param } from '../route.ts'
import { findCluster, keyOf, poolsOf, store } from './clusters.ts'
import { filledPool, instanceGroups } from './node-defaults.ts'
import { checkIdle, start } from './operations.ts'
import { checkAutoscaling, checkEtag, checkPool, checkRunning } from './rules.ts'

/** The pool of that name. Throws 404 in GKE's words. */
export function findPool(cluster: JsonObject, name: string): JsonObject {
  const found = poolsOf(cluster).find(pool => pool.name === name)
  if (found === undefined) throw notFound(`Not found: node pool "${name}" not found.`)
  return found
}

function editable(call: Call): JsonObject {
  const cluster = findCluster(call)
  if (objectAt(cluster, 'autopilot').enabled === true) {
    throw badRequest('Autopilot clusters do not support mutating node pools.')
  }
  checkIdle(call, param(call, 'locationsId'), String(cluster.name))
  checkRunning(cluster)
  return cluster
}

/** container v1, …clusters.nodePools.list. */
export function listPools(call: Call): JsonObject {
  const nodePools = poolsOf(findCluster(call))
  return nodePools.length > 0 ? { nodePools } : {}
}

/** container v1, …clusters.nodePools.get. */
export const getPool = (call: Call): JsonObject => findPool(findCluster(call), param(call, 'nodePoolsId'))

function replacePool(call: Call, name: string, change: (pool: JsonObject) => JsonObject | undefined): void {
  const cluster = findCluster(call)
  const nodePools = poolsOf(cluster)
    .map(pool => (pool.name === name ? change(pool) : pool))
    .filter(pool => pool !== undefined)
  store(call, keyOf(call), { ...cluster, nodePools })
}

/** container v1, …clusters.nodePools.create: there from the moment it is accepted, PROVISIONING. */
export function createPool(call: Call): JsonObject {
  const cluster = editable(call)
  const sent = objectAt(call.body, 'nodePool')
  checkPool(call, sent)
  const name = String(sent.name)
  if (poolsOf(cluster).some(pool => pool.name === name)) {
    throw alreadyExists(`Already exists: node pool "${name}" already exists.`)
  }
  const pool = filledPool(call, cluster, sent)
  store(call, keyOf(call), { ...cluster, nodePools: [...poolsOf(cluster), pool] })
  return start(call, {
    type: 'CREATE_NODE_POOL',
    cluster: String(cluster.name),
    below: `/nodePools/${name}`,
    apply: () => replacePool(call, name, each => ({ ...each, status: 'RUNNING' })),
    fail: () => replacePool(call, name, each => ({ ...each, status: 'ERROR' })),
  })
}

/** container v1, …clusters.nodePools.delete. */
export function deletePool(call: Call): JsonObject {
  const cluster = editable(call)
  const name = param(call, 'nodePoolsId')
  findPool(cluster, name)
  replacePool(call, name, pool => ({ ...pool, status: 'STOPPING' }))
  return start(call, {
    type: 'DELETE_NODE_POOL',
    cluster: String(cluster.name),
    below: `/nodePools/${name}`,
    apply: () => replacePool(call, name, () => undefined),
    fail: () => replacePool(call, name, pool => ({ ...pool, status: 'ERROR' })),
  })
}

/** What an update is made of: fields of the node's configuration, written plainly or wrapped in their own name. */
const configFields = new Set([
  'machineType',
  'diskType',
  'diskSizeGb',
  'imageType',
  // Replaced whole: a profile for swapping is gone once it is switched off. [R containernodepool-swap]
  'linuxNodeConfig',
  'workloadMetadataConfig',
])
const configObjects = new Set(['kubeletConfig', 'gcfsConfig', 'gvnic', 'loggingConfig', 'containerdConfig'])
const wrapped: Readonly<Record<string, string>> = {
  labels: 'labels',
  taints: 'taints',
  tags: 'tags',
  resourceLabels: 'labels',
}
const ignored = new Set(['clusterId', 'etag', 'name', 'nodePoolId', 'projectId', 'zone'])

/** Changes of these keep the nodes; all others recreate them. */
const inPlace = new Set([
  'labels',
  'taints',
  'tags',
  'resourceLabels',
  'upgradeSettings',
  'locations',
  'nodeDrainConfig',
])

function changedConfig(config: JsonObject, field: string, value: Json): JsonObject | undefined {
  if (configFields.has(field)) {
    const bootDisk = mergePatch(
      config.bootDisk,
      field === 'diskType' ? { diskType: value } : field === 'diskSizeGb' ? { sizeGb: String(value) } : {},
    )
    // int64 in the request, int32 in the answer.
    return { ...config, [field]: field === 'diskSizeGb' ? Number(value) : value, bootDisk }
  }
  if (configObjects.has(field)) return { ...config, [field]: mergePatch(config[field], objectAt(value)) }
  const inner = wrapped[field]
  if (inner === undefined) return undefined
  const next = objectAt(value)[inner] ?? {}
  const kept = field === 'resourceLabels' ? googLabels(config) : {}
  return { ...config, [field]: Array.isArray(next) ? next : { ...kept, ...objectAt(next) } }
}

const googLabels = (config: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(objectAt(config, 'resourceLabels')).filter(([key]) => key.startsWith('goog-')),
  )

function changed(call: Call, cluster: JsonObject, pool: JsonObject, field: string, value: Json): JsonObject {
  const config = changedConfig(objectAt(pool, 'config'), field, value)
  if (config !== undefined) return { ...pool, config }
  switch (field) {
    case 'upgradeSettings':
      // Taken whole: gcloud sends what it has read with its change made to it.
      return { ...pool, upgradeSettings: value }
    case 'nodeNetworkConfig':
      return { ...pool, networkConfig: mergePatch(pool.networkConfig, objectAt(value)) }
    case 'nodeDrainConfig':
      return { ...pool, nodeDrainConfig: value }
    case 'nodeVersion':
      return { ...pool, version: value === '-' ? cluster.currentMasterVersion : value }
    case 'locations':
      return {
        ...pool,
        locations: value,
        instanceGroupUrls: instanceGroups(call, cluster, String(pool.name), listAt(value).map(String)),
      }
    default:
      throw notEmulated(`UpdateNodePoolRequest.${field}`)
  }
}

/** container v1, …clusters.nodePools.update. */
export function updatePool(call: Call): JsonObject {
  const cluster = editable(call)
  const name = param(call, 'nodePoolsId')
  const pool = findPool(cluster, name)
  checkEtag(textAt(call.body, 'etag'), pool)
  const body = withoutNulls(call.body)
  const fields = Object.keys(body).filter(field => !ignored.has(field))
  if (fields.length === 0) throw badRequest('Must specify a field to update.')
  const apply = (before: JsonObject): JsonObject =>
    fields.reduce((current, field) => changed(call, cluster, current, field, body[field] ?? null), before)
  apply(pool)
  const keepsNodes = fields.every(field => inPlace.has(field))
  replacePool(call, name, each => ({ ...each, status: 'RECONCILING' }))
  return start(call, {
    type: keepsNodes ? 'UPDATE_CLUSTER' : 'UPGRADE_NODES',
    cluster: String(cluster.name),
    below: `/nodePools/${name}`,
    apply: () =>
      replacePool(call, name, each => ({ ...apply(each), status: 'RUNNING', etag: call.world.ids.uuid() })),
    fail: () => replacePool(call, name, each => ({ ...each, status: 'RUNNING_WITH_ERROR' })),
  })
}

const verb =
  (type: string, change: (body: JsonObject) => JsonObject) =>
  (call: Call): JsonObject => {
    const cluster = editable(call)
    const name = param(call, 'nodePoolsId')
    findPool(cluster, name)
    const members = change(withoutNulls(call.body))
    return start(call, {
      type,
      cluster: String(cluster.name),
      below: `/nodePools/${name}`,
      apply: () => replacePool(call, name, pool => ({ ...pool, ...members, etag: call.world.ids.uuid() })),
    })
  }

/** container v1, …clusters.nodePools.setSize: nodes per zone. */
export const setSize = verb('SET_NODE_POOL_SIZE', ({ nodeCount = 0 }) => ({ initialNodeCount: nodeCount }))

/** container v1, …clusters.nodePools.setManagement. */
export const setManagement = verb('SET_NODE_POOL_MANAGEMENT', body => ({
  management: objectAt(body, 'management'),
}))

/** container v1, …clusters.nodePools.setAutoscaling. */
export const setAutoscaling = verb('UPDATE_CLUSTER', body => {
  const autoscaling = objectAt(body, 'autoscaling')
  checkAutoscaling(autoscaling)
  return { autoscaling: autoscaling.enabled === true ? { locationPolicy: 'BALANCED', ...autoscaling } : {} }
})
