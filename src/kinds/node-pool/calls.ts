import { type Json, type JsonObject, valueAt } from '../../core/json.ts'
import { listOf, objectOf } from '../shared/codecs.ts'
import { type Edit, edited, type Field, toApi, touched } from '../shared/fields.ts'
import { callsFor, etagOf, type Call as LiveCall, type Turn as LiveTurn } from '../shared/gke/calls.ts'
import type { ApiCluster, ApiNodePool } from '../shared/gke/clusters.ts'
import { sentLabels } from '../shared/gke/labels.ts'
import { poolFields, poolSpecOf } from '../shared/gke/pool-fields.ts'
import type { SiteWrite } from '../shared/operations.ts'

/** A pool as it is now, and its cluster, read before it: a cluster's etag moves with its pools. */
export interface LivePool {
  readonly cluster: ApiCluster
  readonly pool: ApiNodePool
}

type Turn = LiveTurn<LivePool>
type Call = LiveCall<LivePool>

/** Requests that are sent one after another, and the changes that they are for. */
export interface Requests<E extends Edit> {
  readonly changes: readonly E[]
  readonly requests: (live: LivePool, due: readonly Edit[]) => readonly SiteWrite[]
}

/** PUT nodePools/N with one member, under the pool's etag (container v1, UpdateNodePoolRequest). */
const put = (settings: readonly string[], body: (turn: Turn) => JsonObject): Call => ({
  settings,
  request: turn => ({
    method: 'PUT',
    below: `/nodePools/${turn.live.pool.name}`,
    body: { ...body(turn), ...etagOf(turn.live.pool) },
  }),
})

const config = ({ body }: Turn, key: string): Json => valueAt(body, ['config', key]) ?? {}

const sameName = (setting: string, member: string): Call =>
  put([setting], turn => ({ [member]: config(turn, member) }))

/**
 * The cluster's PUT names the pool (container v1, ClusterUpdate.desiredNodePoolId), as gcloud does, so the cluster's
 * etag belongs to it.
 */
const autoscaling = ({ cluster, pool }: LivePool, desiredNodePoolAutoscaling: Json): SiteWrite => ({
  method: 'PUT',
  body: { update: { desiredNodePoolId: pool.name, desiredNodePoolAutoscaling, ...etagOf(cluster) } },
})

const machine = ({ body }: Turn): JsonObject => {
  const { machineType, diskType, diskSizeGb } = objectOf(body.config)
  return {
    ...(machineType === undefined ? {} : { machineType }),
    ...(diskType === undefined ? {} : { diskType }),
    ...(diskSizeGb === undefined ? {} : { diskSizeGb: String(diskSizeGb) }),
  }
}

/** :setManagement takes the whole message, and no precondition (container v1, SetNodePoolManagementRequest). */
const management: Call = {
  settings: ['autoRepair', 'autoUpgrade'],
  request: ({ live, body }) => ({
    method: 'POST',
    below: `/nodePools/${live.pool.name}:setManagement`,
    body: { management: body.management ?? {} },
  }),
}

/** Taken whole, as gcloud sends it; what the file cannot say of a strategy goes back for as long as it is the strategy. */
const upgrade = ({ live, body }: Turn): JsonObject => {
  const { blueGreenSettings, ...others } = objectOf(live.pool.upgradeSettings)
  const sent = { ...others, ...objectOf(body.upgradeSettings) }
  const kept = sent.strategy === 'BLUE_GREEN' && blueGreenSettings !== undefined ? { blueGreenSettings } : {}
  return { upgradeSettings: { ...sent, ...kept } }
}

const cloudLabels = ({ live, edits }: Turn): JsonObject => ({
  resourceLabels: { labels: sentLabels(objectOf(live.pool.config).resourceLabels, edits, 'cloudLabels') },
})

/** In the order in which they are sent: what only describes first, what moves pods last. */
const calls: readonly Call[] = [
  put(['cloudLabels', 'mark'], cloudLabels),
  management,
  put(['upgrade'], upgrade),
  put(['respectDisruptionBudgets'], ({ live, body }) => ({
    nodeDrainConfig: { ...objectOf(live.pool.nodeDrainConfig), ...objectOf(body.nodeDrainConfig) },
  })),
  put(['labels'], turn => ({ labels: { labels: config(turn, 'labels') } })),
  put(['taints'], turn => ({ taints: { taints: listOf(config(turn, 'taints')) } })),
  put(['tags'], turn => ({ tags: { tags: listOf(config(turn, 'tags')) } })),
  { settings: ['autoscaling'], request: ({ live, body }) => autoscaling(live, body.autoscaling ?? {}) },
  put(['version'], ({ target }) => ({ nodeVersion: target.version ?? '-' })),
  put(['zones'], ({ body }) => ({ locations: body.locations ?? [] })),
  put(['machineType', 'diskType', 'diskGb'], machine),
  put(['imageType'], turn => ({ imageType: config(turn, 'imageType') })),
  sameName('workloadMetadata', 'workloadMetadataConfig'),
  put(['privateNodes'], ({ target }) => ({
    nodeNetworkConfig: { enablePrivateNodes: target.privateNodes ?? false },
  })),
  sameName('imageStreaming', 'gcfsConfig'),
  sameName('gvnic', 'gvnic'),
  sameName('fastSocket', 'fastSocket'),
  put(['confidential'], turn => ({ confidentialNodes: config(turn, 'confidentialNodes') })),
  sameName('loggingVariant', 'loggingConfig'),
  sameName('kubelet', 'kubeletConfig'),
  sameName('linux', 'linuxNodeConfig'),
  sameName('containerd', 'containerdConfig'),
]

/**
 * A fixed count: the autoscaler is switched off first where it runs, or it would move the count again. :setSize takes no
 * precondition (container v1, SetNodePoolSizeRequest).
 */
const resize = (live: LivePool, nodeCount: Json): readonly SiteWrite[] => [
  ...(objectOf(live.pool.autoscaling).enabled === true ? [autoscaling(live, { enabled: false })] : []),
  { method: 'POST', below: `/nodePools/${live.pool.name}:setSize`, body: { nodeCount } },
]

/** The requests for a set of changes, each with its part of them, made from the pool as it is when its turn comes. */
export const requestsFor = <E extends Edit>(changes: readonly E[]): readonly Requests<E>[] => {
  const counts = changes.filter(({ path }) => path[0] === 'nodes')
  const count = counts[0]?.to
  const others = callsFor(calls, changes).map(({ changes: own, request }) => ({
    changes: own,
    requests: (live: LivePool, due: readonly Edit[]) => [request(turnOf(live, due))],
  }))
  if (count === undefined) return others
  return [{ changes: counts, requests: (live: LivePool) => resize(live, count) }, ...others]
}

/** Fields that are sent even if only a neighbour changed, since their message is taken whole. */
const whole: readonly string[] = ['autoRepair', 'autoUpgrade', 'upgrade', 'autoscaling']

const turnOf = (live: LivePool, edits: readonly Edit[]): Turn => {
  const target = edited(poolSpecOf(live.pool), edits)
  const changed = new Set<Field>(touched(poolFields, edits))
  const sent = poolFields.filter(item => changed.has(item) || whole.includes(item.spec[0] ?? ''))
  return { live, edits, target, body: toApi(sent, target) }
}
