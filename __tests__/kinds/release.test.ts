import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { canonical, type JsonObject } from '../../src/core/json.ts'
import { planDigest } from '../../src/core/plan.ts'
import { helmHere } from '../helm/charts.ts'
import { environment, shown, startWorld, type TestWorld } from './release-support/world.ts'

/** A Lease that nobody renews. */
const silent = (): JsonObject => ({
  spec: { holderIdentity: 'run 6', leaseDurationSeconds: 60, renewTime: '2026-01-01T00:00:00.000000Z' },
})

/** A Lease that its run let go after its helm had ended, badly. */
const letGo = (revision: number): JsonObject => ({
  metadata: {
    annotations: {
      'slipway.dev/unfinished': 'run 6',
      'slipway.dev/begun': `${'0'.repeat(64)} ${revision}`,
    },
  },
  spec: { holderIdentity: null },
})

const withHelm = helmHere() === undefined ? describe.skip : describe
const deployments = '/apis/apps/v1/namespaces/web/deployments'

withHelm('a release on an emulated cluster', () => {
  let world: TestWorld
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world.close())

  test('is planned as one create, symbolic and without a secret', async () => {
    const wanted = environment(world)
    const plan = await world.plan(wanted)
    expect(plan.problems).toEqual([])
    expect(shown(plan)).toEqual([
      'create namespace/web',
      'create kubernetes-secret/web-login',
      'create release/web',
    ])
    const spec = plan.steps.at(-1)?.spec ?? {}
    expect(canonical(spec)).toContain('"loadBalancerIP":{"$ref":"address/staging#address"}')
    expect(canonical(spec)).not.toContain('192.0.2.1')
    expect(canonical(spec)).not.toContain('canary')
    expect((spec.objects as JsonObject)['Secret/web/web-basic']).toEqual({
      apiVersion: 'v1',
      keys: ['password'],
    })
    expect(planDigest(await world.plan(wanted))).toBe(planDigest(plan))
    expect(world.kubernetes.audit.filter(({ verb }) => !['get', 'list'].includes(verb))).toEqual([])
  })

  test('is installed, answers, and then there is nothing left to do', async () => {
    const wanted = environment(world)
    const { failures, outputs } = await world.apply(await world.plan(wanted))
    expect(failures).toEqual([])
    expect(outputs.get('release/web')).toEqual({
      url: 'http://203.0.113.9',
      health: 'healthy, version 1.0.0',
    })
    const before = world.kubernetes.audit.length
    const again = await world.plan(wanted, wanted)
    expect(shown(again)).toEqual([])
    expect(again.problems).toEqual([])
    const lists = world.kubernetes.audit.slice(before).map(({ verb, resource }) => `${verb} ${resource}`)
    // The namespaces once as a kind of their own, once those that charts made.
    const once = [...new Set(lists), 'list namespaces']
    expect(lists.toSorted()).toEqual(once.toSorted())
    const lease = world.kubernetes.get('Lease', 'web', 'slipway-web')
    expect(lease).toMatchObject({
      metadata: {
        labels: { 'slipway.dev/environment': 'staging' },
        annotations: { 'slipway.dev/chart': 'demo 1.0.0' },
      },
    })
    expect(JSON.stringify(lease)).not.toContain('run 7')
  })

  test('shows what a new chart version changes, and what it interrupts', async () => {
    const [before, wanted] = [environment(world), environment(world, { version: '1.1.0' })]
    const plan = await world.plan(wanted, before)
    expect(shown(plan)).toEqual([
      'update release/web',
      '  chart.version: "1.0.0" → "1.1.0" in-place',
      '  objects.Deployment/web/web-api-server.spec.template.spec.containers.server.image: "demo/server:1.0.0" → "demo/server:1.1.0" restart',
    ])
    const { failures, outputs } = await world.apply(plan)
    expect(failures).toEqual([])
    expect(outputs.get('release/web')?.health).toBe('healthy, version 1.1.0')
    expect(shown(await world.plan(wanted, wanted))).toEqual([])
    const back = await world.plan(before, wanted)
    expect(back.problems[0]?.message).toContain('chart.version cannot change from 1.1.0 to 1.0.0')
  })

  test('shows and repairs drift in what the chart declares, and in nothing else', async () => {
    const wanted = environment(world, { version: '1.1.0' })
    const writer = await world.writer()
    await writer.merge(`${deployments}/web-api-server`, {
      spec: { replicas: 3 },
      metadata: { labels: { mine: 'x' } },
    })
    await writer.merge('/api/v1/namespaces/web/services/web-lb', { spec: { sessionAffinity: 'ClientIP' } })
    await writer.remove('/api/v1/namespaces/web/services/web-extra')
    const plan = await world.plan(wanted, wanted)
    expect(
      plan.steps.flatMap(({ changes }) => changes.map(({ path, cause }) => `${path.join('.')} ${cause}`)),
    ).toEqual([
      'objects.Service/web/web-extra drift',
      'objects.Deployment/web/web-api-server.spec.replicas drift',
    ])
    expect((await world.apply(plan)).failures).toEqual([])
    expect(shown(await world.plan(wanted, wanted))).toEqual([])
    expect(world.kubernetes.get('Deployment', 'web', 'web-api-server')?.metadata).toMatchObject({
      labels: { mine: 'x' },
    })
  })

  test('removes what the chart no longer has, with or without a record', async () => {
    const before = environment(world, { version: '1.1.0' })
    const wanted = environment(world, { version: '1.1.0', values: { apiService: { extra: false } } })
    for (const baseline of [before, undefined])
      expect(shown(await world.plan(wanted, baseline))).toEqual([
        'update release/web',
        expect.stringMatching(/^ {2}objects.Service\/web\/web-extra: \{.*\} → undefined remove$/),
      ])
    expect((await world.apply(await world.plan(wanted, before))).failures).toEqual([])
    expect(world.kubernetes.get('Service', 'web', 'web-extra')).toBeUndefined()
    expect((await world.apply(await world.plan(before, wanted))).failures).toEqual([])
  })

  test.each([
    [{ apiService: { selector: 'other' } }, 'spec.selector.matchLabels.app'],
    [
      { storage: { size: '5Gi', annotations: { 'helm.sh/resource-policy': 'keep' } } },
      'spec.resources.requests.storage',
    ],
  ])('refuses what Kubernetes fixes: %j', async (values, path) => {
    const plan = await world.plan(
      environment(world, { version: '1.1.0', values }),
      environment(world, { version: '1.1.0' }),
    )
    const refused = plan.problems.find(({ message }) => message.includes(path))
    expect(refused?.advice).toMatch(/./)
  })

  test('lets a claim grow', async () => {
    const values = { storage: { size: '20Gi', annotations: { 'helm.sh/resource-policy': 'keep' } } }
    const plan = await world.plan(
      environment(world, { version: '1.1.0', values }),
      environment(world, { version: '1.1.0' }),
    )
    expect(plan.problems).toEqual([])
    expect(shown(plan)[1]).toMatch(/storage: "10Gi" → "20Gi" in-place$/)
  })

  test('warns of values that the chart does not know, with the line', async () => {
    const plan = await world.plan(
      environment(world, {
        version: '1.1.0',
        values: { apiServce: { replicas: 2 }, ingress: { hots: 'x' } },
      }),
    )
    expect(
      plan.notes
        .filter(({ level }) => level === 'warning')
        .map(({ message, advice, source }) => ({ message, advice, source })),
    ).toEqual([
      {
        message: 'release/web: demo 1.1.0 does not know the value ingress.hots and passes it over.',
        advice: 'Did you mean ingress.host?',
        source: { file: 'staging.yaml', line: 9, column: 3 },
      },
      {
        message: 'release/web: demo 1.1.0 does not know the value apiServce and passes it over.',
        advice: 'Did you mean apiService?',
        source: { file: 'staging.yaml', line: 12, column: 5 },
      },
    ])
  })

  test('stops the plan with the chart’s own words', async () => {
    const plan = await world.plan(environment(world, { values: { apiService: { replicas: 0 } } }))
    expect(plan.problems.map(({ message }) => message)).toContain(
      'release/web: Rendering chart demo 1.0.0 failed: one replica at least (demo/templates/system.yaml:2)',
    )
  })

  test('leaves out what comes out differently each time, and says so', async () => {
    const wanted = environment(world, { version: '2.0.0' })
    const plan = await world.plan(wanted, environment(world, { version: '1.1.0' }))
    expect(plan.notes.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('demo makes ConfigMap/web/web-config.data.nonce anew each time'),
    )
    expect(shown(plan).join('\n')).not.toContain('nonce')
  })

  test('stops before the first write when the cluster changes what the chart renders to', async () => {
    const wanted = environment(world, { version: '1.1.0', values: { settings: { mode: 'new' } } })
    const plan = await world.plan(wanted)
    const tampered = JSON.parse(JSON.stringify(plan).replaceAll('"mode":"new"', '"mode":"reviewed"'))
    for (const step of tampered.steps) step.spec.values = { ...step.spec.values, settings: { mode: 'new' } }
    const revisions = world.kubernetes.objects().filter(({ type }) => type === 'helm.sh/release.v1').length
    const { failures } = await world.apply(tampered)
    expect(failures[0]?.message).toContain('data.mode is "new", reviewed was "reviewed"')
    expect(world.kubernetes.objects().filter(({ type }) => type === 'helm.sh/release.v1')).toHaveLength(
      revisions,
    )
  })

  test('names what is wrong with an image and puts the former revision back', async () => {
    const before = environment(world, { version: '1.1.0' })
    const wanted = environment(world, { version: '1.1.0', values: { apiService: { tag: 'none' } } })
    const failing = async (listen: (said: string) => void) => {
      world.kubernetes.behaviour.imagePull = 'fail'
      const plan = await world.plan(wanted, before)
      const { failures } = await world.apply(plan, new AbortController().signal, listen)
      delete world.kubernetes.behaviour.imagePull
      return failures[0]?.message
    }
    const mended = (said: string): void => {
      if (said.startsWith('putting revision')) delete world.kubernetes.behaviour.imagePull
    }
    expect(await failing(mended)).toMatch(
      /container server of Pod\/web-api-server-\S+: its image cannot be pulled .*\nRevision \d+ serves again: the new version never came up\./,
    )
    expect(shown(await world.plan(before, before))).toEqual([])
    expect(await failing(() => undefined)).toMatch(
      /\nRevision \d+ was put back and does not serve \(container server of Pod\/\S+: its image cannot be pulled/,
    )
    expect(shown(await world.plan(before, before))).toEqual([])
  })

  test.each([
    ['a kill: takes the Lease over', silent, 'run 6 is applying it, or died while it did'],
    [
      'an API server that was away: helm could not write how it ended, and the Lease was let go',
      letGo,
      'an earlier apply did not end (run 6)',
    ],
  ])('goes on after %s, and takes the stuck revision off the record', async (_, lease, about) => {
    await beKilled(world, lease)
    const wanted = environment(world, { version: '1.1.0' })
    const plan = await world.plan(wanted, wanted)
    expect(plan.steps.map(({ address, action, about }) => [address, action, about])).toEqual([
      ['release/web', 'settle', about],
    ])
    const { failures, said } = await world.apply(plan)
    expect(failures).toEqual([])
    expect(said).toContain('an operation that was killed is taken off the record')
    expect(shown(await world.plan(wanted, wanted))).toEqual([])
  })

  test('goes on after it was asked to stop', async () => {
    const [before, wanted] = [
      environment(world, { version: '1.1.0' }),
      environment(world, { version: '1.1.0', values: { settings: { mode: 'x' } } }),
    ]
    const asked = new AbortController()
    const plan = await world.plan(wanted, before)
    world.kubernetes.behaviour.loadBalancer = 'pending'
    const stopped = await world.apply(
      plan,
      asked.signal,
      said => said.startsWith('helm demo') && asked.abort(),
    )
    delete world.kubernetes.behaviour.loadBalancer
    expect(stopped.outcomes.map(({ ending }) => ending)).toEqual(['running'])
    const again = await world.plan(wanted, before)
    expect(again.steps.map(({ address, about }) => [address, about])).toEqual([
      ['release/web', 'an earlier apply did not end (run 7)'],
    ])
    expect((await world.apply(again)).failures).toEqual([])
    expect(shown(await world.plan(wanted, wanted))).toEqual([])
    expect((await world.apply(await world.plan(before, wanted))).failures).toEqual([])
  })

  test('is not sent once more when helm had ended before its run was killed', async () => {
    const before = environment(world, { version: '1.1.0' })
    const wanted = environment(world, { version: '1.1.0', values: { settings: { mode: 'sent' } } })
    const lease = () => world.kubernetes.get('Lease', 'web', 'slipway-web')?.metadata as JsonObject
    let begun: JsonObject = {}
    const plan = await world.plan(wanted, before)
    const first = await world.apply(plan, undefined, said => {
      if (said.startsWith('helm demo')) begun = lease().annotations as JsonObject
    })
    expect(first.failures).toEqual([])
    expect(lease().annotations).toEqual({ 'slipway.dev/chart': 'demo 1.1.0' })

    await beKilledAtTheEnd(world, { ...begun, 'slipway.dev/chart': 'demo 1.0.0' })
    const made = revisionIn(world)
    const again = await world.plan(wanted, before)
    expect(shown(again)).toEqual(['update release/web', '  chart.version: "1.0.0" → "1.1.0" in-place'])
    const { failures, said } = await world.apply(again)
    expect(failures).toEqual([])
    expect(said).toContain('helm had brought it there')
    expect(revisionIn(world)).toBe(made)
    expect(lease().annotations).toEqual({ 'slipway.dev/chart': 'demo 1.1.0' })

    const other = { ...begun, 'slipway.dev/begun': `${'0'.repeat(64)} ${made}` }
    await beKilledAtTheEnd(world, { ...other, 'slipway.dev/chart': 'demo 1.0.0' })
    expect((await world.apply(await world.plan(wanted, before))).failures).toEqual([])
    expect(revisionIn(world)).toBe(made + 1)
    expect((await world.apply(await world.plan(before, wanted))).failures).toEqual([])
  })

  test('stays marked as unfinished when the next apply fails before its first write', async () => {
    const before = environment(world, { version: '1.1.0' })
    const wanted = environment(world, { version: '1.1.0', values: { settings: { mode: 'reviewed' } } })
    await beKilledAtTheEnd(world, { 'slipway.dev/unfinished': 'run 6' })
    const plan = await world.plan(wanted, before)
    const tampered = JSON.parse(JSON.stringify(plan)) as typeof plan
    for (const { spec } of tampered.steps) Object.assign(spec, { values: { settings: { mode: 'new' } } })
    expect((await world.apply(tampered)).failures[0]?.message).toContain('reviewed was')
    expect((await world.plan(before, before)).steps.map(({ about }) => about)).toEqual([
      'an earlier apply did not end (run 6)',
    ])
    expect((await world.apply(await world.plan(before, before))).failures).toEqual([])
    expect(shown(await world.plan(before, before))).toEqual([])
  })

  test('that was sent by a run that ended before it served is waited for', async () => {
    const before = environment(world, { version: '1.1.0' })
    const wanted = environment(world, { version: '1.1.0', values: { apiService: { tag: 'none' } } })
    const asked = new AbortController()
    world.kubernetes.behaviour.imagePull = 'fail'
    const stopped = await world.apply(
      await world.plan(wanted, before),
      asked.signal,
      said => said.includes('is sent') && asked.abort(),
    )
    expect(stopped.outcomes.map(({ ending }) => ending)).toEqual(['running'])
    const { failures } = await world.apply(await world.plan(wanted, wanted))
    delete world.kubernetes.behaviour.imagePull
    expect(failures[0]?.message).toMatch(
      /its image cannot be pulled .*\nAn earlier run sent it; nothing is put/,
    )
    expect((await world.apply(await world.plan(before, wanted))).failures).toEqual([])
    expect(shown(await world.plan(before, before))).toEqual([])
  })

  test('is not put back to what served before an earlier upgrade that did not end', async () => {
    const before = environment(world, { version: '1.1.0' })
    const wanted = environment(world, { version: '1.1.0', values: { apiService: { tag: 'none' } } })
    await beKilledAtTheEnd(world, { 'slipway.dev/unfinished': 'run 6' })
    world.kubernetes.behaviour.imagePull = 'fail'
    const { failures } = await world.apply(await world.plan(wanted, before))
    delete world.kubernetes.behaviour.imagePull
    expect(failures[0]?.message).toMatch(
      /its image cannot be pulled .*\nAn earlier upgrade did not end; what it sent may have run and changed the database, so revision \d+ is not put back\./,
    )
    expect((await world.apply(await world.plan(before, wanted))).failures).toEqual([])
    expect(shown(await world.plan(before, before))).toEqual([])
  })

  test('is uninstalled only when the file says so, and leaves the claim', async () => {
    const [before, wanted] = [
      environment(world, { version: '1.1.0' }),
      environment(world, { release: false }),
    ]
    const kept = await world.plan(wanted, before)
    expect(kept.problems[0]?.message).toContain('release/web is no longer in the file, but it holds data')
    const plan = await world.plan({ ...wanted, deletable: new Set(['release/web']) }, before)
    expect(shown(plan)).toEqual(['remove release/web'])
    expect((await world.apply(plan)).failures).toEqual([])
    expect(world.kubernetes.get('Deployment', 'web', 'web-api-server')).toBeUndefined()
    expect(world.kubernetes.get('PersistentVolumeClaim', 'web', 'web-state')).toBeDefined()
    expect(world.kubernetes.get('Lease', 'web', 'slipway-web')).toBeUndefined()
  })
})

/** The number of helm's newest revision; it keeps ten. */
const revisionIn = ({ kubernetes }: TestWorld): number => {
  const records = kubernetes.objects().filter(({ type }) => type === 'helm.sh/release.v1')
  return Math.max(
    ...records.map(({ metadata }) => Number(/\d+$/.exec(String((metadata as JsonObject).name)))),
  )
}

/** What a run leaves that was killed between helm's end and its own. */
const beKilledAtTheEnd = async (world: TestWorld, annotations: JsonObject): Promise<void> => {
  const writer = await world.writer()
  await writer.merge('/apis/coordination.k8s.io/v1/namespaces/web/leases/slipway-web', {
    metadata: { annotations },
    spec: { holderIdentity: 'run 6', leaseDurationSeconds: 60, renewTime: '2026-01-01T00:00:00.000000Z' },
  })
}

/** What a helm that did not end an upgrade leaves: a pending revision, and a Lease. */
const beKilled = async (world: TestWorld, lease: (revision: number) => JsonObject): Promise<void> => {
  const writer = await world.writer()
  const secrets = world.kubernetes.objects().filter(({ type }) => type === 'helm.sh/release.v1')
  const labels = (secret: JsonObject): Record<string, string> =>
    (secret.metadata as { labels: Record<string, string> }).labels
  const last = secrets.toSorted((a, b) => Number(labels(b).version) - Number(labels(a).version))[0] ?? {}
  const stored = Buffer.from(String((last.data as JsonObject).release), 'base64').toString()
  const record = JSON.parse(gunzipSync(Buffer.from(stored, 'base64')).toString())
  const version = Number(labels(last).version) + 1
  const pending = { ...record, version, info: { ...record.info, status: 'pending-upgrade' } }
  const packed = gzipSync(JSON.stringify(pending)).toString('base64')
  await writer.create('/api/v1/namespaces/web/secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'helm.sh/release.v1',
    metadata: {
      name: `sh.helm.release.v1.web.v${version}`,
      labels: { ...labels(last), status: 'pending-upgrade', version: String(version) },
    },
    data: { release: Buffer.from(packed).toString('base64') },
  })
  await writer.merge('/apis/coordination.k8s.io/v1/namespaces/web/leases/slipway-web', lease(version))
}
