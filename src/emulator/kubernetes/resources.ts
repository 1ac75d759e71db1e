import { isObject, type JsonObject, valueAt } from '../../core/json.ts'
import { listAt, textAt } from './object.ts'

/** One kind of object that the server serves. */
export interface Resource {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  /** `status`, `scale`, `log`, … */
  readonly subresources: readonly string[]
}

/** `v1` or `apps/v1`. */
export const groupVersion = (resource: Pick<Resource, 'group' | 'version'>): string =>
  resource.group === '' ? resource.version : `${resource.group}/${resource.version}`

const table = (group: string, version: string, rows: readonly string[]): readonly Resource[] =>
  rows.map(row => {
    const [kind = '', plural = '', scope = '', short = '', sub = ''] = row
      .split(' ')
      .map(cell => (cell === '-' ? '' : cell))
    const list = (cell: string): readonly string[] => (cell === '' ? [] : cell.split(','))
    return {
      group,
      version,
      kind,
      plural,
      namespaced: scope === 'ns',
      shortNames: list(short),
      subresources: list(sub),
    }
  })

/** The built-in kinds: kind, plural, scope, short names, subresources. */
export const builtIn: readonly Resource[] = [
  ...table('', 'v1', [
    'Namespace namespaces all ns status',
    'Secret secrets ns - -',
    'ConfigMap configmaps ns cm -',
    'Service services ns svc status,proxy',
    'ServiceAccount serviceaccounts ns sa -',
    'PersistentVolumeClaim persistentvolumeclaims ns pvc status',
    'PersistentVolume persistentvolumes all pv status',
    'Pod pods ns po status,log',
    'Event events ns ev -',
    'Node nodes all no status',
    'Endpoints endpoints ns ep -',
    'ResourceQuota resourcequotas ns quota status',
    'LimitRange limitranges ns limits -',
  ]),
  ...table('apps', 'v1', [
    'Deployment deployments ns deploy status,scale',
    'ReplicaSet replicasets ns rs status',
    'StatefulSet statefulsets ns sts status',
    'DaemonSet daemonsets ns ds status',
    'ControllerRevision controllerrevisions ns - -',
  ]),
  ...table('batch', 'v1', ['Job jobs ns - status', 'CronJob cronjobs ns cj status']),
  ...table('networking.k8s.io', 'v1', [
    'Ingress ingresses ns ing status',
    'IngressClass ingressclasses all - -',
    'NetworkPolicy networkpolicies ns netpol -',
  ]),
  ...table('rbac.authorization.k8s.io', 'v1', [
    'Role roles ns - -',
    'RoleBinding rolebindings ns - -',
    'ClusterRole clusterroles all - -',
    'ClusterRoleBinding clusterrolebindings all - -',
  ]),
  ...table('admissionregistration.k8s.io', 'v1', [
    'ValidatingWebhookConfiguration validatingwebhookconfigurations all - -',
    'MutatingWebhookConfiguration mutatingwebhookconfigurations all - -',
  ]),
  ...table('storage.k8s.io', 'v1', ['StorageClass storageclasses all sc -']),
  ...table('coordination.k8s.io', 'v1', ['Lease leases ns - -']),
  ...table('discovery.k8s.io', 'v1', ['EndpointSlice endpointslices ns - -']),
  ...table('apiextensions.k8s.io', 'v1', [
    'CustomResourceDefinition customresourcedefinitions all crd,crds status',
  ]),
  ...table('autoscaling', 'v2', ['HorizontalPodAutoscaler horizontalpodautoscalers ns hpa status']),
  ...table('policy', 'v1', ['PodDisruptionBudget poddisruptionbudgets ns pdb status']),
  ...table('scheduling.k8s.io', 'v1', ['PriorityClass priorityclasses all pc -']),
]

/** The built-in kind of that name; the emulator's own parts name only kinds that exist. */
export const resourceOf = (kind: string): Resource => {
  const found = builtIn.find(resource => resource.kind === kind)
  if (found === undefined) throw new TypeError(`the emulated Kubernetes serves no built-in kind ${kind}`)
  return found
}

/** The kinds that a CustomResourceDefinition adds, one a served version. */
export const customResources = (definition: JsonObject): readonly Resource[] =>
  listAt(definition, 'spec', 'versions')
    .filter(isObject)
    .filter(version => version.served !== false)
    .map(version => ({
      group: textAt(definition, 'spec', 'group'),
      version: textAt(version, 'name'),
      kind: textAt(definition, 'spec', 'names', 'kind'),
      plural: textAt(definition, 'spec', 'names', 'plural'),
      namespaced: textAt(definition, 'spec', 'scope') === 'Namespaced',
      shortNames: [],
      subresources: valueAt(version, ['subresources', 'status']) === undefined ? [] : ['status'],
    }))
