import { isObject, type JsonObject, valueAt } from '../../core/json.ts'
import type { KubernetesReader } from '../../kubernetes/port.ts'
import { collectionPath, resourceOf } from '../../kubernetes/resources.ts'
import { partsOf } from './keys.ts'

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
): Promise<readonly JsonObject[]> => {
  const declared = Object.entries(wanted).map(
    ([key, { apiVersion }]) => [String(apiVersion), partsOf(key).kind] as const,
  )
  const kinds = new Map(
    [...usual, ...declared].map(([version, kind]) => [`${version} ${kind}`, [version, kind] as const]),
  )
  const lists = [...kinds.values()]
    .filter(([, kind]) => kind !== 'Secret')
    .map(async ([version, kind]) => {
      const resource = await resourceOf(reader, version, kind)
      return resource === undefined ? [] : reader.list(collectionPath(resource), selector)
    })
  return (await Promise.all(lists)).flat().filter(object => belongsTo(object, spec))
}
