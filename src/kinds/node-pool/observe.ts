import type { JsonObject } from '../../core/json.ts'
import type { Address, Observed, Resource } from '../../core/resource.ts'
import {
  type ApiNodePool,
  type ClusterPlace,
  conditionsOf,
  findCluster,
  isUnknown,
  lookedAt,
} from '../../gcp/container/clusters.ts'
import { listOf } from '../../gcp/container/codecs.ts'
import { unknown, unseen } from '../../gcp/container/look.ts'
import { poolMark, poolSpecOf } from '../../gcp/container/pool-fields.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { placeOf, poolName } from './place.ts'

/** Looks at all pools, with one list of clusters a project. */
export const observePools = async (
  resources: readonly Resource[],
  gcp: GcpReader,
): Promise<ReadonlyMap<Address, Observed>> =>
  new Map(
    await Promise.all(
      resources.map(async ({ address, spec }) => [address, await observeOne(spec, gcp)] as const),
    ),
  )

const observeOne = async (spec: JsonObject, gcp: GcpReader): Promise<Observed> => {
  const place = placeOf(spec)
  try {
    const cluster = await findCluster(gcp, place)
    if (cluster === undefined) return { state: 'absent' }
    if (isUnknown(cluster)) return cluster
    const pools = listOf(cluster.nodePools) as unknown as readonly ApiNodePool[]
    const pool = pools.find(({ name }) => name === poolName(spec))
    return pool === undefined ? { state: 'absent' } : seen(place, pool)
  } catch (error) {
    return unseen(error, lookedAt(place))
  }
}

const seen = (place: ClusterPlace, pool: ApiNodePool): Observed => {
  const what = `node pool ${pool.name} of cluster ${place.name}`
  switch (pool.status) {
    case 'ERROR':
      return unknown(
        `${what} is in state ERROR: ${conditionsOf(pool)}`,
        'Delete the pool in the Google Cloud console once its reason is dealt with; the next run makes it anew.',
      )
    case 'STOPPING':
      return unknown(`${what} is being deleted.`, 'Run again when it is gone.')
    case 'PROVISIONING':
      return present(place, pool, { settling: 'being created' })
    case 'RECONCILING':
      return present(place, pool, { settling: 'being changed' })
    case 'RUNNING_WITH_ERROR':
      return present(place, pool, { about: `runs with errors: ${conditionsOf(pool)}` })
    default:
      return present(place, pool, {})
  }
}

const present = (
  cluster: ClusterPlace,
  pool: ApiNodePool,
  more: { readonly settling?: string; readonly about?: string },
): Observed => ({
  state: 'present',
  spec: { ...poolSpecOf(pool), cluster: { ...cluster }, name: pool.name },
  mark: poolMark(pool),
  outputs: {},
  ...more,
})
