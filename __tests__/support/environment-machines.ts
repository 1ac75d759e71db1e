import fc from 'fast-check'
import { flag, labels, mapOf, settings, some } from './draw.ts'

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

/** A cluster, with its pools where it is a Standard one. */
export const compute = fc.oneof(
  { weight: 1, arbitrary: fc.record({ cluster: autopilot }) },
  {
    weight: 4,
    arbitrary: fc
      .record({ cluster, nodePools: mapOf(['main', 'gpu', 'spare'], anyPool, 1) })
      .map(one => one as object),
  },
)
