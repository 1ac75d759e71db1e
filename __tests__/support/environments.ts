import fc from 'fast-check'
import { stringify } from 'yaml'

/** An environment file as data; `stringify` makes the text. */
export type Document = Readonly<Record<string, unknown>>

/** The text of an environment file. */
export const textOf = (document: Document): string => stringify(document)

/** Some members of `all`, none twice. */
const some = (all: readonly string[], least = 0) => fc.subarray([...all], { minLength: least })

/** An object whose optional members may be missing. */
const settings = (model: Readonly<Record<string, fc.Arbitrary<unknown>>>, required: readonly string[] = []) =>
  fc.record(model as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [...required] })

/** A map of some of `keys`. */
const mapOf = (keys: readonly string[], value: fc.Arbitrary<unknown>, least = 0) =>
  some(keys, least).chain(chosen => fc.record(Object.fromEntries(chosen.map(key => [key, value]))))

const labels = mapOf(['team', 'cost', 'tier_1', 'a-b'], fc.constantFrom('ml', 'x-1', 'research_2', ''))
const flag = fc.boolean()

const roles = [
  'roles/cloudsql.client',
  'roles/logging.logWriter',
  'roles/container.defaultNodeServiceAccount',
]

const serviceAccount = (id: string) =>
  settings(
    {
      id: fc.constant(id),
      displayName: fc.constantFrom('The server', 'Ünïcode ✓', '1.30'),
      description: fc.constantFrom('what it is for', 'yes'),
      disabled: flag,
      roles: some(roles),
      grants: fc.constantFrom([], [{ role: 'roles/iam.serviceAccountUser', member: 'applier' }]),
    },
    ['id'],
  )

const projectIam = fc.uniqueArray(
  settings(
    {
      role: fc.constantFrom('roles/cloudsql.viewer', 'roles/viewer'),
      member: fc.constantFrom('group:ml@acme.com', 'user:jo@acme.com', 'domain:acme.com'),
      condition: fc.constantFrom(
        { title: 'short', expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' },
        { title: 'dev', expression: 'resource.name.startsWith("dev")', description: 'only dev' },
      ),
    },
    ['role', 'member'],
  ),
  { maxLength: 3, selector: grant => JSON.stringify(grant) },
)

const zone = 'us-central1-a'

const nodePool = settings(
  {
    machineType: fc.constantFrom('e2-standard-4', 'e2-standard-8', 'n2-standard-8'),
    diskType: fc.constantFrom('pd-balanced', 'pd-ssd', 'pd-standard'),
    diskGb: fc.integer({ min: 20, max: 300 }),
    spot: flag,
    labels: mapOf(['team', 'example.com/role'], fc.constantFrom('ml', 'Serving.v1', '')),
    taints: mapOf(
      ['dedicated:NO_SCHEDULE', 'gpu:NO_EXECUTE', 'x:PREFER_NO_SCHEDULE'],
      fc.constantFrom('', 'yes'),
    ),
    tags: some(['web', 'db-client']),
    cloudLabels: labels,
    scopes: fc.constant(['https://www.googleapis.com/auth/cloud-platform']),
    workloadMetadata: fc.constant('GKE_METADATA'),
    autoRepair: fc.constant(true),
    autoUpgrade: fc.constant(true),
    upgrade: settings(
      { surge: fc.integer({ min: 1, max: 3 }), unavailable: fc.integer({ min: 0, max: 2 }) },
      ['surge', 'unavailable'],
    ),
    imageStreaming: flag,
    gvnic: flag,
    loggingVariant: fc.constantFrom('DEFAULT', 'MAX_THROUGHPUT'),
    maxPods: fc.constantFrom(32, 110),
  },
  ['machineType'],
)

const scaling = fc.oneof(
  fc.record({ nodes: fc.integer({ min: 0, max: 4 }) }),
  fc.record({
    autoscaling: settings(
      {
        min: fc.integer({ min: 0, max: 1 }),
        max: fc.integer({ min: 2, max: 6 }),
        scope: fc.constantFrom('total', 'zone'),
        locationPolicy: fc.constantFrom('BALANCED', 'ANY'),
      },
      ['min', 'max'],
    ),
  }),
)

const gpu = fc.constantFrom(
  {},
  { machineType: 'g2-standard-8', accelerators: { 'nvidia-l4': { count: 1, driver: 'LATEST' } } },
  {
    machineType: 'n1-standard-8',
    accelerators: {
      'nvidia-tesla-t4': { count: 2, driver: 'DEFAULT', sharing: { strategy: 'TIME_SHARING', clients: 4 } },
    },
  },
)

const anyPool = fc.tuple(nodePool, scaling, gpu).map(parts => Object.assign({}, ...parts) as object)

const cluster = settings(
  {
    name: fc.constant('lab'),
    mode: fc.constant('standard'),
    channel: fc.constantFrom('RAPID', 'REGULAR', 'STABLE'),
    version: fc.constantFrom('1.33', '1.34'),
    labels,
    dnsEndpoint: flag,
    workloadIdentity: fc.constant(true),
    shieldedNodes: fc.constant(true),
    addons: settings({
      httpLoadBalancing: flag,
      gcsFuseCsi: flag,
      horizontalPodAutoscaling: flag,
      persistentDiskCsi: flag,
    }),
    logging: some(['SYSTEM_COMPONENTS', 'WORKLOADS', 'APISERVER'], 1),
    monitoring: settings({ components: some(['SYSTEM_COMPONENTS', 'POD'], 1), managedPrometheus: flag }),
    maintenance: fc.constantFrom(
      { daily: '03:00' },
      {
        window: {
          start: '2026-12-05T00:00:00Z',
          end: '2026-12-05T08:00:00Z',
          recurrence: 'FREQ=WEEKLY;BYDAY=SA',
        },
      },
      {
        exclusions: {
          freeze: { start: '2026-12-20T00:00:00Z', end: '2027-01-03T00:00:00Z', scope: 'NO_UPGRADES' },
        },
      },
    ),
    autoscalingProfile: fc.constantFrom('BALANCED', 'OPTIMIZE_UTILIZATION'),
    verticalPodAutoscaling: flag,
    costAllocation: flag,
    gatewayApi: flag,
    securityPosture: fc.constantFrom('DISABLED', 'BASIC'),
    authorizedNetworks: mapOf(['203.0.113.0/24', '198.51.100.7/32'], fc.constantFrom('office', 'vpn')),
    network: fc.constant('default'),
  },
  ['name', 'mode'],
)

const autopilot = settings(
  {
    name: fc.constant('lab'),
    location: fc.constant('us-central1'),
    mode: fc.constant('autopilot'),
    channel: fc.constantFrom('RAPID', 'REGULAR', 'STABLE'),
    labels,
    dnsEndpoint: flag,
    maintenance: fc.constant({ daily: '03:00' }),
  },
  ['name', 'location', 'mode'],
)

const compute = fc.oneof(
  { weight: 1, arbitrary: fc.record({ cluster: autopilot }) },
  {
    weight: 4,
    arbitrary: fc
      .record({ cluster, nodePools: mapOf(['main', 'gpu', 'spare'], anyPool, 1) })
      .map(one => one as Document),
  },
)

const flags = mapOf(
  ['max_connections', 'work_mem', 'log_min_duration_statement', 'statement_timeout'],
  fc.integer({ min: 100, max: 900 }).map(String),
)

const backups = fc.oneof(
  fc.constant({ enabled: false }),
  settings(
    {
      enabled: fc.constant(true),
      startTime: fc.constantFrom('04:00', '23:00'),
      retained: fc.integer({ min: 2, max: 30 }),
      pointInTime: flag,
      logDays: fc.integer({ min: 1, max: 7 }),
      location: fc.constantFrom('us', 'us-central1'),
    },
    ['enabled'],
  ),
)

const users = mapOf(
  ['app', 'report'],
  fc.constant({
    type: 'built-in',
    password: { from: 'secret', secret: 'lab-db', version: { $ref: 'secret/db#version' } },
  }),
)

const databaseSettings = settings(
  {
    name: fc.constant('lab-main'),
    version: fc.constantFrom('POSTGRES_15', 'POSTGRES_16'),
    edition: fc.constant('ENTERPRISE'),
    tier: fc.constantFrom('db-custom-2-7680', 'db-custom-4-15360', 'db-f1-micro'),
    zone: fc.constant(zone),
    availability: fc.constantFrom('ZONAL'),
    diskType: fc.constantFrom('PD_SSD', 'PD_HDD'),
    diskGb: fc.integer({ min: 10, max: 100 }),
    diskAutoGrow: flag,
    diskLimitGb: fc.constantFrom(0, 500),
    publicIp: fc.constant(true),
    sslMode: fc.constantFrom('ENCRYPTED_ONLY', 'ALLOW_UNENCRYPTED_AND_ENCRYPTED'),
    connectorEnforcement: fc.constantFrom('REQUIRED', 'NOT_REQUIRED'),
    authorizedNetworks: mapOf(['203.0.113.0/24', '198.51.100.7/32'], fc.constantFrom('office', 'vpn')),
    flags,
    backups,
    maintenanceWindow: settings(
      {
        day: fc.integer({ min: 1, max: 7 }),
        hour: fc.integer({ min: 0, max: 23 }),
        track: fc.constantFrom('canary', 'stable', 'week5'),
      },
      ['day', 'hour'],
    ),
    deletionProtection: flag,
    retainBackupsOnDelete: flag,
    finalBackupDays: fc.constantFrom(0, 7),
    insights: settings(
      {
        enabled: fc.constant(true),
        queryStringLength: fc.constantFrom(256, 4500),
        recordApplicationTags: flag,
        recordClientAddress: flag,
        plansPerMinute: fc.integer({ min: 0, max: 20 }),
      },
      ['enabled'],
    ),
    labels,
    databases: mapOf(['sky', 'extra'], fc.constantFrom({}, { charset: 'UTF8' })),
    users,
  },
  ['name', 'version', 'tier'],
)

const addresses = mapOf(
  ['web', 'grpc'],
  settings({ description: fc.constantFrom('the web', 'x: y'), labels }),
).map(all =>
  Object.fromEntries(
    Object.entries(all).map(([name, one]) => [
      name,
      { name: `lab-${name}`, tier: 'PREMIUM', ...(one as object) },
    ]),
  ),
)

const secrets = fc.record({ db: labels, own: fc.option(labels, { nil: undefined }) }).map(({ db, own }) => ({
  db: { name: 'lab-db', generate: { length: 32, alphabet: 'letters-digits' }, labels: db },
  ...(own === undefined
    ? {}
    : { login: { name: 'lab-login', generate: { user: 'jo', length: 24 }, labels: own } }),
}))

const section = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 5 })

/** Long-form environments with everything that Google's side has; names come from small sets, so that two overlap. */
export const environments: fc.Arbitrary<Document> = fc
  .record({
    serviceAccounts: section(
      fc.record({ server: serviceAccount('lab-server'), other: serviceAccount('lab-other') }),
    ),
    projectIam: section(projectIam),
    compute: section(compute),
    addresses: section(addresses),
    database: section(databaseSettings),
    secrets,
  })
  .map(({ compute: machines, ...rest }) =>
    defined({
      project: 'acme-ml',
      location: zone,
      services: ['compute', 'container', 'iam', 'cloudresourcemanager', 'secretmanager', 'sqladmin'],
      ...rest,
      ...machines,
    }),
  )

const defined = (document: Document): Document =>
  Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined))

/** A second environment that is like the first one but for some sections: what an edit of a file looks like. */
export const edits: fc.Arbitrary<readonly [Document, Document]> = fc
  .tuple(
    environments,
    environments,
    some(['serviceAccounts', 'projectIam', 'nodePools', 'cluster', 'addresses', 'database', 'secrets'], 1),
    fc.integer({ min: 0, max: 3 }),
  )
  .map(([from, other, chosen, gentle]) => {
    const to: Record<string, unknown> = { ...from }
    for (const key of chosen) {
      if (other[key] === undefined || from[key] === undefined) {
        if (gentle === 0 || other[key] !== undefined) to[key] = other[key]
      } else to[key] = gentle === 0 ? other[key] : blended(from[key], other[key], gentle)
    }
    return [from, defined(to)] as const
  })

/** Single settings of `to` over `from`: every `step`th key that both have, and keys that only one has. */
const blended = (from: unknown, to: unknown, step: number): unknown => {
  if (!isMap(from) || !isMap(to)) return to
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])]
  const kept = new Set([
    'name',
    'mode',
    'location',
    'version',
    'diskType',
    'spot',
    'accelerators',
    'maxPods',
    'id',
    'nodes',
    'autoscaling',
  ])
  return Object.fromEntries(
    keys.flatMap((key, index) => {
      const [before, after] = [from[key], to[key]]
      if (kept.has(key)) return before === undefined ? [] : [[key, before]]
      if (isMap(before) && isMap(after)) return [[key, blended(before, after, step)]]
      const value = index % (step + 1) === 0 ? after : before
      return value === undefined ? [] : [[key, value]]
    }),
  )
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
