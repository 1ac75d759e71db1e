import { isObject, type JsonObject, valueAt } from '../../core/json.ts'
import type { Observed, Resource } from '../../core/resource.ts'
import type { ClusterName, KubernetesReader } from '../../kubernetes/port.ts'
import {
  clusterAddress,
  clusterFor,
  clusterSpec,
  eachWork,
  identityIn,
  markLabel,
  marksInClusters,
  observeEach,
  partsIn,
} from '../in-cluster.ts'
import { defineKind, text } from '../kind.ts'
import { bareResource } from '../shared/identity.ts'
import { recordedIn } from './annotation.ts'
import { kubernetesSecretRules } from './rules.ts'
import { type KubernetesSecretSettings, kubernetesSecretSettings } from './schema.ts'
import { removeSecret, writeSecret } from './write.ts'

/**
 * A Kubernetes Secret, by the names and versions of what it is made from. The planner sees these versions in an
 * annotation of the namespace, never the Secret.
 */
export const kubernetesSecret = defineKind<KubernetesSecretSettings>({
  kind: 'kubernetes-secret',
  schema: kubernetesSecretSettings,
  rules: kubernetesSecretRules,
  holdsData: false,
  takes: [1, 5],
  reads: [],
  resource: item => {
    const cluster = clusterFor(item, 'kubernetes-secret')
    const { namespace, name = item.name, data, after = [] } = item.settings
    return {
      kind: 'kubernetes-secret',
      name: item.name,
      address: `kubernetes-secret/${item.name}`,
      identity: identityIn(cluster, `namespaces/${namespace}/secrets/${name}`),
      spec: {
        cluster: clusterSpec(cluster),
        project: item.scope.project,
        namespace,
        name,
        type: 'Opaque',
        data: data as unknown as JsonObject,
      },
      dependsOn: [...clusterAddress(item), `namespace/${namespace}`, ...after],
      sources: item.sources,
    }
  },
  observe: (resources, { kubernetes }) => observeEach(resources, kubernetes, look),
  // The planner cannot see its mark: what a record alone names is shown and stays.
  named: identity => {
    const found = partsIn('namespaces/{namespace}/secrets/{name}', identity)
    if (found === undefined) return undefined
    const { namespace = '', name = '' } = found.parts
    return bareResource('kubernetes-secret', name, identity, { cluster: found.cluster, namespace, name })
  },
  marks: (_, { kubernetes }, resources) => marksInClusters(resources, kubernetes, secretMarks),
  // Secrets of one namespace share its annotation.
  lane: spec => `secrets of ${JSON.stringify(spec.cluster)} ${text(spec, 'namespace')}`,
  create: (works, ports) =>
    eachWork(works, async work => {
      await writeSecret(work, ports)
      return {}
    }),
  update: (works, ports) =>
    eachWork(works, async work => {
      await writeSecret(work, ports)
      return {}
    }),
  remove: async (works, ports) => {
    await eachWork(works, async work => {
      await removeSecret(work, ports)
      return {}
    })
  },
})

/** What the annotations name, by the mark of the namespace: the Secrets' own marks cannot be seen. */
const secretMarks = async (
  reader: KubernetesReader,
  cluster: ClusterName,
): Promise<Iterable<readonly [string, string]>> =>
  (await reader.list('/api/v1/namespaces')).flatMap(namespace => {
    const mark = valueAt(namespace, ['metadata', 'labels', markLabel])
    const path = `namespaces/${String(valueAt(namespace, ['metadata', 'name']))}/secrets`
    if (typeof mark !== 'string') return []
    return Object.keys(recordedIn(namespace)).map(
      name => [identityIn(cluster, `${path}/${name}`), mark] as const,
    )
  })

const look = async ({ spec }: Resource, reader: KubernetesReader): Promise<Observed> => {
  const namespaces = await reader.list('/api/v1/namespaces')
  const namespace = namespaces.find(one => valueAt(one, ['metadata', 'name']) === spec.namespace)
  const data = recordedIn(namespace)[text(spec, 'name')]
  if (!isObject(data)) return { state: 'absent' }
  return { state: 'present', spec: { ...spec, data }, outputs: {} }
}
