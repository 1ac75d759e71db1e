import type { ClusterName } from '../../core/cluster-name.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Address, Observed, Resource } from '../../core/resource.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { text } from '../kind.ts'
import type { ApiCluster } from '../shared/gke/clusters.ts'
import { observeClusters } from '../shared/gke/observe.ts'
import { conditionsOf } from '../shared/gke/operations.ts'
import { unknown } from '../shared/unseen.ts'
import { clusterMark, clusterOutputs, clusterSpecOf } from './api.ts'

/** The cluster that a spec names. */
export const placeOf = (spec: JsonObject): ClusterName => ({
  project: text(spec, 'project'),
  location: text(spec, 'location'),
  name: text(spec, 'name'),
})

/** Looks at all clusters, with one list a project. */
export const observeAll = (
  resources: readonly Resource[],
  gcp: GcpReader,
): Promise<ReadonlyMap<Address, Observed>> => observeClusters(resources, gcp, { placeOf, seen })

const seen = ({ address, spec }: Resource, cluster: ApiCluster): Observed => {
  const { project } = placeOf(spec)
  const version = String(cluster.currentMasterVersion ?? '')
  switch (cluster.status) {
    case 'ERROR':
      return unknown(
        `${address} cannot be used: the cluster is in state ERROR: ${conditionsOf(cluster)}`,
        'Deal with the reason; where the cluster never came up, delete it in the Google Cloud console and run again.',
      )
    case 'STOPPING':
      return unknown(`${address} cannot be used: the cluster is being deleted.`, 'Run again when it is gone.')
    case 'PROVISIONING':
      return present(project, cluster, { settling: 'being created' })
    case 'RECONCILING':
      return present(project, cluster, { settling: 'being changed' })
    case 'DEGRADED':
      return present(project, cluster, { about: `DEGRADED: ${conditionsOf(cluster)}` })
    default:
      return present(project, cluster, version === '' ? {} : { about: `Kubernetes ${version}` })
  }
}

const present = (
  project: string,
  cluster: ApiCluster,
  more: { readonly settling?: string; readonly about?: string },
): Observed => {
  const spec = clusterSpecOf(cluster, project)
  return {
    state: 'present',
    spec,
    // A cluster that is just being made may not have them yet.
    unknown: ['version', 'network', 'subnetwork'].filter(key => spec[key] === undefined),
    mark: clusterMark(cluster),
    outputs: clusterOutputs(cluster),
    ...more,
  }
}
