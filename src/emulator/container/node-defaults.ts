import { timestamp } from '../clock.ts'
import { type JsonObject, listAt, mergePatch, objectAt, textAt, withoutNulls } from '../json.ts'
import { regionOf } from '../places.ts'
import type { Call } from '../route.ts'
import { containerBase, placePath } from './operations.ts'

/** Scopes of a node whose pool names none. [R] */
export const defaultScopes = [
  'devstorage.read_only',
  'logging.write',
  'monitoring',
  'service.management.readonly',
  'servicecontrol',
  'trace.append',
].map(name => `https://www.googleapis.com/auth/${name}`)

/** A node's configuration with everything that GKE fills in. [R containernodepool-swap] */
export function filledConfig(sent: JsonObject, workloadIdentity: boolean): JsonObject {
  const diskSizeGb = Number(sent.diskSizeGb ?? 100)
  const diskType = textAt(sent, 'diskType') ?? 'pd-balanced'
  const model = sent.spot === true ? 'spot' : sent.preemptible === true ? 'preemptible' : 'on-demand'
  const defaults: JsonObject = {
    bootDisk: { diskType, sizeGb: String(diskSizeGb) },
    diskSizeGb,
    diskType,
    effectiveCgroupMode: 'EFFECTIVE_CGROUP_MODE_V2',
    imageType: 'COS_CONTAINERD',
    kubeletConfig: { insecureKubeletReadonlyPortEnabled: false, maxParallelImagePulls: 2 },
    machineType: 'e2-medium',
    metadata: { 'disable-legacy-endpoints': 'true' },
    nodeImageConfig: {
      image: 'gke-1356-gke1250000-cos-125-19216-395-109-c-pre',
      imageProject: 'gke-node-images',
    },
    oauthScopes: defaultScopes,
    resourceLabels: { 'goog-gke-node-pool-provisioning-model': model },
    serviceAccount: 'default',
    shieldedInstanceConfig: { enableIntegrityMonitoring: true },
    windowsNodeConfig: {},
    ...(workloadIdentity && { workloadMetadataConfig: { mode: 'GKE_METADATA' } }),
  }
  return mergePatch(defaults, withoutGoogLabels(sent))
}

/** Labels that only GKE may set do not come back when they are sent. */
function withoutGoogLabels(sent: JsonObject): JsonObject {
  const labels = Object.entries(objectAt(sent, 'resourceLabels')).filter(([key]) => !key.startsWith('goog-'))
  return sent.resourceLabels === undefined ? sent : { ...sent, resourceLabels: Object.fromEntries(labels) }
}

const workloadIdentityOf = (cluster: JsonObject): boolean =>
  textAt(cluster, 'workloadIdentityConfig', 'workloadPool') !== undefined

/** The managed instance group of each zone of a pool. */
export function instanceGroups(call: Call, cluster: JsonObject, pool: string, locations: readonly string[]) {
  const base = `https://www.googleapis.com/compute/v1/projects/${call.project.id}/zones/`
  const prefix = `gke-${String(cluster.name).slice(0, 16)}-${pool.slice(0, 16)}`
  return locations.map(zone => `${base}${zone}/instanceGroupManagers/${prefix}-${call.world.ids.hex(8)}-grp`)
}

function filledNetwork(call: Call, cluster: JsonObject, sent: JsonObject): JsonObject {
  const defaults: JsonObject = {
    networkTierConfig: { networkTier: 'NETWORK_TIER_DEFAULT' },
    podIpv4CidrBlock: textAt(cluster, 'clusterIpv4Cidr'),
    podRange: textAt(cluster, 'ipAllocationPolicy', 'clusterSecondaryRangeName'),
    subnetwork: `projects/${call.project.id}/regions/${regionOf(String(cluster.location))}/subnetworks/${cluster.subnetwork}`,
  }
  return mergePatch(withoutNulls(defaults), sent)
}

const fiveYears = 5 * 365 * 24 * 3_600_000

/** Without the fraction of a second. [R containernodepool-swap] */
const seconds = (time: number): string => timestamp(time).replace(/\.\d+Z$/, 'Z')

/** A node pool with everything that GKE fills in, still PROVISIONING. */
export function filledPool(call: Call, cluster: JsonObject, raw: JsonObject): JsonObject {
  const sent = withoutNulls(raw)
  const name = textAt(sent, 'name') ?? 'default-pool'
  const locations =
    listAt(sent, 'locations').length > 0 ? listAt(sent, 'locations') : listAt(cluster, 'locations')
  const path = `projects/${call.project.id}/${placePath(String(cluster.location))}/clusters/${cluster.name}`
  const { locationPolicy = 'BALANCED', ...autoscaling } = objectAt(sent, 'autoscaling')
  return withoutNulls({
    name,
    config: filledConfig(objectAt(sent, 'config'), workloadIdentityOf(cluster)),
    initialNodeCount: sent.initialNodeCount,
    // Only a pool that was asked about autoscaling says that it has none. [R containercluster-swap]
    autoscaling:
      autoscaling.enabled === true
        ? { ...autoscaling, locationPolicy }
        : sent.autoscaling === undefined
          ? undefined
          : {},
    management: mergePatch({ autoRepair: true, autoUpgrade: true }, objectAt(sent, 'management')),
    maxPodsConstraint: sent.maxPodsConstraint ?? { maxPodsPerNode: '110' },
    podIpv4CidrSize: 24,
    networkConfig: filledNetwork(call, cluster, objectAt(sent, 'networkConfig')),
    upgradeSettings: mergePatch({ maxSurge: 1, strategy: 'SURGE' }, objectAt(sent, 'upgradeSettings')),
    locations,
    placementPolicy: sent.placementPolicy,
    queuedProvisioning: sent.queuedProvisioning,
    nodeDrainConfig: sent.nodeDrainConfig,
    version: textAt(sent, 'version') ?? textAt(cluster, 'currentMasterVersion'),
    instanceGroupUrls: instanceGroups(call, cluster, name, locations.map(String)),
    selfLink: `${containerBase}${path}/nodePools/${name}`,
    kubeletCertInfo: { tpmBootstrapCertExpireTime: seconds(call.world.clock.now() + fiveYears) },
    status: 'PROVISIONING',
    etag: call.world.ids.uuid(),
  })
}
