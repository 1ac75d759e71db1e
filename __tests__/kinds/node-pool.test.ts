import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type JsonObject, valueAt, withValueAt } from '../../src/core/json.ts'
import { ruleFor } from '../../src/core/rules.ts'
import { description } from '../../src/emulator/descriptions.ts'
import { requestsFor } from '../../src/kinds/node-pool/calls.ts'
import { nodePool } from '../../src/kinds/node-pool/index.ts'
import { nodePoolRules } from '../../src/kinds/node-pool/rules.ts'
import { longs } from '../../src/kinds/shared/gke/google-words.ts'
import { poolBody, poolSpecOf } from '../../src/kinds/shared/gke/pool-fields.ts'
import { type PoolSettings, poolSettings, poolSpec } from '../../src/kinds/shared/gke/pool-settings.ts'
import { against, differs, keysOf, leavesOf, unruled } from './cluster-support/checks.ts'
import { fullPool } from './cluster-support/settings.ts'
import { item, startWorld, type World, workOf } from './cluster-support/world.ts'

const wanted = (settings: PoolSettings) => nodePool.resource(item(poolSettings.parse(settings), 'gpu'))

const { spec } = wanted(fullPool)
const { autoscaling: _, ...fixedSettings } = fullPool
const fixed = wanted({ ...fixedSettings, nodes: 3 }).spec
const ownLeaves = (from: JsonObject) =>
  leavesOf(from).filter(([first]) => first !== 'cluster' && first !== 'name')
const read = (from: JsonObject) => ({
  ...poolSpecOf({ ...poolBody('gpu', from, 1), name: 'gpu' }),
  cluster: from.cluster ?? {},
  name: 'gpu',
})

describe('the table of a node pool', () => {
  test('the samples hold every setting of the schema', () => {
    expect(keysOf(poolSettings).filter(key => !(key in fullPool))).toEqual(['nodes'])
  })

  test('every path that the schema can produce has a rule', () => {
    expect([...unruled(spec, nodePoolRules), ...unruled(fixed, nodePoolRules)]).toEqual([])
  })

  test('the body of a create fits Google’s description', () => {
    for (const wantedSpec of [spec, fixed]) {
      const nodePoolBody = { nodePool: poolBody('gpu', wantedSpec, 1) }
      const method = 'container.projects.locations.clusters.nodePools.create'
      expect(against('container', method, nodePoolBody)).toEqual([])
    }
  })

  test('what is sent is read back', () => {
    expect(differs(spec, read(spec), nodePoolRules)).toEqual([])
    expect(differs(fixed, read(fixed), nodePoolRules)).toEqual([])
  })

  test('any part of it is read back too', () => {
    const parts = ownLeaves(fixed)
    fc.assert(
      fc.property(fc.subarray([...parts]), paths => {
        const part = paths.reduce<JsonObject>(
          (result, path) => withValueAt(result, path, valueAt(fixed, path) ?? null),
          {},
        )
        expect(differs(part, read(part), nodePoolRules)).toEqual([])
      }),
    )
  })

  test.each([
    [{ min: 1, max: 3, scope: 'total' }, 1, 1],
    [{ min: 1, max: 3, scope: 'total' }, 3, 1],
    [{ min: 1, max: 2, scope: 'total' }, 3, 0],
    [{ min: 2, max: 4, scope: 'zone' }, 3, 2],
    [{ min: 0, max: 4, scope: 'total' }, 3, 0],
  ])('autoscaling %j over %i zones begins with %i in each', (autoscaling, zones, count) => {
    expect(poolBody('p', { autoscaling }, zones).initialNodeCount).toBe(count)
  })

  test('per zone and total are never sent together, and zero is sent', () => {
    const sent = [0, 1].map(
      index =>
        poolBody('p', poolSpec({ autoscaling: { min: 0, max: 4, scope: index ? 'zone' : 'total' } }), 1)
          .autoscaling,
    )
    expect(sent).toEqual([
      { enabled: true, totalMinNodeCount: 0, totalMaxNodeCount: 4 },
      { enabled: true, minNodeCount: 0, maxNodeCount: 4 },
    ])
  })

  test('a count and autoscaling exclude each other', () => {
    expect(poolSettings.safeParse({ nodes: 1, autoscaling: { min: 0, max: 1 } }).success).toBe(false)
  })
})

const methodOf = (below: string | undefined): string => {
  const verb = below?.split(':')[1]
  if (below === undefined) return 'container.projects.locations.clusters.update'
  return `container.projects.locations.clusters.nodePools.${verb ?? 'update'}`
}

const changeable = ownLeaves(spec).filter(path => ruleFor(nodePoolRules, path)?.change.effect !== 'refused')

test.each(changeable.map(path => [path.join('.'), path] as const))(
  'a change of %s is one request that fits Google’s description, with the etag that belongs to it',
  (_, path) => {
    const pool = { ...poolBody('gpu', spec, 1), name: 'gpu', etag: 'the-pool' }
    const live = { pool, cluster: { name: 'staging', location: 'us-central1-a', etag: 'the-cluster' } }
    const writes = requestsFor([{ path, to: valueAt(spec, path) ?? null }]).flatMap(({ changes, requests }) =>
      requests(live, changes),
    )
    expect(writes).toHaveLength(1)
    for (const { method, below, body } of writes) {
      const { etag, update } = body as { etag?: string; update?: { etag?: string } }
      const theirs = method === 'POST' ? undefined : below === undefined ? 'the-cluster' : 'the-pool'
      expect(etag ?? update?.etag).toBe(theirs)
      expect(against('container', methodOf(below), body)).toEqual([])
      expect(Object.values(body as object).every(value => JSON.stringify(value) !== '{}')).toBe(true)
    }
  },
)

let world: World
beforeEach(async () => {
  world = await startWorld()
  await world.emulator.seed().cluster('us-central1-a', 'staging', {
    nodePools: [{ name: 'default', initialNodeCount: 1 }],
    workloadIdentityConfig: { workloadPool: 'acme-ml.svc.id.goog' },
  })
})
afterEach(() => world.close())

const base: PoolSettings = {
  machineType: 'e2-standard-8',
  diskType: 'pd-balanced',
  diskGb: 100,
  autoscaling: { min: 1, max: 3 },
  workloadMetadata: 'GKE_METADATA',
  labels: { team: 'ml' },
}

describe('a node pool', () => {
  test('is made, and nothing is left to do', async () => {
    const { plan, left } = await world.converge(nodePool, wanted(base))
    expect(plan.steps[0]?.action).toBe('create')
    expect([left.steps, left.problems]).toEqual([[], []])
  })

  test('that the cluster’s create has made already is taken up', async () => {
    const resource = wanted(base)
    await world.converge(nodePool, resource)
    const work = workOf({ ...resource, action: 'create', changes: [], after: [], takes: [0, 0] })
    await nodePool.create([work], world.applying)
    const posts = world.emulator.requests.writes
    expect(posts).toHaveLength(1)
  })

  test('without our mark is adopted', async () => {
    const resource = nodePool.resource(item({ ...base, machineType: 'e2-standard-4' }, 'default'))
    const { plan, left } = await world.converge(nodePool, resource)
    expect(plan.steps[0]?.action).toBe('adopt')
    expect([left.steps, left.problems]).toEqual([[], []])
  })

  test.each([
    ['machineType', { machineType: 'e2-standard-16' }, 'recreate-nodes'],
    ['diskGb', { diskGb: 200 }, 'recreate-nodes'],
    ['autoscaling.max', { autoscaling: { min: 1, max: 5 } }, 'in-place'],
    ['autoscaling.scope', { autoscaling: { min: 1, max: 3, scope: 'zone' } }, 'in-place'],
    ['labels', { labels: { team: 'data', tier: 'x' } }, 'in-place'],
    ['taints', { taints: { 'dedicated:NO_SCHEDULE': 'ml' } }, 'in-place'],
    ['tags', { tags: ['gpu'] }, 'in-place'],
    ['cloudLabels', { cloudLabels: { team: 'ml' } }, 'in-place'],
    ['autoUpgrade', { autoUpgrade: false }, 'in-place'],
    ['upgrade', { upgrade: { surge: 2, unavailable: 1 } }, 'in-place'],
    ['imageType', { imageType: 'UBUNTU_CONTAINERD' }, 'recreate-nodes'],
    ['workloadMetadata', { workloadMetadata: 'GCE_METADATA' }, 'recreate-nodes'],
    ['nodes', { autoscaling: undefined, nodes: 2 }, ['recreate-nodes', 'in-place']],
  ] as const)('changes its %s', async (_, more, effect) => {
    await world.converge(nodePool, wanted(base))
    const { autoscaling, ...others }: PoolSettings = { ...base, ...more } as PoolSettings
    const next = wanted({ ...others, ...(autoscaling === undefined ? {} : { autoscaling }) })
    const { plan, left } = await world.converge(nodePool, next, wanted(base))
    expect(new Set(plan.steps.flatMap(step => step.changes.map(change => change.effect)))).toEqual(
      new Set([effect].flat()),
    )
    expect([left.steps, left.problems]).toEqual([[], []])
  })

  test('keeps what others have set of how it is upgraded and drained', async () => {
    const path = '/v1/projects/acme-ml/locations/us-central1-a/clusters/staging/nodePools/gpu'
    await world.converge(nodePool, wanted({ ...base, upgrade: { strategy: 'BLUE_GREEN' } }))
    const blueGreenSettings = { nodePoolSoakDuration: '7200s' }
    const theirs = [
      { upgradeSettings: { strategy: 'BLUE_GREEN', blueGreenSettings } },
      { nodeDrainConfig: { pdbTimeoutDuration: '600s' } },
    ]
    for (const body of theirs) {
      await world.gcp.write({ method: 'PUT', api: 'container', path, body })
      await world.emulator.finish()
    }
    const before = wanted({ ...base, upgrade: { strategy: 'BLUE_GREEN' } })
    const after = wanted({
      ...base,
      upgrade: { strategy: 'BLUE_GREEN', surge: 2 },
      respectDisruptionBudgets: true,
    })
    expect((await world.converge(nodePool, after, before)).left.steps).toEqual([])
    expect(await world.gcp.get('container', path)).toMatchObject({
      upgradeSettings: { blueGreenSettings, maxSurge: 2 },
      nodeDrainConfig: { pdbTimeoutDuration: '600s', respectPdbDuringNodePoolDeletion: true },
    })
    const surge = wanted({ ...base, upgrade: { strategy: 'SURGE', surge: 1 } })
    expect((await world.converge(nodePool, surge, after)).left.steps).toEqual([])
    expect(JSON.stringify(world.emulator.requests.writes.at(-1)?.body)).not.toContain('blueGreen')
  })

  test('keeps its nodes when what the kubelet is told leaves the file: that stays as it is', async () => {
    const before = wanted({
      ...base,
      kubelet: { cpuManagerPolicy: 'static' },
      linux: { sysctls: { 'net.core.somaxconn': '2048' } },
      containerd: { privateRegistryAccessConfig: { enabled: true } },
    })
    await world.converge(nodePool, before)
    const { steps, notes } = await world.plan(nodePool, wanted(base), before)
    expect(steps).toEqual([])
    expect(notes.map(({ message }) => message)).toEqual([
      expect.stringContaining('kubelet is no longer managed'),
      expect.stringContaining('linux is no longer managed'),
      expect.stringContaining('containerd is no longer managed'),
    ])
  })

  test('knows every int64 of Google’s own settings', () => {
    const { schemas } = description('container')
    const namesIn = (name: string, seen: ReadonlySet<string>): readonly string[] =>
      Object.entries(schemas[name]?.properties ?? {}).flatMap(([key, { format, $ref, items, readOnly }]) => {
        if (format === 'int64' && readOnly !== true) return [key]
        const below = $ref ?? items?.$ref
        return below === undefined || seen.has(below) ? [] : namesIn(below, new Set([...seen, below]))
      })
    const messages = [
      'NodeKubeletConfig',
      'LinuxNodeConfig',
      'ContainerdConfig',
      'ReservationAffinity',
      'PlacementPolicy',
      'SoleTenantConfig',
      'AdvancedMachineFeatures',
    ]
    const found = messages.flatMap(name => namesIn(name, new Set([name])))
    expect(new Set(found.filter(name => !name.startsWith('effective')))).toEqual(longs)
  })

  test('takes the numbers of Google’s own settings as YAML writes them', async () => {
    const settings = poolSettings.parse({
      ...base,
      kubelet: { podPidsLimit: 2048, imageGcLowThresholdPercent: 70 },
      linux: { sysctls: { 'net.core.somaxconn': 2048 } },
      advancedMachine: { threadsPerCore: 1 },
    })
    const { left } = await world.converge(nodePool, wanted(settings))
    expect([left.steps, left.problems]).toEqual([[], []])
  })

  test('whose autoscaling leaves the file is said to be autoscaled no longer', async () => {
    const { autoscaling: _, ...others } = base
    await world.converge(nodePool, wanted(base))
    const { plan, left } = await world.converge(nodePool, wanted(others), wanted(base))
    expect(plan.steps[0]?.changes).toMatchObject([{ path: ['autoscaling'] }])
    expect(plan.steps[0]?.changes[0]?.words).toContain('switched off')
    expect(left.steps).toEqual([])
  })

  test('with a fixed count gets another one, and then autoscaling', async () => {
    const { autoscaling: _, ...others } = base
    const [one, two] = [wanted({ ...others, nodes: 1 }), wanted({ ...others, nodes: 2 })]
    await world.converge(nodePool, one)
    expect((await world.converge(nodePool, two, one)).left.steps).toEqual([])
    expect((await world.converge(nodePool, wanted(base), two)).left.steps).toEqual([])
  })

  test.each([
    ['spot', { spot: true }],
    ['serviceAccount', { serviceAccount: 'other@acme-ml.iam.gserviceaccount.com' }],
    ['accelerators', { accelerators: { 'nvidia-l4': { count: 1 } } }],
  ] as const)('refuses another %s with the way there', async (path, more) => {
    await world.converge(nodePool, wanted(base))
    const plan = await world.plan(nodePool, wanted({ ...base, ...more }), wanted(base))
    expect(plan.problems[0]?.message).toContain(path)
    expect(plan.problems[0]?.advice).toContain('under another name')
  })

  test('is taken away', async () => {
    const resource = wanted(base)
    await world.converge(nodePool, resource)
    const work = workOf({ ...resource, action: 'remove', changes: [], after: [], takes: [0, 0] })
    await nodePool.remove?.([work], world.applying)
    await nodePool.remove?.([work], world.applying)
    expect(await world.observe(nodePool, resource)).toEqual({ state: 'absent' })
  })

  test('in ERROR is unknown and says why', async () => {
    await world.converge(nodePool, wanted(base))
    const conditions = [{ code: 'GCE_STOCKOUT', message: 'no machines' }]
    const pools = [{ name: 'gpu', status: 'ERROR', conditions }]
    const answer = { clusters: [{ name: 'staging', location: 'us-central1-a', nodePools: pools }] }
    const gcp = { get: async () => answer as never, list: async () => [], read: async () => ({}) as never }
    const resource = wanted(base)
    const found = await nodePool.observe([resource], { gcp, kubernetes: {} as never, helm: {} as never })
    expect(found.get(resource.address)).toMatchObject({ state: 'unknown' })
    expect(JSON.stringify(found.get(resource.address))).toContain('GCE_STOCKOUT: no machines')
  })
})
