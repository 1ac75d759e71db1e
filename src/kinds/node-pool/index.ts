import { SlipwayError } from '../../core/problem.ts'
import { defineKind, type Item } from '../kind.ts'
import { each } from '../shared/calls.ts'
import { listOf, objectOf } from '../shared/codecs.ts'
import {
  type ApiCluster,
  type ApiNodePool,
  clusterIdentity,
  clusterLane,
  clustersRead,
  clusterTemplate,
  listClusters,
} from '../shared/gke/clusters.ts'
import { poolMark } from '../shared/gke/pool-fields.ts'
import { poolSpec } from '../shared/gke/pool-settings.ts'
import { bareResource, marksOf, partsOf } from '../shared/identity.ts'
import { observePools } from './observe.ts'
import { placeOf } from './place.ts'
import { nodePoolRules } from './rules.ts'
import { type NodePoolSettings, nodePoolSchema } from './schema.ts'
import { createPool, removePool, settlePool, updatePool } from './write.ts'

const kind = 'node-pool'

const resource = ({ name, settings, scope, sources }: Item<NodePoolSettings>) => {
  const { cluster } = scope
  if (cluster === undefined)
    throw new SlipwayError(`node pool ${name} has no cluster to be in`, {
      advice: 'Name one with `cluster:`.',
    })
  const { address, ...place } = cluster
  return {
    kind,
    name,
    address: `${kind}/${name}`,
    identity: `${clusterIdentity(place)}/nodePools/${name}`,
    spec: { ...poolSpec(settings), cluster: { ...place }, name, mark: scope.environment },
    dependsOn: [...(address === undefined ? [] : [address]), ...(settings.after ?? [])],
    sources,
  }
}

/** Pools of a cluster that somebody made; GKE's own (Autopilot's, auto-provisioned ones) may inherit labels. */
const ownPools = (cluster: ApiCluster) =>
  objectOf(cluster.autopilot).enabled === true
    ? []
    : (listOf(cluster.nodePools) as unknown as readonly ApiNodePool[])
        .filter(({ autoscaling }) => objectOf(autoscaling).autoprovisioned !== true)
        .map(pool => ({ cluster, pool }))

/** A node pool of a GKE Standard cluster (container v1). Its nodes hold no data that Slipway answers for. */
export const nodePool = defineKind<NodePoolSettings>({
  kind,
  schema: nodePoolSchema,
  rules: nodePoolRules,
  holdsData: false,
  takes: [60, 240],
  reads: [clustersRead],
  resource,
  observe: (resources, { gcp }) => observePools(resources, gcp),
  named: identity => {
    const { pool, ...cluster } = partsOf(`${clusterTemplate}/nodePools/{pool}`, identity) ?? {}
    return pool === undefined ? undefined : bareResource(kind, pool, identity, { cluster, name: pool })
  },
  marks: async (project, { gcp }) =>
    marksOf(
      ((await listClusters(gcp, project)).clusters ?? []).flatMap(ownPools),
      ({ cluster: { location, name }, pool }) =>
        `${clusterIdentity({ project, location, name })}/nodePools/${pool.name}`,
      ({ pool }) => poolMark(pool),
    ),
  lane: spec => clusterLane(placeOf(spec)),
  create: (works, { gcp }) => each(works, work => createPool(work, gcp)),
  update: (works, { gcp }) => each(works, work => updatePool(work, gcp)),
  settle: (works, { gcp }) => each(works, work => settlePool(work, gcp)),
  remove: async (works, { gcp }) => {
    await each(works, work => removePool(work, gcp))
  },
})
