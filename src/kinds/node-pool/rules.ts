import type { EffectRule, FieldRule, Rules } from '../../core/rules.ts'

const anew: EffectRule = {
  effect: 'refused',
  words: 'GKE cannot change it on a pool that exists',
  recipe:
    'Add a new pool under another name in one pull request; when its nodes are ready, take this one out in the next.',
}

const inPlace = (words: string, seconds = 60): EffectRule => ({ effect: 'in-place', words, seconds })

const replaced: EffectRule = {
  effect: 'recreate-nodes',
  words:
    'nodes are replaced one after another by the upgrade strategy; their pods move, about 3 minutes a node',
  seconds: 600,
}

const sizing: readonly FieldRule[] = [
  {
    path: 'nodes',
    change: inPlace('the pool is set to this many nodes in each zone', 120),
    cases: {
      // How many the autoscaler has made by then is not known: more than these is usual where it had work.
      add: {
        effect: 'recreate-nodes',
        words:
          'the autoscaler is switched off and the pool set to this many nodes in each zone: nodes above that are drained and taken away',
        seconds: 180,
      },
      decrease: {
        effect: 'recreate-nodes',
        words: 'nodes are drained and taken away; their pods move to the nodes that stay',
        seconds: 180,
      },
    },
  },
  { path: 'autoscaling.min', change: inPlace('the autoscaler keeps at least this many nodes') },
  {
    path: 'autoscaling.max',
    change: inPlace('the autoscaler may go up to this many nodes'),
    cases: { decrease: inPlace('nodes above the new limit are taken away when their pods fit elsewhere') },
  },
  {
    path: 'autoscaling.**',
    change: inPlace('the autoscaler follows from now on'),
    cases: { remove: inPlace('the autoscaler is switched off: the pool stays as large as it is') },
  },
]

const onNodes: readonly FieldRule[] = [
  { path: 'labels.*', change: inPlace('labels of the nodes change without a restart') },
  {
    path: 'taints.*',
    change: inPlace('pods that do not tolerate a new taint are not scheduled here any more'),
  },
  { path: 'tags.*', change: inPlace('firewall rules that name the tag apply at once') },
  { path: 'cloudLabels.*', change: inPlace('labels of the machines change within the hour') },
  { path: 'mark', change: inPlace('a label of the machines says which environment it belongs to') },
]

const lifecycle: readonly FieldRule[] = [
  { path: 'autoRepair', change: inPlace('nodes that fail are replaced by GKE, or no longer') },
  { path: 'autoUpgrade', change: inPlace('GKE upgrades the nodes by itself, or no longer') },
  { path: 'upgrade.*', unset: 'release', change: inPlace('counts from the next upgrade on') },
  { path: 'respectDisruptionBudgets', change: inPlace('counts when the pool is deleted') },
  { path: 'version', compare: 'minimum', change: replaced },
  {
    path: 'zones.*',
    exclusive: true,
    change: {
      effect: 'recreate-nodes',
      words: 'nodes in a zone that goes are drained and taken away; a zone that comes gets nodes of its own',
      seconds: 300,
    },
  },
]

const recreated = [
  'machineType',
  'diskType',
  'imageType',
  'workloadMetadata',
  'privateNodes',
  'imageStreaming',
  'gvnic',
  'fastSocket',
  'confidential',
  'loggingVariant',
].map((path): FieldRule => ({ path, change: replaced }))

/** GKE fills these in, and what it fills in cannot be told from what somebody set: it is never taken away. */
const inGoogleWords = ['kubelet.**', 'linux.**', 'containerd.**'].map(
  (path): FieldRule => ({ path, change: replaced, unset: 'release' }),
)

const immutable = [
  'cluster.**',
  'name',
  'spot',
  'preemptible',
  'accelerators.**',
  'serviceAccount',
  'maxPods',
  'podRange',
  'localSsd',
  'ephemeralSsd',
  'minCpuPlatform',
  'secureBoot',
  'integrityMonitoring',
  'diskKey',
  'metadata.*',
  'flexStart',
  'maxRunDuration',
  'queuedProvisioning',
  'gvisor',
  'reservation.**',
  'placement.**',
  'soleTenant.**',
  'advancedMachine.**',
].map((path): FieldRule => ({ path, change: anew }))

/**
 * What a change of each setting does. Machine, disk and image are migrated node by node (container v1,
 * nodePools.update); the replace-only list is that of the facts on node pools, from Terraform's schema.
 */
export const nodePoolRules: Rules = [
  ...sizing,
  ...onNodes,
  ...lifecycle,
  { path: 'diskGb', compare: 'floor', change: replaced },
  { path: 'scopes.*', exclusive: true, change: anew },
  ...recreated,
  ...inGoogleWords,
  ...immutable,
]
