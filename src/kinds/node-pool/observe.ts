import type { Address, Observed, Resource } from '../../core/resource.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { listOf } from '../shared/codecs.ts'
import type { ApiCluster, ApiNodePool } from '../shared/gke/clusters.ts'
import { observeClusters } from '../shared/gke/observe.ts'
import { poolMark, poolSpecOf } from '../shared/gke/pool-fields.ts'
import { seenInState } from '../shared/gke/state.ts'
import { placeOf, poolName } from './place.ts'

/** Looks at all pools, with one list of clusters a project. */
export const observePools = (
  resources: readonly Resource[],
  gcp: GcpReader,
): Promise<ReadonlyMap<Address, Observed>> => observeClusters(resources, gcp, { placeOf, seen })

const seen = ({ address, spec }: Resource, cluster: ApiCluster): Observed => {
  const pools = listOf(cluster.nodePools) as unknown as readonly ApiNodePool[]
  const pool = pools.find(({ name }) => name === poolName(spec))
  if (pool === undefined) return { state: 'absent' }
  return seenInState(address, 'pool', pool, facts => ({
    state: 'present',
    spec: { ...poolSpecOf(pool), cluster: { ...placeOf(spec) }, name: pool.name },
    mark: poolMark(pool),
    outputs: {},
    ...facts,
  }))
}
