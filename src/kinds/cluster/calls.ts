import { isObject, type JsonObject, valueAt, withValueAt } from '../../core/json.ts'
import { objectOf } from '../shared/codecs.ts'
import { type Edit, edited, toApi, touched } from '../shared/fields.ts'
import { callsFor, etagOf, type Call as LiveCall, type Turn as LiveTurn } from '../shared/gke/calls.ts'
import type { ApiCluster } from '../shared/gke/clusters.ts'
import { sentLabels } from '../shared/gke/labels.ts'
import type { SiteWrite } from '../shared/operations.ts'
import { clusterFields, clusterSpecOf } from './api.ts'
import { everything } from './codecs.ts'
import { changedWindow } from './maintenance.ts'

type Turn = LiveTurn<ApiCluster>
type Call = LiveCall<ApiCluster>

/** One request, and the changes that it is for. */
export interface Request<E extends Edit> {
  readonly changes: readonly E[]
  readonly request: (live: ApiCluster, due: readonly Edit[]) => SiteWrite
}

/** PUT of one `desired…` field under the cluster's etag (container v1, ClusterUpdate: one field a request). */
const desired = (settings: readonly string[], update: (turn: Turn) => JsonObject): Call => ({
  settings,
  request: turn => ({ method: 'PUT', body: { update: { ...update(turn), ...etagOf(turn.live) } } }),
})

/** A message of the cluster under its `desired…` name, with the touched members only. */
const touchedOnly = (settings: readonly string[], member: string): Call =>
  desired(settings, ({ body }) => ({ [desiredName(member)]: body[member] ?? {} }))

/** A message that the API takes whole: what is live, with the touched members changed. */
const whole = (settings: readonly string[], member: string, name = desiredName(member)): Call =>
  desired(settings, ({ live, body }) => ({
    [name]: merged(objectOf(live[member]), objectOf(body[member])),
  }))

/** A scalar below networkConfig that has a `desired…` field of its own. */
const ofNetwork = (settings: readonly string[], name: string, member: string): Call =>
  desired(settings, ({ body }) => ({ [name]: valueAt(body, ['networkConfig', member]) ?? {} }))

const wrapped = (setting: string, name: string): Call =>
  desired([setting], ({ target }) => ({ [name]: { enabled: target[setting] ?? false } }))

const desiredName = (member: string): string => `desired${member.charAt(0).toUpperCase()}${member.slice(1)}`

const merged = (live: JsonObject, change: JsonObject): JsonObject => {
  const members = Object.entries(change).map(([key, value]) => {
    const old = live[key]
    return [key, isObject(value) && isObject(old) ? merged(old, value) : value] as const
  })
  return { ...live, ...Object.fromEntries(members) }
}

/**
 * :setMaintenancePolicy takes the whole policy, with the version of the one that it replaces: what the file cannot say
 * of it (a disruption budget) goes back as it is.
 */
const maintenance: Call = {
  settings: ['maintenance'],
  request: ({ live, edits, target }) => {
    const policy = objectOf(live.maintenancePolicy)
    const sent = toApi(clusterFields(''), { maintenance: target.maintenance ?? {} })
    const wanted = objectOf(valueAt(sent, ['maintenancePolicy', 'window']))
    const window = changedWindow(objectOf(policy.window), wanted, edits)
    return {
      method: 'POST',
      below: ':setMaintenancePolicy',
      body: { maintenancePolicy: { ...policy, window } },
    }
  },
}

/** :setResourceLabels takes the whole map and the fingerprint of the one that it replaces. */
const labels: Call = {
  settings: ['labels', 'mark'],
  request: ({ live, edits }) => ({
    method: 'POST',
    below: ':setResourceLabels',
    body: {
      resourceLabels: sentLabels(live.resourceLabels, edits, 'labels'),
      labelFingerprint: live.labelFingerprint ?? '',
    },
  }),
}

const networksPath = ['controlPlaneEndpointsConfig', 'ipEndpointsConfig', 'authorizedNetworksConfig']

/** The authorised networks are a message of their own: what the file cannot say of them goes back as it is. */
const endpoints: Call = desired(
  ['dnsEndpoint', 'ipEndpoint', 'publicEndpoint', 'globalAccess', 'authorizedNetworks'],
  ({ live, body }) => {
    const networks = valueAt(body, networksPath)
    const kept = { ...objectOf(valueAt(live, networksPath)), ...objectOf(networks) }
    const sent = networks === undefined ? body : withValueAt(body, networksPath, kept)
    return { desiredControlPlaneEndpointsConfig: sent.controlPlaneEndpointsConfig ?? {} }
  },
)

const dnsPath = ['networkConfig', 'dnsConfig']

/** Taken whole: what is not changed goes with it. Scope and domain are Cloud DNS's only (container v1, DNSConfig). */
const dns: Call = desired(['dns'], ({ live, body }) => {
  const sent = merged(objectOf(valueAt(live, dnsPath)), objectOf(valueAt(body, dnsPath)))
  const { clusterDns = 'PLATFORM_DEFAULT' } = sent
  return { desiredDnsConfig: clusterDns === 'CLOUD_DNS' ? sent : { clusterDns } }
})

/** In the order that works: version, channel, identity and endpoints, add-ons, logging, the rest, zones, labels. */
const calls: readonly Call[] = [
  desired(['version'], ({ target }) => ({ desiredMasterVersion: target.version ?? '-' })),
  touchedOnly(['channel'], 'releaseChannel'),
  touchedOnly(['workloadIdentity'], 'workloadIdentityConfig'),
  endpoints,
  desired(['privateNodes'], ({ target }) => ({
    desiredDefaultEnablePrivateNodes: target.privateNodes ?? false,
  })),
  touchedOnly(['addons'], 'addonsConfig'),
  whole(['logging'], 'loggingConfig'),
  whole(['monitoring'], 'monitoringConfig'),
  whole(['autoscalingProfile', 'autoprovisioning'], 'autoscaling', 'desiredClusterAutoscaling'),
  touchedOnly(['verticalPodAutoscaling'], 'verticalPodAutoscaling'),
  touchedOnly(['shieldedNodes'], 'shieldedNodes'),
  touchedOnly(['securityPosture', 'vulnerabilityScanning'], 'securityPostureConfig'),
  touchedOnly(['binaryAuthorization'], 'binaryAuthorization'),
  desired(['encryptionKey'], ({ live, body }) => ({
    desiredDatabaseEncryption: {
      ...objectOf(body.databaseEncryption),
      ...(objectOf(live.databaseEncryption).state === everything ? { state: everything } : {}),
    },
  })),
  touchedOnly(['secretManager'], 'secretManagerConfig'),
  touchedOnly(['costAllocation'], 'costManagementConfig'),
  touchedOnly(['fleetProject'], 'fleet'),
  ofNetwork(['gatewayApi'], 'desiredGatewayApiConfig', 'gatewayApiConfig'),
  dns,
  wrapped('intraNodeVisibility', 'desiredIntraNodeVisibilityConfig'),
  wrapped('l4InternalSubsetting', 'desiredL4ilbSubsettingConfig'),
  desired(['nodeLocations'], ({ body }) => ({ desiredLocations: body.locations ?? [] })),
  maintenance,
  labels,
]

/** The requests for a set of changes, each with its part of them, made from the cluster as it is when its turn comes. */
export const requestsFor = <E extends Edit>(changes: readonly E[], project: string): readonly Request<E>[] =>
  callsFor(calls, changes).map(({ changes: own, request }) => ({
    changes: own,
    request: (live, due) => request(turnOf(live, due, project)),
  }))

const turnOf = (live: ApiCluster, edits: readonly Edit[], project: string): Turn => {
  const target = edited(clusterSpecOf(live, project), edits)
  return { live, edits, target, body: toApi(touched(clusterFields(project), edits), target) }
}
