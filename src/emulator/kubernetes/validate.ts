import { equal, type Json, type JsonObject, type Path, showPath, valueAt } from '../../core/json.ts'
import { nameOf, objectAt, stringsAt, textAt, without } from './object.ts'
import type { Resource } from './resources.ts'
import { type Cause, invalid } from './status.ts'

const wrong = (path: Path, value: Json | undefined, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value ?? null)}: ${why}`,
  field: showPath(path),
})
const denied = (path: Path, why: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field: showPath(path),
})

const immutable =
  (...paths: readonly Path[]): Rule =>
  (before, after) =>
    paths
      .filter(path => !equal(valueAt(before, path), valueAt(after, path)))
      .map(path => wrong(path, valueAt(after, path), 'field is immutable'))

type Rule = (before: JsonObject, after: JsonObject) => readonly Cause[]

/** A storage quantity in bytes. */
const bytesOf = (quantity: string): number => {
  const [, digits = '0', unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(quantity) ?? []
  const units: Readonly<Record<string, number>> = {
    Ki: 2 ** 10,
    Mi: 2 ** 20,
    Gi: 2 ** 30,
    Ti: 2 ** 40,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
  }
  return Number(digits) * (units[unit] ?? 1)
}

const claim: Rule = (before, after) => {
  const size = ['spec', 'resources', 'requests', 'storage']
  const fixed = (object: JsonObject): JsonObject =>
    without(objectAt(object, 'spec'), 'resources', 'volumeName')
  const bound = textAt(before, 'spec', 'volumeName')
  const moved = bound !== '' && bound !== textAt(after, 'spec', 'volumeName')
  if (moved || !equal(fixed(before), fixed(after)))
    return [
      denied(
        ['spec'],
        'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
      ),
    ]
  if (bytesOf(textAt(after, ...size)) < bytesOf(textAt(before, ...size)))
    return [denied(size, 'field can not be less than status.capacity')]
  return []
}

const statefulSet: Rule = (before, after) => {
  const open = [
    'replicas',
    'ordinals',
    'template',
    'updateStrategy',
    'revisionHistoryLimit',
    'persistentVolumeClaimRetentionPolicy',
    'minReadySeconds',
  ]
  const fixed = (object: JsonObject): JsonObject => without(objectAt(object, 'spec'), ...open)
  if (equal(fixed(before), fixed(after))) return []
  return [
    denied(
      ['spec'],
      `updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden`,
    ),
  ]
}

const sealed: Rule = (before, after) => {
  if (before.immutable !== true) return []
  return ['data', 'binaryData', 'immutable']
    .filter(key => !equal(before[key], after[key]))
    .map(key => denied([key], 'field is immutable when `immutable` is set'))
}

const roleRef: Rule = (before, after) =>
  equal(before.roleRef, after.roleRef) ? [] : [wrong(['roleRef'], after.roleRef, 'cannot change roleRef')]

const clusterIp: Rule = (before, after) => {
  const path = ['spec', 'clusterIP']
  const [was, is] = [textAt(before, ...path), textAt(after, ...path)]
  return was === '' || was === is ? [] : [wrong(path, is, 'may not change once set')]
}

const volume: Rule = (before, after) => {
  const open = [
    'claimRef',
    'persistentVolumeReclaimPolicy',
    'capacity',
    'accessModes',
    'mountOptions',
    'nodeAffinity',
    'storageClassName',
    'volumeMode',
  ]
  const source = (object: JsonObject): JsonObject => without(objectAt(object, 'spec'), ...open)
  return equal(source(before), source(after))
    ? []
    : [denied(['spec', 'persistentvolumesource'], 'spec.persistentvolumesource is immutable after creation')]
}

const rules: Readonly<Record<string, Rule>> = {
  Deployment: immutable(['spec', 'selector']),
  ReplicaSet: immutable(['spec', 'selector']),
  DaemonSet: immutable(['spec', 'selector']),
  StatefulSet: statefulSet,
  Job: immutable(['spec', 'completions'], ['spec', 'selector'], ['spec', 'template']),
  PersistentVolumeClaim: claim,
  PersistentVolume: volume,
  Service: clusterIp,
  RoleBinding: roleRef,
  ClusterRoleBinding: roleRef,
  ConfigMap: sealed,
  Secret: (before, after) => [...sealed(before, after), ...immutable(['type'])(before, after)],
  StorageClass: immutable(['parameters'], ['provisioner'], ['reclaimPolicy'], ['volumeBindingMode']),
  CustomResourceDefinition: immutable(['spec', 'scope'], ['spec', 'names', 'kind'], ['spec', 'group']),
}

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const workloads = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet']

const selectorCauses = (resource: Resource, object: JsonObject): readonly Cause[] => {
  if (!workloads.includes(resource.kind)) return []
  const labels = stringsAt(object, 'spec', 'template', 'metadata', 'labels')
  const wanted = Object.entries(stringsAt(object, 'spec', 'selector', 'matchLabels'))
  const path = ['spec', 'template', 'metadata', 'labels']
  if (wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value)) return []
  return [wrong(path, labels, '`selector` does not match template `labels`')]
}

const strategyCauses = (object: JsonObject): readonly Cause[] =>
  textAt(object, 'spec', 'strategy', 'type') === 'Recreate' &&
  valueAt(object, ['spec', 'strategy', 'rollingUpdate']) !== undefined
    ? [
        denied(
          ['spec', 'strategy', 'rollingUpdate'],
          "may not be specified when strategy `type` is 'Recreate'",
        ),
      ]
    : []

const nameCauses = (resource: Resource, object: JsonObject): readonly Cause[] => {
  const name = nameOf(object)
  const lenient = resource.group === 'rbac.authorization.k8s.io'
  if (name.length <= 253 && (lenient ? name !== '' && !/[/%]/.test(name) : SUBDOMAIN.test(name))) return []
  const why =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
  return [wrong(['metadata', 'name'], name, why)]
}

/** Refuses with 422 what the real server refuses of names, selectors and immutable fields. */
export const validate = (resource: Resource, before: JsonObject | undefined, after: JsonObject): void => {
  const changed = before === undefined ? [] : (rules[resource.kind]?.(before, after) ?? [])
  const causes = [
    ...nameCauses(resource, after),
    ...selectorCauses(resource, after),
    ...strategyCauses(after),
    ...changed,
  ]
  if (causes.length > 0) throw invalid(resource, nameOf(after), causes)
}
