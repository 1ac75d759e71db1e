import type { ClusterName } from '../../../core/cluster-name.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Address, Observed, Resource } from '../../../core/resource.ts'
import type { GcpReader } from '../../../gcp/port.ts'
import { observeGroups } from '../observe-groups.ts'
import { silent, unseen } from '../unseen.ts'
import { type ApiCluster, listClusters } from './clusters.ts'

/** How a kind finds itself in a cluster. */
export interface LookInCluster {
  /** The cluster that a spec names. */
  readonly placeOf: (spec: JsonObject) => ClusterName
  /** What a cluster that is there says of a resource. */
  readonly seen: (resource: Resource, cluster: ApiCluster) => Observed
}

/**
 * Looks at clusters or what is in them, with one list a project. Where there is no cluster there is nothing in it;
 * where its location did not answer, nobody knows.
 */
export const observeClusters = (
  resources: readonly Resource[],
  gcp: GcpReader,
  { placeOf, seen }: LookInCluster,
): Promise<ReadonlyMap<Address, Observed>> =>
  observeGroups(resources, {
    group: ({ spec }) => placeOf(spec).project,
    read: ({ spec }) => listClusters(gcp, placeOf(spec).project),
    one: (resource, { clusters = [], missingZones = [] }) => {
      const { name, location } = placeOf(resource.spec)
      const cluster = clusters.find(found => found.name === name && found.location === location)
      if (cluster !== undefined) return seen(resource, cluster)
      const zones = missingZones.filter(zone => mayHold(zone, location))
      return zones.length === 0 ? { state: 'absent' } : silent(resource.address, 'GKE', zones)
    },
    missed: ({ address, spec }, error) =>
      unseen(error, {
        address,
        project: placeOf(spec).project,
        permission: 'container.clusters.list',
        role: 'roles/container.viewer',
      }),
  })

/** A region answers for its zones and the other way round. */
const mayHold = (zone: string, location: string): boolean =>
  zone === location || zone.startsWith(`${location}-`) || location.startsWith(`${zone}-`)
