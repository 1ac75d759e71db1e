import { alreadyExists, badRequest, notFound } from '../errors.ts'
import { isObject, type JsonObject, listAt, mergePatch, objectAt, textAt } from '../json.ts'
import { isPlace } from '../places.ts'
import { type Call, param } from '../route.ts'
import { filledCluster } from './cluster-defaults.ts'
import { nodeCount } from './node-count.ts'
import { filledPool } from './node-defaults.ts'
import { checkIdle, placePath, start } from './operations.ts'
import { withoutDefaults } from './presence.ts'
import { checkCluster, checkPool } from './rules.ts'

/** How a cluster is kept: by place and name. */
export const keyOf = (call: Call): string => `${param(call, 'locationsId')}/${param(call, 'clustersId')}`

/** The cluster that the path names. Throws 404. */
export function findCluster(call: Call): JsonObject {
  const found = call.project.clusters.get(keyOf(call))
  if (found !== undefined) return found
  const path = `projects/${call.project.id}/${placePath(param(call, 'locationsId'))}/clusters/${param(call, 'clustersId')}`
  throw notFound(`Not found: ${path}.`)
}

/** The node pools of a cluster. */
export const poolsOf = (cluster: JsonObject): readonly JsonObject[] =>
  listAt(cluster, 'nodePools').filter(isObject)

/** Replaces a cluster by what it has become; its etag and derived members move. */
export function store(call: Call, key: string, cluster: JsonObject): void {
  const pools = poolsOf(cluster)
  const counted = {
    currentNodeCount: nodeCount(pools),
    instanceGroupUrls: pools.flatMap(pool => listAt(pool, 'instanceGroupUrls')),
    // The first pool shows at the cluster too. [R]
    ...(pools[0] && {
      nodeConfig: objectAt(pools[0], 'config'),
      initialNodeCount: pools[0].initialNodeCount ?? 0,
    }),
  }
  const measured = withUtilization({ ...cluster, ...counted })
  call.project.clusters.set(key, withoutDefaults({ ...measured, etag: call.world.ids.uuid() }))
}

/** How much of the range of the pods is taken: a node takes 256 of its addresses. [R containernodepool-swap] */
function withUtilization(cluster: JsonObject): JsonObject {
  const bits = 32 - Number(/\/(\d+)$/.exec(textAt(cluster, 'clusterIpv4Cidr') ?? '')?.[1] ?? 14)
  const used = Math.round((nodeCount(poolsOf(cluster)) * 256 * 1000) / 2 ** bits) / 1000
  return {
    ...cluster,
    ipAllocationPolicy: { ...objectAt(cluster, 'ipAllocationPolicy'), defaultPodIpv4RangeUtilization: used },
    nodePools: poolsOf(cluster).map(pool => ({
      ...pool,
      networkConfig: { ...objectAt(pool, 'networkConfig'), podIpv4RangeUtilization: used },
    })),
  }
}

function checkPlace(call: Call): string {
  const location = param(call, 'locationsId')
  if (isPlace(location)) return location
  throw badRequest(`Location "${location}" does not exist.`)
}

/** container v1, projects.locations.clusters.list: of one place or, with `-`, of all. */
export function listClusters({ project, params }: Call): JsonObject {
  const clusters = [...project.clusters.values()].filter(
    ({ location }) => params.locationsId === '-' || location === params.locationsId,
  )
  return clusters.length > 0 ? { clusters } : {}
}

const requestedPools = (cluster: JsonObject): readonly JsonObject[] => {
  const sent = poolsOf(cluster)
  if (sent.length > 0) return sent
  return [
    {
      name: 'default-pool',
      initialNodeCount: cluster.initialNodeCount ?? 1,
      config: cluster.nodeConfig ?? {},
    },
  ]
}

/** The cluster with its control plane at this address: host, or host and port. */
export function reachedAt(cluster: JsonObject, endpoint: string): JsonObject {
  const ip = { publicEndpoint: endpoint, privateEndpoint: '10.128.0.2' }
  return mergePatch(cluster, {
    endpoint,
    privateClusterConfig: ip,
    controlPlaneEndpointsConfig: { ipEndpointsConfig: ip },
  })
}

/** What a cluster has only once it runs. */
async function running(call: Call, cluster: JsonObject): Promise<JsonObject> {
  const started = await call.world.settings.startKubernetes?.(cluster)
  const endpoint = started?.endpoint ?? `192.0.2.${200 + (call.project.clusters.size % 50)}`
  const caCertificate = started?.caCertificateBase64 ?? Buffer.from('no certificate').toString('base64')
  const dns =
    objectAt(cluster, 'controlPlaneEndpointsConfig', 'dnsEndpointConfig').allowExternalTraffic === true
  // Every cluster has the name [R]; where one may call by it, only if somebody answers.
  const made = `gke-${call.world.ids.hex(36)}-${call.project.number}.${cluster.location}.gke.goog`
  const dnsEndpoint = started?.dnsEndpoint ?? (dns && started !== undefined ? undefined : made)
  return mergePatch(reachedAt(cluster, endpoint), {
    status: 'RUNNING',
    masterAuth: { clusterCaCertificate: caCertificate },
    ...(dnsEndpoint !== undefined && {
      controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: dnsEndpoint } },
    }),
    nodePools: poolsOf(cluster).map(pool => ({ ...pool, status: 'RUNNING' })),
  })
}

/** container v1, projects.locations.clusters.create: there from the moment it is accepted, PROVISIONING. */
export function createCluster(call: Call): JsonObject {
  const location = checkPlace(call)
  const sent = objectAt(call.body, 'cluster')
  const name = textAt(sent, 'name') ?? ''
  const key = `${location}/${name}`
  const { clusters } = call.project
  if (clusters.has(key)) {
    throw alreadyExists(
      `Already exists: projects/${call.project.id}/${placePath(location)}/clusters/${name}.`,
    )
  }
  checkCluster(call, sent, location)
  const pools = requestedPools(sent)
  for (const pool of pools) checkPool(call, pool)
  const cluster = filledCluster(call)
  store(call, key, { ...cluster, nodePools: pools.map(pool => filledPool(call, cluster, pool)) })
  return start(call, {
    type: 'CREATE_CLUSTER',
    cluster: name,
    immediate: true,
    async apply() {
      const current = clusters.get(key)
      if (current !== undefined) store(call, key, await running(call, current))
    },
    fail: () => void clusters.set(key, { ...clusters.get(key), status: 'ERROR' }),
  })
}

/** container v1, projects.locations.clusters.delete: STOPPING until it is gone. */
export function deleteCluster(call: Call): JsonObject {
  const cluster = findCluster(call)
  const key = keyOf(call)
  const { clusters } = call.project
  checkIdle(call, param(call, 'locationsId'), String(cluster.name))
  clusters.set(key, { ...cluster, status: 'STOPPING' })
  return start(call, {
    type: 'DELETE_CLUSTER',
    cluster: String(cluster.name),
    immediate: true,
    async apply() {
      await call.world.settings.stopKubernetes?.(cluster)
      clusters.delete(key)
    },
    fail: () => void clusters.set(key, { ...cluster, status: 'ERROR' }),
  })
}
