import { SlipwayError } from '../../core/problem.ts'
import type { Outputs } from '../../core/reference.ts'
import {
  type ApiNodePool,
  type ClusterPlace,
  clusterIdentity,
  clusterPath,
  clustersRead,
  needCluster,
  orAbsent,
} from '../../gcp/container/clusters.ts'
import { listOf } from '../../gcp/container/codecs.ts'
import { inTurn } from '../../gcp/container/in-turn.ts'
import { awaitRunning, clusterAtRest, poolAtRest, run } from '../../gcp/container/operations.ts'
import { poolBody, poolMark } from '../../gcp/container/pool-fields.ts'
import { poolSpec } from '../../gcp/container/pool-settings.ts'
import type { Gcp } from '../../gcp/port.ts'
import { type ApplyingPorts, defineKind, type Item, type Work } from '../kind.ts'
import { turnsOf } from './calls.ts'
import { observePools } from './observe.ts'
import { placeOf, poolName } from './place.ts'
import { nodePoolRules } from './rules.ts'
import { type NodePoolSettings, nodePoolSchema } from './schema.ts'

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

const findPool = (gcp: Gcp, place: ClusterPlace, name: string): Promise<ApiNodePool | undefined> =>
  orAbsent(gcp.get<ApiNodePool>('container', `${clusterPath(place)}/nodePools/${name}`))

const create = async (work: Work, { gcp }: ApplyingPorts): Promise<Outputs> => {
  const [place, name] = [placeOf(work.spec), poolName(work.spec)]
  await awaitRunning(gcp, place, work.progress)
  const existing = await findPool(gcp, place, name)
  if (existing === undefined) {
    const cluster = await clusterAtRest(gcp, place)
    work.signal.throwIfAborted()
    const nodePool = poolBody(name, work.spec, Math.max(1, listOf(cluster.locations).length))
    const done = async () => (await findPool(gcp, place, name)) !== undefined
    await run(gcp, place, { method: 'POST', below: '/nodePools', body: { nodePool }, done }, work.progress)
  } else mustBeOurs(work, poolMark(existing))
  await poolAtRest(gcp, place, name)
  return {}
}

const mustBeOurs = ({ identity, environment }: Work, mark: string | null): void => {
  if (mark === environment) return
  const owner = mark === null ? 'bears no mark of Slipway' : `belongs to environment ${mark}`
  throw new SlipwayError(`${identity} exists already and ${owner}`, {
    advice: 'Plan again: it will be shown as one to adopt, or as one that is somebody else’s.',
  })
}

const update = async (work: Work, { gcp }: ApplyingPorts): Promise<Outputs> => {
  const [place, name] = [placeOf(work.spec), poolName(work.spec)]
  await awaitRunning(gcp, place, work.progress)
  for (const turn of turnsOf(work.changes)) {
    await clusterAtRest(gcp, place)
    for (const write of turn(await poolAtRest(gcp, place, name))) {
      work.signal.throwIfAborted()
      await run(gcp, place, write, work.progress)
      await clusterAtRest(gcp, place)
    }
  }
  await poolAtRest(gcp, place, name)
  return {}
}

const settle = async (work: Work, { gcp }: ApplyingPorts): Promise<Outputs> => {
  const place = placeOf(work.spec)
  await awaitRunning(gcp, place, work.progress)
  await needCluster(gcp, place)
  await poolAtRest(gcp, place, poolName(work.spec))
  return {}
}

const remove = async (work: Work, { gcp }: ApplyingPorts): Promise<void> => {
  const [place, name] = [placeOf(work.spec), poolName(work.spec)]
  await awaitRunning(gcp, place, work.progress)
  const existing = await findPool(gcp, place, name)
  if (existing === undefined) return
  const mark = poolMark(existing)
  if (mark !== null) mustBeOurs(work, mark)
  work.signal.throwIfAborted()
  const done = async () => (await findPool(gcp, place, name)) === undefined
  await run(gcp, place, { method: 'DELETE', below: `/nodePools/${name}`, done }, work.progress)
}

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
  lane: spec => {
    const { project, location, name } = placeOf(spec)
    return `gke ${project}/${location}/${name}`
  },
  create: (works, ports) => inTurn(works, work => create(work, ports)),
  update: (works, ports) => inTurn(works, work => update(work, ports)),
  settle: (works, ports) => inTurn(works, work => settle(work, ports)),
  remove: async (works, ports) => {
    await inTurn(works, work => remove(work, ports))
  },
})
