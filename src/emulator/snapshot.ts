import { canonical, isObject, type Json, type JsonObject } from './json.ts'
import { policyView } from './policy.ts'
import type { Project, Secret, SqlInstance, Store } from './store.ts'

/** Members whose value depends on when and in how many steps a state came to be, not on what it is. */
const volatile: ReadonlySet<string> = new Set([
  'address',
  'clusterSecondaryRangeName',
  'clusterIpv4Cidr',
  'clusterIpv4CidrBlock',
  'createTime',
  'creationTimestamp',
  'destroyTime',
  'endTime',
  'endpoint',
  'enqueuedTime',
  'etag',
  'fingerprint',
  'id',
  'instanceGroupUrls',
  'ipAddresses',
  'masterAuth',
  'oauth2ClientId',
  'podIpv4CidrBlock',
  'podRange',
  'privateEndpoint',
  'publicEndpoint',
  'resourceVersion',
  'selfLink',
  'serverCaCert',
  'serviceAccountEmailAddress',
  'settingsVersion',
  'startTime',
  'tpmBootstrapCertExpireTime',
  'uniqueId',
  'windowStartTime',
])

function normalised(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map(item => normalised(item) ?? null)
  if (!isObject(value)) return value
  const members = Object.entries(value).map(
    ([key, member]) => [key, volatile.has(key) ? `<${key}>` : normalised(member)] as const,
  )
  return Object.fromEntries(members)
}

const fromMap = <Item>(map: ReadonlyMap<string, Item>, view: (item: Item) => Json): JsonObject =>
  Object.fromEntries([...map].map(([key, item]) => [key, view(item)] as const))

const itself = (item: JsonObject): Json => item

const secretView = ({ resource, versions }: Secret): Json => ({
  ...resource,
  versions: fromMap(versions, version => ({
    ...version.resource,
    payloadBytes: version.payload === undefined ? 0 : Buffer.from(version.payload, 'base64').length,
  })),
})

const instanceView = ({ resource, databases, users, backupRuns }: SqlInstance): Json => ({
  ...resource,
  databases: fromMap(databases, itself),
  users: fromMap(users, itself),
  backupRuns: [...backupRuns.values()],
})

const projectView = (project: Project): Json => ({
  services: [...project.services.keys()].sort(),
  policy: policyView(project.policy, 3),
  serviceAccounts: fromMap(project.serviceAccounts, ({ resource, policy, keys }) => ({
    ...resource,
    policy: policyView(policy, 3),
    ...(keys.size > 0 && { keys: [...keys.keys()].sort() }),
  })),
  ...(project.roles.size > 0 && { roles: fromMap(project.roles, itself) }),
  ...(project.pools.size > 0 && {
    pools: fromMap(project.pools, ({ resource, providers }) => ({
      ...resource,
      providers: fromMap(providers, itself),
    })),
  }),
  secrets: fromMap(project.secrets, secretView),
  clusters: fromMap(project.clusters, itself),
  sqlInstances: fromMap(project.sqlInstances, instanceView),
  addresses: fromMap(project.addresses, itself),
  networks: fromMap(project.networks, itself),
  subnetworks: fromMap(project.subnetworks, itself),
})

/**
 * The state of all projects in a canonical order. Payloads of secrets show as their length only. `normalise` replaces
 * what differs between two roads to the same end: ids, times, etags, addresses, counters.
 */
export function snapshotOf(store: Store, normalise: boolean): Json {
  const whole: JsonObject = Object.fromEntries(
    store.all.map(project => [project.id, projectView(project)] as const),
  )
  return canonical(normalise ? normalised(whole) : whole)
}
