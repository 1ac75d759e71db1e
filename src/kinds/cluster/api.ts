import type { JsonObject } from '../../core/json.ts'
import { either, int64, link, memberSet, negated, objectOf, saidOr, same, words } from '../shared/codecs.ts'
import { type Field, field, fromApi, toApi } from '../shared/fields.ts'
import type { ApiCluster } from '../shared/gke/clusters.ts'
import { poolBody } from '../shared/gke/pool-fields.ts'
import { labels, markLabel, markOf } from '../shared/labels.ts'
import { plain } from '../shared/settings.ts'
import {
  authorizedNetworks,
  encryptionKey,
  exclusions,
  mode,
  recurring,
  resourceLimits,
  workloadPool,
} from './codecs.ts'

const switches = (path: string, apiPath: string): Field => field(path, `${apiPath}.enabled`, same, false)

const addonFields: readonly Field[] = [
  field('addons.httpLoadBalancing', 'addonsConfig.httpLoadBalancing.disabled', negated, true),
  field('addons.horizontalPodAutoscaling', 'addonsConfig.horizontalPodAutoscaling.disabled', negated, true),
  switches('addons.dnsCache', 'addonsConfig.dnsCacheConfig'),
  switches('addons.persistentDiskCsi', 'addonsConfig.gcePersistentDiskCsiDriverConfig'),
  switches('addons.filestoreCsi', 'addonsConfig.gcpFilestoreCsiDriverConfig'),
  switches('addons.gcsFuseCsi', 'addonsConfig.gcsFuseCsiDriverConfig'),
  switches('addons.backupAgent', 'addonsConfig.gkeBackupAgentConfig'),
  switches('addons.configConnector', 'addonsConfig.configConnectorConfig'),
  switches('addons.statefulHa', 'addonsConfig.statefulHaConfig'),
  switches('addons.rayOperator', 'addonsConfig.rayOperatorConfig'),
]

const endpoints = 'controlPlaneEndpointsConfig'

const networkFields: readonly Field[] = [
  field('ipRanges.pods', 'ipAllocationPolicy.clusterIpv4CidrBlock'),
  field('ipRanges.services', 'ipAllocationPolicy.servicesIpv4CidrBlock'),
  field('ipRanges.podsRange', 'ipAllocationPolicy.clusterSecondaryRangeName'),
  field('ipRanges.servicesRange', 'ipAllocationPolicy.servicesSecondaryRangeName'),
  field(
    'dataplane',
    'networkConfig.datapathProvider',
    words({ v1: 'LEGACY_DATAPATH', v2: 'ADVANCED_DATAPATH' }),
    'v1',
  ),
  field('maxPodsPerNode', 'defaultMaxPodsConstraint.maxPodsPerNode', int64),
  field('privateNodes', 'networkConfig.defaultEnablePrivateNodes', same, false),
  field('dnsEndpoint', `${endpoints}.dnsEndpointConfig.allowExternalTraffic`, same, false),
  switches('ipEndpoint', `${endpoints}.ipEndpointsConfig`),
  field('publicEndpoint', `${endpoints}.ipEndpointsConfig.enablePublicEndpoint`, same, false),
  field('globalAccess', `${endpoints}.ipEndpointsConfig.globalAccess`, same, false),
  field(
    'authorizedNetworks',
    `${endpoints}.ipEndpointsConfig.authorizedNetworksConfig`,
    authorizedNetworks,
    {},
  ),
  field('dns.provider', 'networkConfig.dnsConfig.clusterDns', same, 'PLATFORM_DEFAULT'),
  field('dns.scope', 'networkConfig.dnsConfig.clusterDnsScope'),
  field('dns.domain', 'networkConfig.dnsConfig.clusterDnsDomain'),
  field(
    'gatewayApi',
    'networkConfig.gatewayApiConfig.channel',
    either('CHANNEL_STANDARD', 'CHANNEL_DISABLED'),
    false,
  ),
  field('intraNodeVisibility', 'networkConfig.enableIntraNodeVisibility', same, false),
  field('l4InternalSubsetting', 'networkConfig.enableL4ilbSubsetting', same, false),
]

const operationFields: readonly Field[] = [
  field('channel', 'releaseChannel.channel', same, 'UNSPECIFIED'),
  field('logging', 'loggingConfig.componentConfig.enableComponents', memberSet, {}),
  field('monitoring.components', 'monitoringConfig.componentConfig.enableComponents', memberSet, {}),
  switches('monitoring.managedPrometheus', 'monitoringConfig.managedPrometheusConfig'),
  field('maintenance.daily', 'maintenancePolicy.window.dailyMaintenanceWindow.startTime'),
  field('maintenance.window', 'maintenancePolicy.window.recurringWindow', recurring),
  field('maintenance.exclusions', 'maintenancePolicy.window.maintenanceExclusions', exclusions, {}),
  field('autoscalingProfile', 'autoscaling.autoscalingProfile', same, 'BALANCED'),
  field('autoprovisioning.enabled', 'autoscaling.enableNodeAutoprovisioning', same, false),
  field('autoprovisioning.limits', 'autoscaling.resourceLimits', resourceLimits, {}),
  switches('verticalPodAutoscaling', 'verticalPodAutoscaling'),
  switches('costAllocation', 'costManagementConfig'),
  field('fleetProject', 'fleet.project'),
]

/** Every setting of a cluster that stands at one place of container v1 `Cluster`, for reads and writes alike. */
export const clusterFields = (project: string): readonly Field[] => [
  field('description', 'description'),
  field('mode', 'autopilot.enabled', mode, 'standard'),
  field('nodeLocations', 'locations', memberSet),
  field('labels', 'resourceLabels', labels, {}),
  field('mark', `resourceLabels.${markLabel}`),
  field('workloadIdentity', 'workloadIdentityConfig.workloadPool', workloadPool(project), false),
  switches('shieldedNodes', 'shieldedNodes'),
  field('securityPosture', 'securityPostureConfig.mode', saidOr('DISABLED'), 'DISABLED'),
  field(
    'vulnerabilityScanning',
    'securityPostureConfig.vulnerabilityMode',
    saidOr('VULNERABILITY_DISABLED'),
    'VULNERABILITY_DISABLED',
  ),
  field(
    'binaryAuthorization',
    'binaryAuthorization.evaluationMode',
    either('PROJECT_SINGLETON_POLICY_ENFORCE', 'DISABLED'),
    false,
  ),
  field('encryptionKey', 'databaseEncryption', encryptionKey),
  switches('secretManager', 'secretManagerConfig'),
  ...networkFields,
  ...addonFields,
  ...operationFields,
]

/** Written at one place and read at another: a version moves, and links come back whole under networkConfig. */
const writtenOnly: readonly Field[] = [
  field('version', 'initialClusterVersion'),
  field('network', 'network'),
  field('subnetwork', 'subnetwork'),
]
const readOnly: readonly Field[] = [
  field('version', 'currentMasterVersion'),
  field('network', 'networkConfig.network', link),
  field('subnetwork', 'networkConfig.subnetwork', link),
]

/**
 * The body of container v1 `Cluster` for a create. VPC-native is asked for outright; the pools of the spec travel
 * inside, so that no default pool has to be made and deleted.
 */
export const clusterBody = (spec: JsonObject, name: string, project: string, zones: number): JsonObject => {
  const body = toApi([...clusterFields(project), ...writtenOnly], spec)
  const pools = Object.entries(objectOf(spec.nodePools)).map(([pool, settings]) =>
    poolBody(pool, { ...objectOf(settings), ...(spec.mark === undefined ? {} : { mark: spec.mark }) }, zones),
  )
  return {
    ...body,
    name,
    ipAllocationPolicy: { ...objectOf(body.ipAllocationPolicy), useIpAliases: true },
    ...(pools.length === 0 ? {} : { nodePools: pools }),
  }
}

/** What a live cluster says, in the words of the file. */
export const clusterSpecOf = (cluster: ApiCluster, project: string): JsonObject => ({
  ...fromApi([...clusterFields(project), ...readOnly], cluster),
  project,
  location: cluster.location,
  name: cluster.name,
})

/** The environment that a live cluster bears the mark of, or null. */
export const clusterMark = (cluster: ApiCluster): string | null => markOf(cluster.resourceLabels)

/** What a live cluster gives to others; what it does not have yet is left out. */
export const clusterOutputs = (cluster: ApiCluster): JsonObject => {
  const dns = objectOf(objectOf(cluster.controlPlaneEndpointsConfig).dnsEndpointConfig).endpoint
  return plain({
    endpoint: cluster.endpoint,
    certificateAuthority: objectOf(cluster.masterAuth).clusterCaCertificate,
    dnsEndpoint: dns,
    version: cluster.currentMasterVersion,
  })
}
