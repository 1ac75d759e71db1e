import type { JsonObject } from '../../core/json.ts'
import type { Address, Observed, Resource } from '../../core/resource.ts'
import {
  type ApiCluster,
  type ClusterPlace,
  conditionsOf,
  findCluster,
  isUnknown,
  lookedAt,
} from '../../gcp/container/clusters.ts'
import { unknown, unseen } from '../../gcp/container/look.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { text } from '../kind.ts'
import { clusterMark, clusterOutputs, clusterSpecOf } from './api.ts'

/** The cluster that a spec names. */
export const placeOf = (spec: JsonObject): ClusterPlace => ({
  project: text(spec, 'project'),
  location: text(spec, 'location'),
  name: text(spec, 'name'),
})

/** Looks at all clusters, with one list a project. */
export const observeClusters = async (
  resources: readonly Resource[],
  gcp: GcpReader,
): Promise<ReadonlyMap<Address, Observed>> =>
  new Map(
    await Promise.all(
      resources.map(async ({ address, spec }) => [address, await observeOne(placeOf(spec), gcp)] as const),
    ),
  )

const observeOne = async (place: ClusterPlace, gcp: GcpReader): Promise<Observed> => {
  try {
    const cluster = await findCluster(gcp, place)
    if (cluster === undefined) return { state: 'absent' }
    return isUnknown(cluster) ? cluster : seen(place, cluster)
  } catch (error) {
    return unseen(error, lookedAt(place))
  }
}

const seen = (place: ClusterPlace, cluster: ApiCluster): Observed => {
  const what = `cluster ${place.name} in ${place.location}`
  const version = String(cluster.currentMasterVersion ?? '')
  switch (cluster.status) {
    case 'ERROR':
      return unknown(
        `${what} is in state ERROR and cannot be used: ${conditionsOf(cluster)}`,
        'Deal with the reason; where the cluster never came up, delete it in the Google Cloud console and run again.',
      )
    case 'STOPPING':
      return unknown(`${what} is being deleted.`, 'Run again when it is gone.')
    case 'PROVISIONING':
      return present(place, cluster, { settling: 'being created' })
    case 'RECONCILING':
      return present(place, cluster, { settling: 'being changed' })
    case 'DEGRADED':
      return present(place, cluster, { about: `DEGRADED: ${conditionsOf(cluster)}` })
    default:
      return present(place, cluster, version === '' ? {} : { about: `Kubernetes ${version}` })
  }
}

const present = (
  { project }: ClusterPlace,
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
