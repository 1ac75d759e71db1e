import type { JsonObject } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { Outputs } from '../../core/reference.ts'
import { afresh } from '../../gcp/container/afresh.ts'
import { type ApiCluster, clustersRead, readCluster } from '../../gcp/container/clusters.ts'
import { objectOf } from '../../gcp/container/codecs.ts'
import { inTurn } from '../../gcp/container/in-turn.ts'
import { awaitRunning, clusterAtRest, run } from '../../gcp/container/operations.ts'
import { type ApplyingPorts, defineKind, type Work } from '../kind.ts'
import { clusterBody, clusterMark, clusterOutputs } from './api.ts'
import { turnsOf } from './calls.ts'
import { observeClusters, placeOf } from './observe.ts'
import { clusterResource, isZone, kind } from './resource.ts'
import { clusterRules } from './rules.ts'
import { type ClusterSettings, clusterSchema } from './schema.ts'

const create = async (work: Work, { gcp }: ApplyingPorts): Promise<Outputs> => {
  const place = placeOf(work.spec)
  const existing = await readCluster(gcp, place)
  if (existing !== undefined) {
    mustBeOurs(work, existing)
    await awaitRunning(gcp, place, work.progress)
  } else {
    const cluster = clusterBody(work.spec, place.name, place.project, zonesOf(work.spec))
    if (work.spec.mode === 'standard' && cluster.nodePools === undefined) throw needsPool(work)
    work.signal.throwIfAborted()
    const path = `/v1/projects/${place.project}/locations/${place.location}/clusters`
    const done = async () => (await readCluster(gcp, place)) !== undefined
    await run(gcp, place, { method: 'POST', path, body: { cluster }, done }, work.progress)
  }
  return clusterOutputs(await clusterAtRest(gcp, place))
}

/** Over how many zones a cluster spreads its nodes before it exists: GKE takes three of a region. */
const zonesOf = ({ nodeLocations, location }: JsonObject): number => {
  const named = Object.keys(objectOf(nodeLocations)).length
  if (named > 0) return named
  return isZone(String(location)) ? 1 : 3
}

const needsPool = ({ address }: Work): SlipwayError =>
  new SlipwayError(
    `${address}: a Standard cluster is made with at least one node pool, and the file has none`,
    {
      advice: 'Add one under `nodePools:`, or say `mode: autopilot`.',
    },
  )

const mustBeOurs = ({ identity, environment }: Work, cluster: ApiCluster): void => {
  const mark = clusterMark(cluster)
  if (mark === environment) return
  const owner = mark === null ? 'bears no mark of Slipway' : `belongs to environment ${mark}`
  throw new SlipwayError(`${identity} exists already and ${owner}`, {
    advice:
      'Plan again: it will be shown as one to adopt. To share it without owning it, say `cluster: {use: NAME}`.',
  })
}

/** One field a request, each waited for, the cluster at rest before and after each. */
const update = async (work: Work, { gcp }: ApplyingPorts): Promise<Outputs> => {
  const place = placeOf(work.spec)
  await awaitRunning(gcp, place, work.progress)
  for (const turn of turnsOf(work.changes, place.project)) {
    await afresh(async () => {
      const live = await clusterAtRest(gcp, place)
      work.signal.throwIfAborted()
      await run(gcp, place, turn(live), work.progress)
    })
  }
  return clusterOutputs(await clusterAtRest(gcp, place))
}

const settle = async (work: Work, { gcp }: ApplyingPorts): Promise<Outputs> => {
  const place = placeOf(work.spec)
  await awaitRunning(gcp, place, work.progress)
  return clusterOutputs(await clusterAtRest(gcp, place))
}

/**
 * Deletes a cluster for a step of a plan. The API has no deletion protection (law 7 and `delete:` stand in front);
 * what bears another environment's mark is never touched.
 */
const remove = async (work: Work, { gcp }: ApplyingPorts): Promise<void> => {
  const place = placeOf(work.spec)
  await awaitRunning(gcp, place, work.progress)
  const existing = await readCluster(gcp, place)
  if (existing === undefined) return
  if (clusterMark(existing) !== null) mustBeOurs(work, existing)
  work.signal.throwIfAborted()
  const done = async () => (await readCluster(gcp, place)) === undefined
  await run(gcp, place, { method: 'DELETE', done }, work.progress)
}

/** A GKE cluster, Standard or Autopilot, zonal or regional (container v1). */
export const cluster = defineKind<ClusterSettings>({
  kind,
  schema: clusterSchema,
  rules: clusterRules,
  holdsData: true,
  takes: [240, 720],
  reads: [clustersRead],
  resource: clusterResource,
  placeholders: {
    endpoint: '192.0.2.1',
    certificateAuthority: 'Y2VydGlmaWNhdGU=',
    dnsEndpoint: 'gke-placeholder.example.com',
    version: '1.33.0-gke.0',
  },
  observe: (resources, { gcp }) => observeClusters(resources, gcp),
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
