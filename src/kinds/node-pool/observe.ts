import type { Address, Observed, Resource } from '../../core/resource.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { listOf } from '../shared/codecs.ts'
import type { ApiCluster, ApiNodePool } from '../shared/gke/clusters.ts'
import { observeClusters } from '../shared/gke/observe.ts'
import { conditionsOf } from '../shared/gke/operations.ts'
import { poolMark, poolSpecOf } from '../shared/gke/pool-fields.ts'
import { unknown } from '../shared/unseen.ts'
import { placeOf, poolName } from './place.ts'

/** Looks at all pools, with one list of clusters a project. */
export const observePools = (
  resources: readonly Resource[],
  gcp: GcpReader,
): Promise<ReadonlyMap<Address, Observed>> => observeClusters(resources, gcp, { placeOf, seen })

const seen = (resource: Resource, cluster: ApiCluster): Observed => {
  const pools = listOf(cluster.nodePools) as unknown as readonly ApiNodePool[]
  const pool = pools.find(({ name }) => name === poolName(resource.spec))
  if (pool === undefined) return { state: 'absent' }
  const { address } = resource
  switch (pool.status) {
    case 'ERROR':
      return unknown(
        `${address} cannot be used: the pool is in state ERROR: ${conditionsOf(pool)}`,
        'Delete the pool in the Google Cloud console once its reason is dealt with; the next run makes it anew.',
      )
    case 'STOPPING':
      return unknown(`${address} cannot be used: the pool is being deleted.`, 'Run again when it is gone.')
    case 'PROVISIONING':
      return present(resource, pool, { settling: 'being created' })
    case 'RECONCILING':
      return present(resource, pool, { settling: 'being changed' })
    case 'RUNNING_WITH_ERROR':
      return present(resource, pool, { about: `runs with errors: ${conditionsOf(pool)}` })
    default:
      return present(resource, pool, {})
  }
}

const present = (
  { spec }: Resource,
  pool: ApiNodePool,
  more: { readonly settling?: string; readonly about?: string },
): Observed => ({
  state: 'present',
  spec: { ...poolSpecOf(pool), cluster: { ...placeOf(spec) }, name: pool.name },
  mark: poolMark(pool),
  outputs: {},
  ...more,
})
