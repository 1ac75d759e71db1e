import type { EffectRule, FieldRule, Rules } from '../../core/rules.ts'
import { fixedPlace } from '../in-cluster.ts'

const inPlace: EffectRule = { effect: 'in-place', seconds: 5 }
const rolls: EffectRule = {
  effect: 'restart',
  words: 'rolls its pods; with the strategy Recreate the old one stops first',
  seconds: 120,
}
const immutable = (words: string, recipe: string): EffectRule => ({ effect: 'refused', words, recipe })

const otherName =
  'Give the object another name through the chart’s values, or delete it by hand once nothing needs it; the next apply makes it anew.'
const selector = immutable('Kubernetes fixes the selector of a workload', otherName)
const holdsData = immutable(
  'it holds data',
  'Keep it: `helm.sh/resource-policy: keep`, or copy the data and delete it by hand.',
)
const claim = immutable(
  'Kubernetes fixes the settings of a claim',
  'Make a second claim with the new settings, copy the data, and point the chart at it (storage.existingClaim where the chart has it).',
)
const smaller = immutable(
  'a claim can grow but not shrink',
  'Write the size in the same unit, at least as large as it is now. For a smaller one, make a second claim, copy the data, and point the chart at it.',
)
const gone: EffectRule = { effect: 'remove', words: 'the release no longer has it', seconds: 5 }

/** Never compared: read when the release is made, or only of use to apply. */
const createOnly = [
  'values.**',
  'hooks.**',
  'random.**',
  'lookedUp.**',
  'health.**',
  'timeoutMinutes',
  'backupBefore',
  'repository',
]

/** A rule below the objects: what helm owns and the chart no longer sets goes. */
const below = (path: string, change: EffectRule, cases?: FieldRule['cases']): FieldRule => ({
  path: `objects.${path}`,
  change,
  exclusive: true,
  ...(cases === undefined ? {} : { cases }),
})

/** What a change of a release, and of each object in it, does to people. */
export const releaseRules: Rules = [
  { path: 'mark', change: { ...inPlace, words: 'the release’s Lease names this environment' } },
  { path: 'cluster.*', change: fixedPlace },
  { path: 'project', change: fixedPlace },
  { path: 'release', change: fixedPlace },
  { path: 'namespace', change: fixedPlace },
  ...createOnly.map((path): FieldRule => ({ path, compare: 'create-only', change: inPlace })),
  {
    path: 'chart.name',
    change: immutable('another chart cannot take over a release', 'Add a release of another name.'),
  },
  { path: 'chart.sha256', compare: 'create-only', change: inPlace },
  {
    path: 'chart.version',
    change: { ...inPlace, seconds: 60 },
    cases: {
      decrease: immutable(
        'an older server does not read a database that a newer one migrated',
        'Restore the backup that was taken before the upgrade into a new instance, then name the older version.',
      ),
    },
  },
  { path: 'objects.*.apiVersion', compare: 'create-only', change: inPlace },
  { path: 'objects.Secret/*', change: inPlace, exclusive: false, unset: 'release' },
  { path: 'objects.Secret/*.**', compare: 'create-only', change: inPlace },
  below('Deployment/*.spec.selector.**', selector),
  below('Deployment/*.spec.template.**', rolls),
  below('DaemonSet/*.spec.selector.**', selector),
  below('DaemonSet/*.spec.template.**', rolls),
  below('StatefulSet/*.spec.template.**', rolls),
  ...[
    'replicas',
    'updateStrategy.**',
    'minReadySeconds',
    'ordinals.**',
    'persistentVolumeClaimRetentionPolicy.**',
  ].map(path => below(`StatefulSet/*.spec.${path}`, inPlace)),
  below(
    'StatefulSet/*.spec.**',
    immutable('Kubernetes fixes it in a StatefulSet', `${otherName} Its claims stay.`),
  ),
  below('Job/*.spec.template.**', immutable('Kubernetes fixes what a Job runs', otherName)),
  below('Job/*.spec.selector.**', selector),
  below('PersistentVolumeClaim/*.spec.resources.requests.storage', smaller, {
    increase: { effect: 'in-place', words: 'the disk grows where its class allows it', seconds: 60 },
  }),
  below('PersistentVolumeClaim/*.spec.**', claim),
  below('Service/*.spec.clusterIP', immutable('Kubernetes fixes the address of a Service', otherName)),
  below('RoleBinding/*.roleRef.**', immutable('Kubernetes fixes the role of a binding', otherName)),
  below('ClusterRoleBinding/*.roleRef.**', immutable('Kubernetes fixes the role of a binding', otherName)),
  ...['provisioner', 'parameters.**', 'reclaimPolicy', 'volumeBindingMode'].map(path =>
    below(`StorageClass/*.${path}`, immutable('Kubernetes fixes it in a storage class', otherName)),
  ),
  ...['PersistentVolumeClaim', 'PersistentVolume', 'Namespace', 'CustomResourceDefinition'].map(kind =>
    below(`${kind}/*`, inPlace, { remove: holdsData }),
  ),
  below('*', inPlace, { remove: gone }),
  below('*.**', inPlace),
]
