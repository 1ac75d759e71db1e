import type { Outputs } from '../../core/reference.ts'
import type { Gcp } from '../../gcp/port.ts'
import type { Work } from '../kind.ts'
import { unlessThere } from '../shared/calls.ts'
import { listOf } from '../shared/codecs.ts'
import { readPool } from '../shared/gke/clusters.ts'
import { awaitsRight, clusterAtRest, onCluster, poolAtRest } from '../shared/gke/operations.ts'
import { poolBody, poolMark, poolSpecOf } from '../shared/gke/pool-fields.ts'
import { afterRunning, awaitRunning, run } from '../shared/operations.ts'
import { requireNotForeign, requireOurs } from '../shared/ours.ts'
import { inTurns } from '../shared/turns.ts'
import { type LivePool, requestsFor } from './calls.ts'
import { placeOf, poolName } from './place.ts'
import { nodePoolRules } from './rules.ts'

/** Makes a pool, or takes up one that is ours or half made. @throws GcpError, SlipwayError */
export const createPool = async (work: Work, gcp: Gcp): Promise<Outputs> => {
  const [place, name] = [placeOf(work.spec), poolName(work.spec)]
  await awaitRunning(gcp, onCluster(place), work.progress)
  const existing = await readPool(gcp, place, name)
  if (existing === undefined) {
    const cluster = await clusterAtRest(gcp, place)
    work.signal.throwIfAborted()
    const nodePool = poolBody(name, work.spec, Math.max(1, listOf(cluster.locations).length))
    const done = async () => (await readPool(gcp, place, name)) !== undefined
    const waitOut = awaitsRight(work.progress)
    const write = { method: 'POST', below: '/nodePools', body: { nodePool }, done, waitOut } as const
    await unlessThere(() => run(gcp, onCluster(place), write, work.progress))
  } else requireOurs(work, poolMark(existing))
  requireOurs(work, poolMark(await poolAtRest(gcp, place, name)))
  return {}
}

/** Makes the given changes, one request after another, cluster and pool at rest and read anew before each. @throws GcpError, SlipwayError */
export const updatePool = async (work: Work, gcp: Gcp): Promise<Outputs> => {
  const [place, name] = [placeOf(work.spec), poolName(work.spec)]
  await awaitRunning(gcp, onCluster(place), work.progress)
  await inTurns<LivePool>(gcp, work, {
    what: `node pool ${name} of cluster ${place.name}`,
    rules: nodePoolRules,
    read: async () => {
      const cluster = await clusterAtRest(gcp, place)
      return { cluster, pool: await poolAtRest(gcp, place, name) }
    },
    specOf: ({ pool }) => poolSpecOf(pool),
    turns: requestsFor(work.changes).map(({ changes, requests }) => ({
      changes,
      write: async (live, due) => {
        for (const write of requests(live, due)) {
          work.signal.throwIfAborted()
          await run(gcp, onCluster(place), write, work.progress)
          await clusterAtRest(gcp, place)
        }
      },
    })),
  })
  await poolAtRest(gcp, place, name)
  return {}
}

/** Waits until a pool is at rest. @throws GcpError, SlipwayError */
export const settlePool = async (work: Work, gcp: Gcp): Promise<Outputs> => {
  const place = placeOf(work.spec)
  const rest = () => poolAtRest(gcp, place, poolName(work.spec))
  await afterRunning(gcp, onCluster(place), work.progress, rest)
  return {}
}

/** Takes a pool away; one that is gone is fine. @throws GcpError, SlipwayError */
export const removePool = async (work: Work, gcp: Gcp): Promise<void> => {
  const [place, name] = [placeOf(work.spec), poolName(work.spec)]
  await awaitRunning(gcp, onCluster(place), work.progress)
  const existing = await readPool(gcp, place, name)
  if (existing === undefined) return
  requireNotForeign(work, poolMark(existing))
  work.signal.throwIfAborted()
  const done = async () => (await readPool(gcp, place, name)) === undefined
  await run(gcp, onCluster(place), { method: 'DELETE', below: `/nodePools/${name}`, done }, work.progress)
}
