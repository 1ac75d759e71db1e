import { isObject, type JsonObject, valueAt } from '../../core/json.ts'
import type { KubernetesReader } from '../../kubernetes/port.ts'
import { collectionPath, resourceOf } from '../../kubernetes/resources.ts'
import { partsOf } from './keys.ts'
import { isKept } from './spec.ts'

/** Kinds that are always looked at, so that what a chart no longer has is found. */
const usual: readonly (readonly [string, string])[] = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['v1', 'ServiceAccount'],
  ['v1', 'PersistentVolumeClaim'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['networking.k8s.io/v1', 'IngressClass'],
  ['rbac.authorization.k8s.io/v1', 'Role'],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
]

/** Every object that a chart made carries this (measured: none is missing it). */
const selector = { labelSelector: 'app.kubernetes.io/managed-by=Helm' }

/** True for an object that the release of a spec made, by helm's own annotations. */
export const belongsTo = (object: JsonObject, { release, namespace }: JsonObject): boolean => {
  const annotations = valueAt(object, ['metadata', 'annotations'])
  return (
    isObject(annotations) &&
    annotations['meta.helm.sh/release-name'] === release &&
    annotations['meta.helm.sh/release-namespace'] === namespace
  )
}

/** The live objects of a release, Secrets left out: one list for each kind and cluster. @throws KubernetesError */
export const liveObjects = async (
  reader: KubernetesReader,
  spec: JsonObject,
  wanted: Readonly<Record<string, JsonObject>>,
): Promise<readonly JsonObject[]> =>
  (await Promise.all(listsFor(reader, wanted))).flat().filter(object => belongsTo(object, spec))

/**
 * True as soon as one of those lists shows a release, be it of one Service; what a former one left to be kept is none.
 * @throws KubernetesError if none of those that answer does
 */
export const isInstalled = async (
  reader: KubernetesReader,
  spec: JsonObject,
  wanted: Readonly<Record<string, JsonObject>>,
): Promise<boolean> => {
  const nothing = new Error('it shows no release')
  const shown = listsFor(reader, wanted).map(async list => {
    if (!(await list).some(object => belongsTo(object, spec) && !isKept(object))) throw nothing
  })
  try {
    await Promise.any(shown)
    return true
  } catch (error) {
    const failures = error instanceof AggregateError ? error.errors : [error]
    if (failures.every(failure => failure === nothing)) return false
    throw failures.find(failure => failure !== nothing)
  }
}

const listsFor = (
  reader: KubernetesReader,
  wanted: Readonly<Record<string, JsonObject>>,
): readonly Promise<readonly JsonObject[]>[] => {
  const declared = Object.entries(wanted).map(
    ([key, { apiVersion }]) => [String(apiVersion), partsOf(key).kind] as const,
  )
  const kinds = new Map(
    [...usual, ...declared].map(([version, kind]) => [`${version} ${kind}`, [version, kind] as const]),
  )
  return [...kinds.values()]
    .filter(([, kind]) => kind !== 'Secret')
    .map(async ([version, kind]) => {
      const resource = await resourceOf(reader, version, kind)
      return resource === undefined ? [] : reader.list(collectionPath(resource), selector)
    })
}
