import type { EffectRule, FieldRule, Rules } from '../../core/rules.ts'

const anew: EffectRule = {
  effect: 'refused',
  words: 'GKE cannot change it on a cluster that exists',
  recipe:
    'Make a second environment with another cluster name and this setting, move the releases there, then delete the old one.',
}

const inPlace = (words: string, seconds = 120): EffectRule => ({ effect: 'in-place', words, seconds })

const rule = (path: string, words: string, seconds?: number): FieldRule => ({
  path,
  change: inPlace(words, seconds),
})

const recreated = (words: string): EffectRule => ({ effect: 'recreate-nodes', words, seconds: 900 })

const immutable = [
  'project',
  'location',
  'name',
  'mode',
  'network',
  'subnetwork',
  'dataplane',
  'maxPodsPerNode',
  'description',
].map((path): FieldRule => ({ path, change: anew }))

const maintained = 'counts for the next maintenance'
const provisioned = 'GKE makes pools by itself within the limits, or no longer'

/** Scalars of a fixed set: one that leaves the file is not managed any more, unlike the member of a map. */
const scalars = (path: string, change: EffectRule): FieldRule => ({ path, change, unset: 'release' })

const controlPlane: readonly FieldRule[] = [
  {
    path: 'version',
    compare: 'minimum',
    change: {
      effect: 'restart',
      words:
        'the control plane is upgraded: the API server of a zonal cluster is away for some minutes, running pods go on; it cannot go back',
      seconds: 900,
    },
  },
  rule('channel', 'upgrades come by the new channel from now on'),
  {
    path: 'workloadIdentity',
    change: inPlace(
      'pods may get Google identities; pools that exist need workloadMetadata: GKE_METADATA for it',
    ),
    cases: {
      disable: {
        effect: 'refused',
        words: 'every pod that acts as a Google service account would lose its identity',
        recipe: 'Move those pods away and set the pools to GCE_METADATA, then switch it off with gcloud.',
      },
    },
  },
  {
    path: 'dnsEndpoint',
    change: inPlace('the API server answers at its DNS name for callers that IAM lets in'),
    cases: {
      disable: inPlace(
        'the API server no longer answers at its DNS name: kubectl and Slipway come in by its IP addresses or not at all',
      ),
    },
  },
  {
    path: 'ipEndpoint',
    change: inPlace('the API server answers at its IP addresses'),
    cases: {
      disable: inPlace(
        'the API server no longer answers at its IP addresses: kubectl and Slipway come in by its DNS name or not at all',
      ),
    },
  },
  {
    path: 'publicEndpoint',
    change: inPlace('the API server answers at its public IP address'),
    cases: {
      disable: inPlace(
        'the API server no longer answers at its public IP address: who is outside its network comes in by its DNS name or not at all',
      ),
    },
  },
  rule('globalAccess', 'the private address answers from other regions, or no longer'),
  rule('authorizedNetworks.*', 'who may reach the API server by IP address changes at once'),
]

const nodes: readonly FieldRule[] = [
  {
    path: 'nodeLocations.*',
    exclusive: true,
    change: recreated(
      'pools follow: nodes in a zone that goes are drained, a zone that comes gets nodes of its own',
    ),
  },
  { path: 'shieldedNodes', change: recreated('all nodes are replaced one after another') },
  { path: 'intraNodeVisibility', change: recreated('all nodes are replaced one after another') },
  scalars('dns.*', recreated('pods use the new DNS once their nodes have been replaced')),
  scalars('ipRanges.*', anew),
  rule('privateNodes', 'counts for pools that are made from now on'),
  rule('autoscalingProfile', 'the autoscaler follows from now on'),
  rule('autoprovisioning.limits.*', provisioned),
  ...['autoprovisioning.enabled', 'autoprovisioning.limits.*.*'].map(path =>
    scalars(path, inPlace(provisioned)),
  ),
  rule('verticalPodAutoscaling', 'VerticalPodAutoscaler objects have effect, or no longer'),
  {
    path: 'l4InternalSubsetting',
    change: inPlace(
      'internal load balancers made from now on use subsets of nodes; it cannot be switched off again',
    ),
    cases: { disable: { ...anew, words: 'GKE cannot switch it off again' } },
  },
]

const services: readonly FieldRule[] = [
  // Google's page "Setting up NodeLocal DNSCache": on a cluster that exists, GKE recreates all nodes.
  scalars('addons.dnsCache', recreated('all nodes are replaced one after another')),
  scalars('addons.*', inPlace('the add-on is installed or taken away; running pods are not touched')),
  { path: 'logging.*', exclusive: true, change: inPlace('what is sent to Cloud Logging changes') },
  {
    path: 'monitoring.components.*',
    exclusive: true,
    change: inPlace('what is sent to Cloud Monitoring changes'),
  },
  rule('monitoring.managedPrometheus', 'managed Prometheus collects, or no longer'),
  rule('maintenance.exclusions.*', maintained, 30),
  ...['maintenance.exclusions.*.*', 'maintenance.daily', 'maintenance.window', 'maintenance.window.*'].map(
    path => scalars(path, inPlace(maintained, 30)),
  ),
  rule('securityPosture', 'the security posture dashboard follows'),
  rule('vulnerabilityScanning', 'images are scanned, or no longer'),
  rule('binaryAuthorization', 'the project’s policy decides on images of new pods, or no longer'),
  rule('encryptionKey', 'Kubernetes Secrets are encrypted anew with this key', 600),
  rule('secretManager', 'the Secret Manager add-on is installed or taken away'),
  rule('gatewayApi', 'the Gateway API is installed or taken away'),
  rule('costAllocation', 'costs are split by namespace in billing exports, or no longer'),
  // Container v1, Fleet.project: cannot be changed after the cluster has been registered.
  {
    path: 'fleetProject',
    change: { ...anew, words: 'GKE cannot move a cluster to another fleet' },
    cases: { add: inPlace('the cluster joins this fleet') },
  },
  rule('labels.*', 'labels of the cluster change', 30),
  rule('mark', 'a label says which environment it belongs to', 30),
]

/**
 * What a change of each setting does; facts on cluster fields and update calls, the replace-only list from
 * Terraform's schema.
 */
export const clusterRules: Rules = [
  ...immutable,
  ...controlPlane,
  ...nodes,
  ...services,
  // The pools of the file are resources of their own; here they only travel with the create.
  { path: 'nodePools.**', compare: 'create-only', change: inPlace('only sent when the cluster is made') },
]
