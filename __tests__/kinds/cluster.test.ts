import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { GcpError, type GcpReader } from '../../src/gcp/port.ts'
import { cluster } from '../../src/kinds/cluster/index.ts'
import { type ClusterSettings, clusterSchema } from '../../src/kinds/cluster/schema.ts'
import { item, startWorld, type World, workOf } from './cluster-support/world.ts'

const base: ClusterSettings = {
  name: 'staging',
  location: 'us-central1-a',
  mode: 'standard',
  channel: 'REGULAR',
  network: 'default',
  subnetwork: 'default',
  workloadIdentity: true,
  dnsEndpoint: true,
  labels: { team: 'ml' },
  nodePools: { default: { machineType: 'e2-standard-8', autoscaling: { min: 1, max: 3 } } },
}

const wanted = (more: Partial<ClusterSettings> = {}) =>
  cluster.resource(item(clusterSchema.parse({ ...base, ...more })))

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

describe('a new cluster', () => {
  test('is made with its pools, and nothing is left to do', async () => {
    const { plan, left, outputs } = await world.converge(cluster, wanted())
    expect(plan.steps.map(({ action }) => action)).toEqual(['create'])
    expect([left.steps, left.problems]).toEqual([[], []])
    expect(Object.keys(outputs ?? {}).sort()).toEqual([
      'certificateAuthority',
      'dnsEndpoint',
      'endpoint',
      'version',
    ])
    const [create] = world.emulator.requests.writes
    expect(create?.body).toMatchObject({
      cluster: {
        nodePools: [
          {
            name: 'default',
            initialNodeCount: 1,
            autoscaling: { enabled: true, totalMinNodeCount: 1, totalMaxNodeCount: 3 },
            config: { resourceLabels: { 'slipway-environment': 'staging' } },
          },
        ],
      },
    })
  })

  test('waits until GKE sees the right to use the account of its nodes, which was given a moment ago', async () => {
    const options = { enforceActAs: true, grantPropagation: 240_000, clock: 'manual' } as const
    const young = await startWorld(options, 'applier')
    try {
      const nodes = young.emulator.seed().serviceAccount('staging-nodes')
      young.emulator.seed().serviceAccount('slipway-applier')
      const member = 'serviceAccount:slipway-applier@acme-ml.iam.gserviceaccount.com'
      const bindings = [{ role: 'roles/iam.serviceAccountUser', members: [member] }]
      await young.gcp.write({
        method: 'POST',
        api: 'iam',
        path: `/v1/projects/acme-ml/serviceAccounts/${nodes}:setIamPolicy`,
        body: { policy: { bindings } },
      })
      const resource = wanted({ nodePools: { default: { serviceAccount: nodes } } })
      const { left } = await young.converge(cluster, resource)
      expect([left.steps, left.problems]).toEqual([[], []])
    } finally {
      await young.close()
    }
  })

  test('is in the network that a whole link names, and nothing is left to do', async () => {
    const at = 'https://www.googleapis.com/compute/v1/projects/acme-ml'
    const { left } = await world.converge(
      cluster,
      wanted({
        network: `${at}/global/networks/default`,
        subnetwork: `${at}/regions/us-central1/subnetworks/default`,
      }),
    )
    expect([left.steps, left.problems]).toEqual([[], []])
  })

  test('Autopilot is made without pools', async () => {
    const { nodePools: _, ...others } = base
    const autopilot = clusterSchema.parse({ ...others, mode: 'autopilot', location: 'us-central1' })
    const { left } = await world.converge(cluster, cluster.resource(item(autopilot)))
    expect([left.steps, left.problems]).toEqual([[], []])
  })

  test('a second create takes up the first', async () => {
    const resource = wanted()
    await world.converge(cluster, resource)
    const work = workOf({ ...resource, action: 'create', changes: [], after: [], takes: [0, 0] })
    const outputs = await cluster.create([work], world.applying)
    expect(outputs.get(resource.address)).toHaveProperty('endpoint')
  })

  test('one without our mark is not taken up by a create', async () => {
    await world.emulator.seed().cluster('us-central1-a', 'staging', { initialNodeCount: 1 })
    const resource = wanted()
    const work = workOf({ ...resource, action: 'create', changes: [], after: [], takes: [0, 0] })
    await expect(cluster.create([work], world.applying)).rejects.toThrow('is not marked as ours')
  })
})

const changes: readonly (readonly [string, Partial<ClusterSettings>, string])[] = [
  ['channel', { channel: 'STABLE' }, 'in-place'],
  ['dnsEndpoint', { dnsEndpoint: false }, 'in-place'],
  ['labels.team', { labels: { team: 'data' } }, 'in-place'],
  ['addons.gcsFuseCsi', { addons: { gcsFuseCsi: true } }, 'in-place'],
  ['addons.dnsCache', { addons: { dnsCache: false } }, 'recreate-nodes'],
  ['addons.httpLoadBalancing', { addons: { httpLoadBalancing: false } }, 'in-place'],
  ['logging', { logging: ['SYSTEM_COMPONENTS'] }, 'in-place'],
  ['autoscalingProfile', { autoscalingProfile: 'OPTIMIZE_UTILIZATION' }, 'in-place'],
  ['authorizedNetworks', { authorizedNetworks: { '203.0.113.0/24': 'office' } }, 'in-place'],
  ['maintenance.daily', { maintenance: { daily: '03:00' } }, 'in-place'],
  ['shieldedNodes', { shieldedNodes: false }, 'recreate-nodes'],
  ['nodeLocations', { nodeLocations: ['us-central1-a', 'us-central1-b'] }, 'recreate-nodes'],
  ['secretManager', { secretManager: true }, 'in-place'],
]

test('a move to another fleet is refused, joining one is not', async () => {
  expect((await world.plan(cluster, wanted({ fleetProject: 'other' }))).problems).toEqual([])
  await world.converge(cluster, wanted({ fleetProject: 'acme-ml' }))
  const { problems } = await world.plan(cluster, wanted({ fleetProject: 'other' }))
  expect(problems[0]?.message).toContain('cannot move a cluster to another fleet')
})

describe('a change', () => {
  beforeEach(() => world.converge(cluster, wanted()))

  test.each(changes)('of %s is planned with its effect, made, and then gone', async (_, more, effect) => {
    const { plan, left } = await world.converge(cluster, wanted(more), wanted())
    expect(new Set(plan.steps.flatMap(step => step.changes.map(change => change.effect)))).toEqual(
      new Set([effect]),
    )
    expect([left.steps, left.problems]).toEqual([[], []])
  })

  test('several at once are made one after another', async () => {
    const more = Object.assign({}, ...changes.map(([, change]) => change)) as Partial<ClusterSettings>
    const { left } = await world.converge(cluster, wanted(more), wanted())
    expect([left.steps, left.problems]).toEqual([[], []])
  })

  describe('of its maintenance', () => {
    const theirs = {
      startTime: '2026-11-01T00:00:00Z',
      endTime: '2027-02-14T00:00:00Z',
      maintenanceExclusionOptions: { scope: 'NO_MINOR_UPGRADES', endTimeBehavior: 'UNTIL_END_OF_SUPPORT' },
    }
    const disruptionBudget = { minorVersionDisruptionInterval: '2592000s' }
    const path = '/v1/projects/acme-ml/locations/us-central1-a/clusters/staging'
    const policyOf = async () =>
      (await world.gcp.get<{ readonly maintenancePolicy: object }>('container', path)).maintenancePolicy
    const freeze = { start: '2026-12-20T00:00:00Z', end: '2027-01-04T00:00:00Z' }
    const ours = { daily: '03:00', exclusions: { ours: freeze } }

    beforeEach(async () => {
      await world.converge(cluster, wanted({ maintenance: ours }), wanted())
      const policy = await policyOf()
      const window = { ...(policy as { readonly window: object }).window }
      const maintenanceExclusions = {
        ...(window as { readonly maintenanceExclusions: object }).maintenanceExclusions,
        theirs,
      }
      const maintenancePolicy = { ...policy, window: { ...window, maintenanceExclusions }, disruptionBudget }
      await world.gcp.write({
        method: 'POST',
        api: 'container',
        path: `${path}:setMaintenancePolicy`,
        body: { maintenancePolicy },
      })
      await world.emulator.finish()
    })

    test.each([
      ['start', { ...ours, daily: '05:00' }],
      ['own exclusion', { ...ours, exclusions: { ours: { ...freeze, end: '2027-01-05T00:00:00Z' } } }],
      [
        'kind of window',
        {
          window: {
            start: '2026-12-05T00:00:00Z',
            end: '2026-12-05T06:00:00Z',
            recurrence: 'FREQ=WEEKLY;BYDAY=SA',
          },
          exclusions: ours.exclusions,
        },
      ],
      ['exclusions, of which it takes its own away', { daily: ours.daily, exclusions: {} }],
    ] as const)('leaves what the file cannot say as it is: another %s', async (_, maintenance) => {
      const { left } = await world.converge(
        cluster,
        wanted({ maintenance: maintenance as ClusterSettings['maintenance'] }),
        wanted({ maintenance: ours }),
      )
      expect([left.steps, left.problems]).toEqual([[], []])
      expect(await policyOf()).toMatchObject({
        window: { maintenanceExclusions: { theirs } },
        disruptionBudget,
      })
    })
  })

  test('of one part of its DNS leaves the others', async () => {
    const dns = { provider: 'CLOUD_DNS', scope: 'VPC_SCOPE', domain: 'a.example' } as const
    const [before, after] = [wanted({ dns }), wanted({ dns: { ...dns, domain: 'b.example' } })]
    await world.converge(cluster, before, wanted())
    expect((await world.converge(cluster, after, before)).left.steps).toEqual([])
    const back = wanted({ dns: { provider: 'KUBE_DNS' } })
    await world.converge(cluster, back, after)
    const sent = world.emulator.requests.writes.map(({ body }) => JSON.stringify(body))
    expect(sent.at(-1)).toContain('"desiredDnsConfig":{"clusterDns":"KUBE_DNS"}')
  })

  test('its last exclusion is taken away', async () => {
    const exclusions = { ours: { start: '2026-12-20T00:00:00Z', end: '2027-01-04T00:00:00Z' } }
    const before = wanted({ maintenance: { exclusions } })
    await world.converge(cluster, before, wanted())
    await world.converge(cluster, wanted({ maintenance: { exclusions: {} } }), before)
    expect((await world.plan(cluster, wanted({ maintenance: { exclusions: {} } }), before)).steps).toEqual([])
  })

  test('a label that the file drops goes, a foreign one stays', async () => {
    const { plan, left } = await world.converge(cluster, wanted({ labels: {} }), wanted())
    expect(plan.steps[0]?.changes.map(({ path, to }) => [path.join('.'), to])).toEqual([
      ['labels.team', undefined],
    ])
    expect(left.steps).toEqual([])
  })

  test.each([
    ['network', { network: 'other' }],
    ['mode', { mode: 'autopilot', nodePools: {} }],
    ['workloadIdentity', { workloadIdentity: false }],
  ] as const)('of %s is refused with a recipe', async (path, more) => {
    const plan = await world.plan(cluster, wanted(more), wanted())
    expect(plan.problems).toHaveLength(1)
    expect(plan.problems[0]?.message).toContain(path)
    expect(plan.problems[0]?.advice).toBeDefined()
  })

  test('a version is a minimum', async () => {
    const plan = await world.plan(cluster, wanted({ version: '1.20' }), wanted())
    expect(plan.steps).toEqual([])
  })

  test('it is deleted for a step of a plan', async () => {
    const resource = wanted()
    const work = workOf({ ...resource, action: 'remove', changes: [], after: [], takes: [0, 0] })
    await cluster.remove?.([work], world.applying)
    expect(await world.observe(cluster, resource)).toEqual({ state: 'absent' })
  })
})

describe('what exists already', () => {
  test('is adopted: marked, with its foreign labels kept', async () => {
    await world.emulator.seed().cluster('us-central1-a', 'staging', {
      initialNodeCount: 1,
      resourceLabels: { theirs: 'x' },
    })
    const { plan, left } = await world.converge(cluster, wanted({ dnsEndpoint: true }))
    expect(plan.steps[0]?.action).toBe('adopt')
    expect([left.steps, left.problems]).toEqual([[], []])
    const [live] = world.emulator.state.all[0]?.clusters.values() ?? []
    expect(live?.resourceLabels).toMatchObject({ theirs: 'x', team: 'ml', 'slipway-environment': 'staging' })
  })

  test('one that is being made is waited for', async () => {
    const slow = await startWorld({ speed: 1, clock: 'manual' })
    try {
      const resource = wanted()
      const work = workOf({ ...resource, action: 'create', changes: [], after: [], takes: [0, 0] })
      // The run that began it is killed while it waits.
      const killed = { ...slow.applying.gcp, wait: () => Promise.reject(new Error('killed')) }
      await expect(cluster.create([work], { ...slow.applying, gcp: killed })).rejects.toThrow('killed')
      expect(await slow.observe(cluster, resource)).toMatchObject({
        state: 'present',
        settling: 'being created',
      })
      const settled = cluster.settle?.([work], slow.applying)
      expect((await settled)?.get(resource.address)).toHaveProperty('endpoint')
      expect((await slow.plan(cluster, resource, resource)).steps).toEqual([])
    } finally {
      await slow.close()
    }
  })
})

/** A reader that gives one answer. */
const reader = (answer: () => Promise<unknown>): GcpReader => ({
  get: <T>() => answer() as Promise<T>,
  list: <T>() => answer() as Promise<readonly T[]>,
  read: <T>() => answer() as Promise<T>,
})

const observed = async (answer: () => Promise<unknown>) => {
  const resource = wanted()
  const ports = { gcp: reader(answer), kubernetes: {} as never, helm: {} as never }
  return (await cluster.observe([resource], ports)).get(resource.address)
}

const refusal = (failure: 'disabled' | 'forbidden' | 'unavailable') =>
  new GcpError('GET failed', {
    api: 'container',
    failure,
    status: 403,
    reason: '',
    answer: 'container.clusters.list',
  })

const live = (more: object) => ({
  clusters: [{ name: 'staging', location: 'us-central1-a', currentMasterVersion: '1.33.1', ...more }],
})

describe('what nobody can see', () => {
  test.each([
    [['us-central1-a'], 'unknown'],
    [['us-central1'], 'unknown'],
    [['europe-west1-b'], 'absent'],
  ])('missing zones %j make it %s', async (missingZones, state) => {
    expect((await observed(async () => ({ missingZones })))?.state).toBe(state)
  })

  test('an API that is off means absent, as an assumption', async () => {
    const found = await observed(() => Promise.reject(refusal('disabled')))
    expect(found).toEqual({ state: 'absent', assumed: 'container.googleapis.com is off' })
  })

  test.each(['forbidden', 'unavailable'] as const)('%s means unknown, with the answer', async failure => {
    const found = await observed(() => Promise.reject(refusal(failure)))
    expect(found).toMatchObject({ state: 'unknown' })
    expect(JSON.stringify(found)).toContain('container.clusters.list')
  })

  test('ERROR is unknown and says why; DEGRADED says why; RECONCILING settles', async () => {
    const conditions = [{ canonicalCode: 'RESOURCE_EXHAUSTED', message: 'no addresses' }]
    const states = ['ERROR', 'DEGRADED', 'RECONCILING', 'STOPPING']
    const seen = await Promise.all(states.map(status => observed(async () => live({ status, conditions }))))
    expect(seen[0]).toMatchObject({ state: 'unknown' })
    expect(JSON.stringify(seen[0])).toContain('no addresses')
    expect(seen[1]).toMatchObject({ state: 'present', about: 'DEGRADED: RESOURCE_EXHAUSTED: no addresses' })
    expect(seen[2]).toMatchObject({ state: 'present', settling: 'being changed' })
    expect(seen[3]).toMatchObject({ state: 'unknown' })
  })
})
