import type { JsonObject } from '../../core/json.ts'
import type { Outputs } from '../../core/reference.ts'
import type { Gcp } from '../../gcp/port.ts'
import type { Work } from '../kind.ts'
import { unlessThere } from '../shared/calls.ts'
import { objectOf } from '../shared/codecs.ts'
import { type ApiCluster, needCluster, readCluster } from '../shared/gke/clusters.ts'
import { awaitsRight, clusterAtRest, onCluster } from '../shared/gke/operations.ts'
import { afterRunning, awaitRunning, run } from '../shared/operations.ts'
import { requireNotForeign, requireOurs } from '../shared/ours.ts'
import { isZone } from '../shared/places.ts'
import { inTurns } from '../shared/turns.ts'
import { clusterBody, clusterMark, clusterOutputs, clusterSpecOf } from './api.ts'
import { requestsFor } from './calls.ts'
import { placeOf } from './observe.ts'
import { clusterRules } from './rules.ts'

/** Makes a cluster, or takes up one that is ours or half made. @throws GcpError, SlipwayError */
export const createCluster = async (work: Work, gcp: Gcp): Promise<Outputs> => {
  const place = placeOf(work.spec)
  const existing = await readCluster(gcp, place)
  if (existing === undefined) {
    const cluster = clusterBody(work.spec, place.name, place.project, zonesOf(work.spec))
    work.signal.throwIfAborted()
    const done = async () => (await readCluster(gcp, place)) !== undefined
    const waitOut = awaitsRight(work.progress)
    const write = { method: 'POST', makes: true, body: { cluster }, done, waitOut } as const
    await unlessThere(() => run(gcp, onCluster(place), write, work.progress))
    requireOurs(work, clusterMark(await needCluster(gcp, place)))
    return clusterOutputs(await clusterAtRest(gcp, place))
  }
  requireOurs(work, clusterMark(existing))
  return settleCluster(work, gcp)
}

/** Over how many zones a cluster spreads its nodes before it exists: GKE takes three of a region. */
const zonesOf = ({ nodeLocations, location }: JsonObject): number => {
  const named = Object.keys(objectOf(nodeLocations)).length
  if (named > 0) return named
  return isZone(String(location)) ? 1 : 3
}

/**
 * Makes the given changes: one field a request, each waited for, the cluster at rest before and after each, and read
 * before it. @throws GcpError, SlipwayError
 */
export const updateCluster = async (work: Work, gcp: Gcp): Promise<Outputs> => {
  const place = placeOf(work.spec)
  await awaitRunning(gcp, onCluster(place), work.progress)
  await inTurns<ApiCluster>(gcp, work, {
    what: `cluster ${place.name}`,
    rules: clusterRules,
    read: () => clusterAtRest(gcp, place),
    specOf: live => clusterSpecOf(live, place.project),
    turns: requestsFor(work.changes, place.project).map(({ changes, request }) => ({
      changes,
      write: (live, due) => run(gcp, onCluster(place), request(live, due), work.progress),
    })),
  })
  return clusterOutputs(await clusterAtRest(gcp, place))
}

/** Waits until a cluster is at rest. @throws GcpError, SlipwayError */
export const settleCluster = async (work: Work, gcp: Gcp): Promise<Outputs> => {
  const place = placeOf(work.spec)
  const rest = () => clusterAtRest(gcp, place)
  return clusterOutputs(await afterRunning(gcp, onCluster(place), work.progress, rest))
}

/**
 * Deletes a cluster for a step of a plan. The API has no deletion protection (law 7 and `delete:` stand in front);
 * what bears another environment's mark is never touched. @throws GcpError, SlipwayError
 */
export const removeCluster = async (work: Work, gcp: Gcp): Promise<void> => {
  const place = placeOf(work.spec)
  await awaitRunning(gcp, onCluster(place), work.progress)
  const existing = await readCluster(gcp, place)
  if (existing === undefined) return
  requireNotForeign(work, clusterMark(existing))
  work.signal.throwIfAborted()
  const done = async () => (await readCluster(gcp, place)) === undefined
  await run(gcp, onCluster(place), { method: 'DELETE', done }, work.progress)
}
