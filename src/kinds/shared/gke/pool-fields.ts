import type { Json, JsonObject } from '../../../core/json.ts'
import { int64, memberSet, objectOf, same } from '../codecs.ts'
import { type Field, field, fromApi, toApi } from '../fields.ts'
import { labels, markLabel, markOf } from '../labels.ts'
import type { ApiNodePool } from './clusters.ts'
import { accelerators, autoscaling, gvisor, taints } from './pool-codecs.ts'

/** Every setting of a node pool and where container v1 `NodePool` holds it. */
export const poolFields: readonly Field[] = [
  field('machineType', 'config.machineType'),
  field('diskType', 'config.diskType'),
  field('diskGb', 'config.diskSizeGb'),
  field('imageType', 'config.imageType'),
  field('nodes', 'initialNodeCount', same, 0),
  field('autoscaling', 'autoscaling', autoscaling),
  field('spot', 'config.spot', same, false),
  field('preemptible', 'config.preemptible', same, false),
  field('accelerators', 'config.accelerators', accelerators),
  field('labels', 'config.labels', same, {}),
  field('taints', 'config.taints', taints, {}),
  field('tags', 'config.tags', memberSet, {}),
  field('cloudLabels', 'config.resourceLabels', labels, {}),
  field('mark', `config.resourceLabels.${markLabel}`),
  field('serviceAccount', 'config.serviceAccount'),
  field('scopes', 'config.oauthScopes', memberSet, {}),
  field('workloadMetadata', 'config.workloadMetadataConfig.mode', same, 'GCE_METADATA'),
  field('version', 'version'),
  field('zones', 'locations', memberSet),
  field('autoRepair', 'management.autoRepair', same, false),
  field('autoUpgrade', 'management.autoUpgrade', same, false),
  field('upgrade.strategy', 'upgradeSettings.strategy', same, 'SURGE'),
  field('upgrade.surge', 'upgradeSettings.maxSurge', same, 0),
  field('upgrade.unavailable', 'upgradeSettings.maxUnavailable', same, 0),
  field('privateNodes', 'networkConfig.enablePrivateNodes', same, false),
  field('imageStreaming', 'config.gcfsConfig.enabled', same, false),
  field('gvnic', 'config.gvnic.enabled', same, false),
  field('fastSocket', 'config.fastSocket.enabled', same, false),
  field('confidential', 'config.confidentialNodes.enabled', same, false),
  field('loggingVariant', 'config.loggingConfig.variantConfig.variant', same, 'DEFAULT'),
  field('respectDisruptionBudgets', 'nodeDrainConfig.respectPdbDuringNodePoolDeletion', same, false),
  field('kubelet', 'config.kubeletConfig', same, {}),
  field('linux', 'config.linuxNodeConfig', same, {}),
  field('containerd', 'config.containerdConfig', same, {}),
  field('maxPods', 'maxPodsConstraint.maxPodsPerNode', int64),
  field('podRange', 'networkConfig.podRange'),
  field('localSsd', 'config.localSsdCount', same, 0),
  field('ephemeralSsd', 'config.ephemeralStorageLocalSsdConfig.localSsdCount', same, 0),
  field('minCpuPlatform', 'config.minCpuPlatform'),
  field('secureBoot', 'config.shieldedInstanceConfig.enableSecureBoot', same, false),
  field('integrityMonitoring', 'config.shieldedInstanceConfig.enableIntegrityMonitoring', same, false),
  field('diskKey', 'config.bootDiskKmsKey'),
  field('metadata', 'config.metadata', same, {}),
  field('flexStart', 'config.flexStart', same, false),
  field('maxRunDuration', 'config.maxRunDuration'),
  field('queuedProvisioning', 'queuedProvisioning.enabled', same, false),
  field('gvisor', 'config.sandboxConfig', gvisor, false),
  field('reservation', 'config.reservationAffinity', same, {}),
  field('placement', 'placementPolicy', same, {}),
  field('soleTenant', 'config.soleTenantConfig', same, {}),
  field('advancedMachine', 'config.advancedMachineFeatures', same, {}),
]

/**
 * The body of container v1 `NodePool` for a create. `zones` is over how many zones the cluster spreads its nodes: the
 * API counts initial nodes in each zone, while a total is shared among them.
 */
export const poolBody = (name: string, spec: JsonObject, zones: number): JsonObject => ({
  initialNodeCount: initialNodes(spec, zones),
  ...toApi(poolFields, spec),
  name,
})

const initialNodes = ({ autoscaling: scaling, zones: own }: JsonObject, zones: number): Json => {
  const { min, max, scope } = objectOf(scaling)
  if (typeof min !== 'number' || typeof max !== 'number') return 1
  if (scope === 'zone') return min
  const spread = own === undefined ? zones : Math.max(1, Object.keys(objectOf(own)).length)
  return Math.min(Math.ceil(min / spread), Math.floor(max / spread))
}

/** What a live pool says; a count is left out under autoscaling, since the autoscaler moves it. */
export const poolSpecOf = (pool: ApiNodePool): JsonObject => {
  const { nodes, ...spec } = fromApi(poolFields, pool)
  return spec.autoscaling === undefined && nodes !== undefined ? { ...spec, nodes } : spec
}

/** The environment that a live pool bears the mark of, or null. */
export const poolMark = (pool: ApiNodePool): string | null => markOf(objectOf(pool.config).resourceLabels)
