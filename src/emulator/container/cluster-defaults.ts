import { timestamp } from '../clock.ts'
import { fingerprint } from '../ids.ts'
import {
  canonical,
  type Json,
  type JsonObject,
  listAt,
  mergePatch,
  objectAt,
  textAt,
  withoutNulls,
} from '../json.ts'
import { lastSegment } from '../links.ts'
import { isZone, regionOf, zonesOf } from '../places.ts'
import { type Call, param } from '../route.ts'
import { defaultScopes } from './node-defaults.ts'
import { containerBase, placePath } from './operations.ts'
import { channelFor, compareVersions, resolveVersion } from './versions.ts'

/** Eight hexadecimal digits that move with the labels. [R gke-cluster-set-label] */
export const labelFingerprint = (labels: Json | undefined): string =>
  fingerprint(JSON.stringify(canonical(labels ?? {})), 8)

const monitored = [
  'SYSTEM_COMPONENTS',
  'STORAGE',
  'HPA',
  'POD',
  'DAEMONSET',
  'DEPLOYMENT',
  'STATEFULSET',
  'CADVISOR',
  'KUBELET',
  'DCGM',
  'JOBSET',
]

/** What every cluster has unless it is asked for otherwise. [R containercluster-swap] */
const plain: JsonObject = {
  addonsConfig: {
    dnsCacheConfig: { enabled: true },
    gcePersistentDiskCsiDriverConfig: { enabled: true },
    kubernetesDashboard: { disabled: true },
    networkPolicyConfig: { disabled: true },
    nodeReadinessConfig: {},
  },
  anonymousAuthenticationConfig: { mode: 'LIMITED' },
  autopilot: {},
  autoscaling: {
    autoprovisioningNodePoolDefaults: {
      imageType: 'COS_CONTAINERD',
      management: { autoRepair: true, autoUpgrade: true },
      oauthScopes: defaultScopes,
      serviceAccount: 'default',
    },
    autoscalingProfile: 'BALANCED',
  },
  binaryAuthorization: {},
  controlPlaneEgress: { mode: 'VIA_CONTROL_PLANE' },
  databaseEncryption: { currentState: 'CURRENT_STATE_DECRYPTED', state: 'DECRYPTED' },
  defaultMaxPodsConstraint: { maxPodsPerNode: '110' },
  enterpriseConfig: { clusterTier: 'STANDARD' },
  legacyAbac: {},
  loggingConfig: { componentConfig: { enableComponents: ['SYSTEM_COMPONENTS', 'WORKLOADS'] } },
  loggingService: 'logging.googleapis.com/kubernetes',
  masterAuthorizedNetworksConfig: { gcpPublicCidrsAccessEnabled: true },
  monitoringConfig: {
    advancedDatapathObservabilityConfig: {},
    componentConfig: { enableComponents: monitored },
    managedPrometheusConfig: { enabled: true },
  },
  monitoringService: 'monitoring.googleapis.com/kubernetes',
  nodeCreationConfig: { nodeCreationMode: 'VIA_KUBELET' },
  nodePoolAutoConfig: { nodeKubeletConfig: { insecureKubeletReadonlyPortEnabled: false } },
  nodePoolDefaults: {
    nodeConfigDefaults: {
      loggingConfig: { variantConfig: { variant: 'DEFAULT' } },
      nodeKubeletConfig: { insecureKubeletReadonlyPortEnabled: false },
    },
  },
  notificationConfig: { pubsub: {} },
  podAutoscaling: { hpaProfile: 'PERFORMANCE' },
  privateClusterConfig: {},
  rbacBindingConfig: {
    enableInsecureBindingSystemAuthenticated: true,
    enableInsecureBindingSystemUnauthenticated: true,
  },
  releaseChannel: { channel: 'REGULAR' },
  securityPostureConfig: { mode: 'BASIC', vulnerabilityMode: 'VULNERABILITY_MODE_UNSPECIFIED' },
  shieldedNodes: { enabled: true },
  userManagedKeysConfig: {},
}

/** What is otherwise before 1.35. [R containernodepool-swap] */
const before135 = ({ addonsConfig }: JsonObject): JsonObject => ({
  addonsConfig: mergePatch(addonsConfig, { nodeReadinessConfig: null }),
  anonymousAuthenticationConfig: { mode: 'ENABLED' },
  nodeCreationConfig: null,
})

/** What Autopilot forces besides. */
const autopilot = (projectId: string): JsonObject => ({
  autopilot: { enabled: true },
  addonsConfig: { gcpFilestoreCsiDriverConfig: { enabled: true }, gcsFuseCsiDriverConfig: { enabled: true } },
  autoscaling: { enableNodeAutoprovisioning: true, autoscalingProfile: 'OPTIMIZE_UTILIZATION' },
  networkConfig: { datapathProvider: 'ADVANCED_DATAPATH', enableIntraNodeVisibility: true },
  verticalPodAutoscaling: { enabled: true },
  workloadIdentityConfig: { workloadPool: `${projectId}.svc.id.goog` },
})

function networking({ project, world }: Call, cluster: JsonObject, location: string): JsonObject {
  const network = lastSegment(textAt(cluster, 'network') ?? 'default')
  const subnetwork = lastSegment(textAt(cluster, 'subnetwork') ?? network)
  const block = `10.${112 + 4 * (project.clusters.size % 30)}.0.0/14`
  return {
    network,
    subnetwork,
    clusterIpv4Cidr: block,
    servicesIpv4Cidr: '34.118.224.0/20',
    ipAllocationPolicy: {
      clusterIpv4Cidr: block,
      clusterIpv4CidrBlock: block,
      clusterSecondaryRangeName: `gke-${cluster.name}-pods-${world.ids.hex(8)}`,
      networkTierConfig: { networkTier: 'NETWORK_TIER_DEFAULT' },
      podCidrOverprovisionConfig: {},
      servicesIpv4Cidr: '34.118.224.0/20',
      servicesIpv4CidrBlock: '34.118.224.0/20',
      stackType: 'IPV4',
    },
    networkConfig: {
      defaultSnatStatus: {},
      network: `projects/${project.id}/global/networks/${network}`,
      serviceExternalIpsConfig: {},
      subnetwork: `projects/${project.id}/regions/${regionOf(location)}/subnetworks/${subnetwork}`,
    },
  }
}

const endpoints: JsonObject = {
  controlPlaneEndpointsConfig: {
    dnsEndpointConfig: {
      allowExternalTraffic: false,
      enableK8sCertsViaDns: false,
      enableK8sTokensViaDns: false,
    },
    ipEndpointsConfig: {
      authorizedNetworksConfig: { gcpPublicCidrsAccessEnabled: true },
      enablePublicEndpoint: true,
      enabled: true,
    },
  },
}

function identityOf({ project, world }: Call, cluster: JsonObject, location: string): JsonObject {
  const name = String(cluster.name)
  return {
    name,
    location,
    zone: location,
    id: world.ids.hex(64),
    etag: world.ids.uuid(),
    createTime: timestamp(world.clock.now()),
    selfLink: `${containerBase}projects/${project.id}/${placePath(location)}/clusters/${name}`,
    status: 'PROVISIONING',
    masterAuth: { clientCertificateConfig: {} },
    maintenancePolicy: mergePatch(objectAt(cluster, 'maintenancePolicy'), {
      resourceVersion: world.ids.hex(8),
    }),
    labelFingerprint: labelFingerprint(cluster.resourceLabels),
  }
}

/** A range that was asked for by its size only (`/20`) is answered as the range that was found. [R …-intransitencryption] */
const allocated = (found: JsonObject, merged: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(objectAt(merged, 'ipAllocationPolicy')).map(([key, value]) => [
      key,
      typeof value === 'string' && value.startsWith('/') ? found[key] : value,
    ]),
  )

/** A cluster with everything that GKE fills in, without its node pools, still PROVISIONING and without endpoint. */
export function filledCluster(call: Call): JsonObject {
  const location = param(call, 'locationsId')
  const {
    nodePools: _,
    nodeConfig: __,
    initialNodeCount: ___,
    ...sent
  } = withoutNulls(objectAt(call.body, 'cluster'))
  const isAutopilot = objectAt(sent, 'autopilot').enabled === true
  const base = mergePatch(mergePatch(plain, endpoints), isAutopilot ? autopilot(call.project.id) : {})
  const network = networking(call, sent, location)
  const merged = mergePatch(mergePatch(base, network), sent)
  const wanted = textAt(sent, 'initialClusterVersion') ?? ''
  const channel = textAt(sent, 'releaseChannel', 'channel') ?? channelFor(wanted)
  const version = resolveVersion(wanted, channel)
  const zones = isZone(location) ? [location] : zonesOf(location).slice(0, 3)
  return withoutNulls({
    ...merged,
    releaseChannel: { channel },
    ...(compareVersions(version, '1.35') < 0 && before135(merged)),
    network: network.network,
    subnetwork: network.subnetwork,
    // VPC-native even when `false` is sent. [R containercluster-swap]
    ipAllocationPolicy: { ...allocated(objectAt(network, 'ipAllocationPolicy'), merged), useIpAliases: true },
    locations: listAt(sent, 'locations').length > 0 ? listAt(sent, 'locations') : zones,
    initialClusterVersion: version,
    currentMasterVersion: version,
    currentNodeVersion: version,
    ...identityOf(call, sent, location),
  })
}
