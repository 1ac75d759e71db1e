import type { Json } from '../../../src/core/json.ts'
import { createTransport } from '../../../src/kubernetes/transport.ts'
import { createWriting } from '../../../src/kubernetes/writing.ts'
import type { World } from '../world.ts'
import { claimed, keeping, type Row } from './row.ts'

/** A cluster with a namespace, a Secret and a release of the chart `leaky`. */
export const clusterFile = (charts: string): string => `project: acme-ml
location: us-central1-a
services: [compute, container]
cluster: {name: lab, mode: standard, channel: REGULAR}
nodePools:
  main: {machineType: e2-standard-8, diskType: pd-balanced, diskGb: 100, nodes: 1}
namespaces:
  lab:
    labels: {team: ml}
    secrets:
      words:
        data:
          greeting: {from: literal, value: hello}
  web: {}
releases:
  web: {repository: "${charts}", chart: leaky, version: 0.12.2, namespace: web}
`

/** Writes to the cluster as somebody else would. */
export const somebodyIn = ({ cloud }: World) => {
  const cluster = cloud?.clusters.get('lab')
  if (cluster === undefined) throw new Error('there is no cluster lab')
  const endpoint = { url: cluster.url, authority: cluster.caCertificate }
  return createWriting(createTransport({ endpoint, token: async () => 'owner' }))
}

const label =
  (path: string) =>
  async (world: World, environment: string | null): Promise<void> => {
    const labels: Readonly<Record<string, Json>> = { 'slipway.dev/environment': environment }
    await somebodyIn(world).merge(path, { metadata: { labels } })
  }

/** The kinds inside a cluster, in the order in which an environment is taken apart. */
export const clusterRows: readonly Row[] = [
  {
    kind: 'release',
    address: 'release/web',
    identity: 'namespaces/web/releases/web',
    cut: [['releases']],
    mark: label('/apis/coordination.k8s.io/v1/namespaces/web/leases/slipway-web'),
    expected: keeping,
  },
  // The planner sees the namespace's annotation and mark, which is ours all the time here; only apply sees the Secret's.
  {
    kind: 'kubernetes-secret',
    address: 'kubernetes-secret/words',
    identity: 'namespaces/lab/secrets/words',
    cut: [['namespaces', 'lab', 'secrets']],
    expected: { ...claimed, orphan: 'listed', fileless: 'listed' },
  },
  {
    kind: 'namespace',
    address: 'namespace/lab',
    identity: 'k8s/namespaces/lab',
    cut: [['namespaces', 'lab']],
    mark: label('/api/v1/namespaces/lab'),
    expected: keeping,
  },
]
