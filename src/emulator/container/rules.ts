import { ApiError, badRequest, failedPrecondition } from '../errors.ts'
import { allowed } from '../identities.ts'
import { type JsonObject, listAt, objectAt, textAt } from '../json.ts'
import { lastSegment } from '../links.ts'
import { regionOf } from '../places.ts'
import type { Call } from '../route.ts'

/** Throws 400 when the workload pool is not the project's own. */
export function checkWorkloadPool({ project }: Call, config: JsonObject): void {
  const pool = textAt(config, 'workloadPool')
  if (pool === undefined || pool === '' || pool === `${project.id}.svc.id.goog`) return
  throw badRequest(
    `Invalid workload identity pool: "${pool}". Only the project's own pool "${project.id}.svc.id.goog" is supported.`,
  )
}

/** Throws 400 for labels that only GKE may set. */
export function checkLabels(labels: JsonObject): void {
  for (const [key, value] of Object.entries(labels)) {
    if (!/^[a-z][a-z0-9_-]{0,62}$/.test(key) || !/^[a-z0-9_-]{0,63}$/.test(String(value))) {
      throw badRequest(`Invalid field 'cluster.resourceLabels': label "${key}: ${value}" is not valid.`)
    }
  }
}

function checkNetwork({ project }: Call, cluster: JsonObject, location: string): void {
  const network = lastSegment(textAt(cluster, 'network') ?? 'default')
  if (!project.networks.has(network)) {
    throw badRequest(`Network "projects/${project.id}/global/networks/${network}" not found.`)
  }
  const subnetwork = lastSegment(textAt(cluster, 'subnetwork') ?? network)
  const region = regionOf(location)
  if (!project.subnetworks.has(`${region}/${subnetwork}`)) {
    throw badRequest(
      `Subnetwork "projects/${project.id}/regions/${region}/subnetworks/${subnetwork}" not found.`,
    )
  }
}

function mayActAs({ identity, world }: Call, email: string): boolean {
  if (allowed(identity, 'iam.serviceAccounts.actAs')) return true
  const account = world.store.serviceAccount(email)?.account
  const { policy, at } = account?.replaced ?? { policy: undefined, at: Number.NEGATIVE_INFINITY }
  const isSpread = at + world.settings.grantPropagation <= world.clock.now()
  const bindings = (isSpread ? account?.policy : policy)?.bindings ?? []
  const members = [`serviceAccount:${identity.email}`, `user:${identity.email}`, identity.email]
  return bindings.some(
    ({ role, members: named }) =>
      role === 'roles/iam.serviceAccountUser' && members.some(member => named.includes(member)),
  )
}

function checkNodeAccount(call: Call, pool: JsonObject): void {
  const email = textAt(pool, 'config', 'serviceAccount') ?? 'default'
  if (email === 'default') return
  if (call.world.store.serviceAccount(email) === undefined) {
    throw badRequest(`Service account "${email}" does not exist.`)
  }
  if (!call.world.settings.enforceActAs || mayActAs(call, email)) return
  throw new ApiError(
    403,
    `The user does not have access to service account "${email}". Ask a project owner to grant you the ` +
      'iam.serviceAccountUser role on the service account.',
    { status: 'PERMISSION_DENIED', reason: 'forbidden' },
  )
}

/** Throws for a node pool that GKE would refuse. */
export function checkPool(call: Call, pool: JsonObject): void {
  const name = textAt(pool, 'name') ?? ''
  if (!/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/.test(name))
    throw badRequest(`Invalid value for field "node_pool.name": "${name}".`)
  checkAutoscaling(objectAt(pool, 'autoscaling'))
  checkNodeAccount(call, pool)
}

/** Throws 400 when per-zone and total limits are mixed. */
export function checkAutoscaling(autoscaling: JsonObject): void {
  const perZone = Number(autoscaling.minNodeCount ?? 0) + Number(autoscaling.maxNodeCount ?? 0) > 0
  const total = Number(autoscaling.totalMinNodeCount ?? 0) + Number(autoscaling.totalMaxNodeCount ?? 0) > 0
  if (perZone && total) throw badRequest('Only one of per-zone and total node count limits can be specified.')
  const [min, max] = [
    Number(autoscaling.minNodeCount ?? autoscaling.totalMinNodeCount ?? 0),
    Number(autoscaling.maxNodeCount ?? autoscaling.totalMaxNodeCount ?? 0),
  ]
  if (autoscaling.enabled === true && max < Math.max(1, min)) throw badRequest('Invalid autoscaling limits.')
}

/** Throws for a cluster that GKE would refuse. */
export function checkCluster(call: Call, cluster: JsonObject, location: string): void {
  const name = textAt(cluster, 'name') ?? ''
  if (!/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name))
    throw badRequest(`Invalid value for field "cluster.name": "${name}".`)
  checkNetwork(call, cluster, location)
  checkWorkloadPool(call, objectAt(cluster, 'workloadIdentityConfig'))
  checkLabels(objectAt(cluster, 'resourceLabels'))
  const pools = listAt(cluster, 'nodePools')
  const isAutopilot = objectAt(cluster, 'autopilot').enabled === true
  const count = Number(cluster.initialNodeCount ?? 0)
  if (pools.length > 0 && count > 0)
    throw badRequest('Only one of cluster.initial_node_count and cluster.node_pools can be specified.')
  if (!isAutopilot && pools.length === 0 && count < 1)
    throw badRequest('Cluster.initial_node_count must be greater than zero.')
}

/** Throws 409 when the caller read another state of the cluster or pool than the one there is. */
export function checkEtag(sent: string | undefined, current: JsonObject): void {
  if (sent === undefined || sent === '' || sent === current.etag) return
  const message = `The provided etag "${sent}" does not match the current etag "${current.etag}".`
  throw new ApiError(409, message, { status: 'ABORTED', reason: 'aborted' })
}

/** Throws 400 unless the cluster runs. */
export function checkRunning(cluster: JsonObject): void {
  if (cluster.status === 'RUNNING') return
  throw failedPrecondition(`Cluster is not running: its status is ${cluster.status}.`)
}
