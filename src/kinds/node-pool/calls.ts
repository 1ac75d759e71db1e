import { type Json, type JsonObject, valueAt } from '../../core/json.ts'
import { listOf, objectOf } from '../shared/codecs.ts'
import { type Edit, edited, type Field, toApi, touched } from '../shared/fields.ts'
import { callsFor, type Call as LiveCall, type Turn as LiveTurn } from '../shared/gke/calls.ts'
import type { ApiNodePool } from '../shared/gke/clusters.ts'
import { sentLabels } from '../shared/gke/labels.ts'
import { poolFields, poolSpecOf } from '../shared/gke/pool-fields.ts'
import type { SiteWrite } from '../shared/operations.ts'

type Turn = LiveTurn<ApiNodePool>
type Call = LiveCall<ApiNodePool>

/** PUT nodePools/N with one member (container v1, UpdateNodePoolRequest). */
const put = (settings: readonly string[], body: (turn: Turn) => JsonObject): Call => ({
  settings,
  request: turn => ({ method: 'PUT', below: `/nodePools/${turn.live.name}`, body: body(turn) }),
})

const config = ({ body }: Turn, key: string): Json => valueAt(body, ['config', key]) ?? {}

const sameName = (setting: string, member: string): Call =>
  put([setting], turn => ({ [member]: config(turn, member) }))

/** The cluster's PUT names the pool (container v1, ClusterUpdate.desiredNodePoolId), as gcloud does. */
const autoscaling = (pool: ApiNodePool, desiredNodePoolAutoscaling: Json): SiteWrite => ({
  method: 'PUT',
  body: { update: { desiredNodePoolId: pool.name, desiredNodePoolAutoscaling } },
})

const machine = ({ body }: Turn): JsonObject => {
  const { machineType, diskType, diskSizeGb } = objectOf(body.config)
  return {
    ...(machineType === undefined ? {} : { machineType }),
    ...(diskType === undefined ? {} : { diskType }),
    ...(diskSizeGb === undefined ? {} : { diskSizeGb: String(diskSizeGb) }),
  }
}

const management: Call = {
  settings: ['autoRepair', 'autoUpgrade'],
  request: ({ live, body }) => ({
    method: 'POST',
    below: `/nodePools/${live.name}:setManagement`,
    body: { management: body.management ?? {} },
  }),
}

const cloudLabels = ({ live, edits }: Turn): JsonObject => ({
  resourceLabels: { labels: sentLabels(objectOf(live.config).resourceLabels, edits, 'cloudLabels') },
})

/** In the order in which they are sent: what only describes first, what moves pods last. */
const calls: readonly Call[] = [
  put(['cloudLabels', 'mark'], cloudLabels),
  management,
  put(['upgrade'], ({ body }) => ({ upgradeSettings: body.upgradeSettings ?? {} })),
  put(['respectDisruptionBudgets'], ({ body }) => ({ nodeDrainConfig: body.nodeDrainConfig ?? {} })),
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

/** A fixed count: the autoscaler is switched off first where it runs, or it would move the count again. */
const resize = (pool: ApiNodePool, nodeCount: Json): readonly SiteWrite[] => [
  ...(objectOf(pool.autoscaling).enabled === true ? [autoscaling(pool, { enabled: false })] : []),
  { method: 'POST', below: `/nodePools/${pool.name}:setSize`, body: { nodeCount } },
]

/** The groups of changes that are sent one after another, each by the pool as it is then. */
export const turnsOf = (edits: readonly Edit[]): readonly ((pool: ApiNodePool) => readonly SiteWrite[])[] => {
  const count = edits.find(({ path }) => path[0] === 'nodes')?.to
  const resizing = count === undefined ? [] : [(pool: ApiNodePool) => resize(pool, count)]
  const others = callsFor(calls, edits).map(({ request }) => (pool: ApiNodePool) => [
    request(turnOf(pool, edits)),
  ])
  return [...resizing, ...others]
}

/** Fields that are sent even if only a neighbour changed, since their message is taken whole. */
const whole: readonly string[] = ['autoRepair', 'autoUpgrade', 'upgrade', 'autoscaling']

const turnOf = (pool: ApiNodePool, edits: readonly Edit[]): Turn => {
  const target = edited(poolSpecOf(pool), edits)
  const changed = new Set<Field>(touched(poolFields, edits))
  const sent = poolFields.filter(item => changed.has(item) || whole.includes(item.spec[0] ?? ''))
  return { live: pool, edits, target, body: toApi(sent, target) }
}
