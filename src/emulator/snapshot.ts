import { createHash } from 'node:crypto'
import { canonical, isObject, type Json, type JsonObject, textAt } from './json.ts'
import { policyView } from './policy.ts'
import type { Project, Secret, SecretVersion, SqlInstance, Store } from './store.ts'

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
  'passwordSha256',
  'payloadSha256',
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

/** Of these, times below a member that is set by who asks: when backups and upgrades may begin. */
const chosen: ReadonlySet<string> = new Set(['startTime', 'endTime'])
const choosing: ReadonlySet<string> = new Set(['settings', 'maintenancePolicy'])

function normalised(value: Json | undefined, isChosen = false): Json | undefined {
  if (Array.isArray(value)) return value.map(item => normalised(item, isChosen) ?? null)
  if (!isObject(value)) return value
  const isVolatile = (key: string): boolean => volatile.has(key) && !(isChosen && chosen.has(key))
  const members = Object.entries(value).map(
    ([key, member]) =>
      [key, isVolatile(key) ? `<${key}>` : normalised(member, isChosen || choosing.has(key))] as const,
  )
  return Object.fromEntries(members)
}

const fromMap = <Item>(map: ReadonlyMap<string, Item>, view: (item: Item) => Json): JsonObject =>
  Object.fromEntries([...map].map(([key, item]) => [key, view(item)] as const))

const itself = (item: JsonObject): Json => item

const payloadOf = ({ payload }: SecretVersion): Buffer => Buffer.from(payload ?? '', 'base64')

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const secretView = ({ resource, versions }: Secret): Json => ({
  ...resource,
  versions: fromMap(versions, version => ({
    ...version.resource,
    payloadBytes: payloadOf(version).length,
    payloadSha256: sha256(payloadOf(version)),
  })),
})

/** Users show whose payload their password is, so that two roads can be compared on which payloads were made up. */
const instanceView = (
  { resource, databases, users, passwords, backupRuns }: SqlInstance,
  versions: readonly SecretVersion[],
): Json => ({
  ...resource,
  databases: fromMap(databases, itself),
  users: Object.fromEntries(
    [...users].map(([name, user]) => {
      const passwordSha256 = passwords.get(name)
      if (passwordSha256 === undefined) return [name, user]
      const from = versions.filter(version => sha256(payloadOf(version)) === passwordSha256)
      const passwordFrom = from.map(version => textAt(version.resource, 'name') ?? '')
      return [name, { ...user, passwordFrom, passwordSha256 }]
    }),
  ),
  backupRuns: [...backupRuns.values()],
})

const versionsOf = ({ secrets }: Project): readonly SecretVersion[] =>
  [...secrets.values()].flatMap(({ versions }) => [...versions.values()])

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
  sqlInstances: fromMap(project.sqlInstances, instance => instanceView(instance, versionsOf(project))),
  addresses: fromMap(project.addresses, itself),
  networks: fromMap(project.networks, itself),
  subnetworks: fromMap(project.subnetworks, itself),
})

/**
 * The state of all projects in a canonical order. Payloads of secrets show as length and digest, passwords as
 * digest and as the versions that hold them. `normalise` replaces what differs between two roads to the same end: ids,
 * times that nobody chose, etags, addresses, counters, digests of what is made up.
 */
export function snapshotOf(store: Store, normalise: boolean): Json {
  const whole: JsonObject = Object.fromEntries(
    store.all.map(project => [project.id, projectView(project)] as const),
  )
  return canonical(normalise ? normalised(whole) : whole)
}
