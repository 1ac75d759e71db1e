import { badRequest, notEmulated } from '../errors.ts'
import { isObject, type Json, type JsonObject, mergePatch, objectAt, textAt, withoutNulls } from '../json.ts'
import { type Call, param } from '../route.ts'
import { type ClusterField, clusterFields, companions, together } from './cluster-fields.ts'
import { findCluster, keyOf, poolsOf, store } from './clusters.ts'
import { findPool } from './node-pools.ts'
import { checkIdle, start } from './operations.ts'
import { checkAutoscaling, checkEtag, checkRunning, checkWorkloadPool } from './rules.ts'
import { compareVersions, resolveVersion } from './versions.ts'

/** What an update does to a cluster, and under which type of operation. */
interface Change {
  readonly type: string
  readonly apply: (cluster: JsonObject) => JsonObject
}

const removed = (cluster: JsonObject, key: string, value: JsonObject | undefined): JsonObject =>
  value === undefined ? cluster : { ...cluster, [key]: value }

function setAt(cluster: JsonObject, { path, merge }: ClusterField, value: Json): JsonObject {
  const [head = '', ...rest] = path
  const current = cluster[head]
  if (rest.length > 0)
    return { ...cluster, [head]: setAt(objectAt(cluster, head), { path: rest, merge }, value) }
  if (!isObject(value)) return { ...cluster, [head]: value }
  return removed(cluster, head, merge ? mergePatch(current, value) : withoutNulls(value))
}

function masterUpgrade(cluster: JsonObject, wanted: string): Change {
  const current = textAt(cluster, 'currentMasterVersion') ?? ''
  const version = resolveVersion(wanted, textAt(cluster, 'releaseChannel', 'channel') ?? 'REGULAR')
  if (compareVersions(version, current) < 0) {
    throw badRequest(
      `Master cannot be downgraded: its version is ${current}, the requested one is ${version}.`,
    )
  }
  return { type: 'UPGRADE_MASTER', apply: before => ({ ...before, currentMasterVersion: version }) }
}

const withPool = (
  cluster: JsonObject,
  name: string,
  change: (pool: JsonObject) => JsonObject,
): JsonObject => ({
  ...cluster,
  nodePools: poolsOf(cluster).map(pool => (pool.name === name ? change(pool) : pool)),
})

function poolChange(call: Call, cluster: JsonObject, field: string, update: JsonObject): Change {
  const name = textAt(update, 'desiredNodePoolId') ?? ''
  findPool(cluster, name)
  const { ids } = call.world
  if (field === 'desiredNodePoolAutoscaling') {
    const autoscaling = withoutNulls(objectAt(update, field))
    checkAutoscaling(autoscaling)
    const next = autoscaling.enabled === true ? { locationPolicy: 'BALANCED', ...autoscaling } : {}
    const apply = (before: JsonObject) =>
      withPool(before, name, pool => ({ ...pool, autoscaling: next, etag: ids.uuid() }))
    return { type: 'UPDATE_CLUSTER', apply }
  }
  const master = textAt(cluster, 'currentMasterVersion') ?? ''
  const wanted = textAt(update, 'desiredNodeVersion') ?? ''
  const version = wanted === '-' ? master : resolveVersion(wanted, 'UNSPECIFIED')
  if (compareVersions(version, master) > 0)
    throw badRequest(`Node version ${version} is newer than the master's ${master}.`)
  return {
    type: 'UPGRADE_NODES',
    apply: before => withPool(before, name, pool => ({ ...pool, version, etag: ids.uuid() })),
  }
}

function changeFor(call: Call, cluster: JsonObject, field: string, update: JsonObject): Change {
  const value = update[field] ?? null
  if (field === 'desiredMasterVersion') return masterUpgrade(cluster, String(value))
  if (field === 'desiredNodePoolAutoscaling' || field === 'desiredNodeVersion') {
    return poolChange(call, cluster, field, update)
  }
  if (field === 'desiredWorkloadIdentityConfig') checkWorkloadPool(call, objectAt(update, field))
  const target = clusterFields[field]
  if (target === undefined) throw notEmulated(`ClusterUpdate.${field}`)
  return { type: 'UPDATE_CLUSTER', apply: before => setAt(before, target, value) }
}

function checkCount(fields: readonly string[]): void {
  if (fields.length === 0) throw badRequest('Must specify a field to update.')
  const allowed = together.some(set => fields.every(field => set.has(field)))
  if (fields.length > 1 && !allowed) {
    throw badRequest(`Only one field can be updated at a time, but ${fields.join(', ')} were specified.`)
  }
}

/** container v1, projects.locations.clusters.update: one `desired…` field (with two known pairs). */
export function updateCluster(call: Call): JsonObject {
  const cluster = findCluster(call)
  const update = objectAt(call.body, 'update')
  const fields = Object.keys(update).filter(field => !companions.has(field))
  checkIdle(call, param(call, 'locationsId'), String(cluster.name))
  checkRunning(cluster)
  checkEtag(textAt(update, 'etag'), cluster)
  checkCount(fields)
  const changes = fields.map(field => changeFor(call, cluster, field, update))
  const key = keyOf(call)
  return start(call, {
    type: changes[0]?.type ?? 'UPDATE_CLUSTER',
    cluster: String(cluster.name),
    immediate: true,
    apply() {
      store(
        call,
        key,
        changes.reduce((current, { apply }) => apply(current), findCluster(call)),
      )
    },
  })
}
