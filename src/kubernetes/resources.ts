import { isObject, type JsonObject } from '../core/json.ts'
import type { KubernetesReader } from './port.ts'

/** Where the objects of a kind are found. */
export interface ApiResource {
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
}

const rows = (apiVersion: string, namespaced: boolean, names: string): readonly ApiResource[] =>
  names.split(' ').map(name => {
    const [kind = '', plural = `${kind.toLowerCase()}s`] = name.split(':')
    return { apiVersion, kind, plural, namespaced }
  })

/** The kinds that every supported Kubernetes serves and that charts use; `Kind:plural` where it is not Kind + s. */
export const builtIn: readonly ApiResource[] = [
  ...rows(
    'v1',
    true,
    'ConfigMap Service ServiceAccount PersistentVolumeClaim Pod Secret Event ResourceQuota LimitRange',
  ),
  ...rows('v1', true, 'Endpoints:endpoints ReplicationController PodTemplate'),
  ...rows('v1', false, 'Namespace PersistentVolume Node'),
  ...rows('apps/v1', true, 'Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision'),
  ...rows('batch/v1', true, 'Job CronJob'),
  ...rows('networking.k8s.io/v1', true, 'Ingress:ingresses NetworkPolicy:networkpolicies'),
  ...rows('networking.k8s.io/v1', false, 'IngressClass:ingressclasses'),
  ...rows('rbac.authorization.k8s.io/v1', true, 'Role RoleBinding'),
  ...rows('rbac.authorization.k8s.io/v1', false, 'ClusterRole ClusterRoleBinding'),
  ...rows(
    'admissionregistration.k8s.io/v1',
    false,
    'ValidatingWebhookConfiguration MutatingWebhookConfiguration',
  ),
  ...rows('autoscaling/v2', true, 'HorizontalPodAutoscaler'),
  ...rows('policy/v1', true, 'PodDisruptionBudget'),
  ...rows('coordination.k8s.io/v1', true, 'Lease'),
  ...rows('discovery.k8s.io/v1', true, 'EndpointSlice'),
  ...rows('storage.k8s.io/v1', false, 'StorageClass:storageclasses CSIDriver'),
  ...rows('scheduling.k8s.io/v1', false, 'PriorityClass:priorityclasses'),
  ...rows('apiextensions.k8s.io/v1', false, 'CustomResourceDefinition'),
  ...rows('apiregistration.k8s.io/v1', false, 'APIService'),
]

/** The group of an apiVersion: '' for `v1`, `apps` for `apps/v1`. */
export const groupOf = (apiVersion: string): string => {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

/**
 * Where objects of a kind are found: from the table, else from the server's discovery; undefined if the server does
 * not serve it. @throws KubernetesError
 */
export const resourceOf = async (
  reader: KubernetesReader,
  apiVersion: string,
  kind: string,
): Promise<ApiResource | undefined> => {
  const known = builtIn.find(row => row.kind === kind && row.apiVersion === apiVersion)
  if (known !== undefined) return known
  const list = await reader.get(groupOf(apiVersion) === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`)
  const resources = list?.resources
  const found = (Array.isArray(resources) ? resources : [])
    .filter(isObject)
    .find(resource => resource.kind === kind && !String(resource.name).includes('/'))
  if (found === undefined) return undefined
  return { apiVersion, kind, plural: String(found.name), namespaced: found.namespaced === true }
}

/** Path of all objects of a kind, or of those in a namespace. */
export const collectionPath = ({ apiVersion, plural }: ApiResource, namespace?: string): string => {
  const root = groupOf(apiVersion) === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`
  return namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`
}

/** Path of one object. */
export const objectPath = (resource: ApiResource, { metadata }: JsonObject): string => {
  const { name, namespace } = isObject(metadata) ? metadata : {}
  const space = resource.namespaced && typeof namespace === 'string' ? namespace : undefined
  return `${collectionPath(resource, space)}/${String(name)}`
}
