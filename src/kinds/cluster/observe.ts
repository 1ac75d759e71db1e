import type { ClusterName } from '../../core/cluster-name.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Address, Observed, Resource } from '../../core/resource.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { text } from '../kind.ts'
import type { ApiCluster } from '../shared/gke/clusters.ts'
import { observeClusters } from '../shared/gke/observe.ts'
import { seenInState } from '../shared/gke/state.ts'
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

const seen = ({ address, spec: wanted }: Resource, cluster: ApiCluster): Observed =>
  seenInState(address, 'cluster', cluster, facts => {
    const spec = clusterSpecOf(cluster, placeOf(wanted).project)
    return {
      state: 'present',
      spec,
      // A cluster that is just being made may not have them yet.
      unknown: ['version', 'network', 'subnetwork'].filter(key => spec[key] === undefined),
      mark: clusterMark(cluster),
      outputs: clusterOutputs(cluster),
      ...(typeof spec.version === 'string' ? { about: `Kubernetes ${spec.version}` } : {}),
      ...facts,
    }
  })
