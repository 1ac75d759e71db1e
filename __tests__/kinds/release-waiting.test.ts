import { describe, expect, test } from '@jest/globals'
import type { Clock } from '../../src/core/clock.ts'
import { type JsonObject, valueAt } from '../../src/core/json.ts'
import { Redactor, Secret } from '../../src/core/secret.ts'
import { troublesIn } from '../../src/kinds/release/diagnose.ts'
import { waitUntilHealthy } from '../../src/kinds/release/health.ts'
import { holdLease } from '../../src/kinds/release/lease.ts'
import { heldLease } from '../../src/kinds/release/lease-object.ts'
import { heal } from '../../src/kinds/release/storage.ts'
import { watchRelease } from '../../src/kinds/release/watch.ts'
import { awaited, type Snapshot } from '../../src/kinds/release/workloads.ts'
import { type Kubernetes, KubernetesError } from '../../src/kubernetes/port.ts'
import { serveRoutes } from '../helm/charts.ts'

/** Time that passes only when somebody sleeps. */
const turnedClock = (start = Date.parse('2026-11-21T00:00:00Z')): Clock => {
  let now = start
  return {
    now: () => now,
    sleep: async (milliseconds, signal) => {
      await new Promise(done => setImmediate(done))
      if (signal?.aborted !== true) now += milliseconds
    },
  }
}

/** Leases with optimistic locking, and nothing else. */
const leases = (first?: JsonObject) => {
  let live: JsonObject | undefined
  let version = 0
  const put = (lease: JsonObject): JsonObject => {
    live = { ...lease, metadata: { ...(lease.metadata as JsonObject), resourceVersion: String(++version) } }
    return live
  }
  if (first !== undefined) put(first)
  const check = (sent: JsonObject): void => {
    const { resourceVersion = String(version) } = (sent.metadata ?? {}) as JsonObject
    if (resourceVersion !== String(version))
      throw new KubernetesError('conflict', { status: 409, reason: 'Conflict' })
  }
  const writer = {
    get: async () => live,
    create: async (_: string, lease: JsonObject) => put(lease),
    replace: async (_: string, lease: JsonObject) => {
      check(lease)
      return put(lease)
    },
    merge: async (_: string, patch: JsonObject) => {
      check(patch)
      const now = live ?? {}
      const spec = { ...(now.spec as JsonObject), ...(patch.spec as JsonObject) }
      const [about, more] = [now.metadata as JsonObject, (patch.metadata ?? {}) as JsonObject]
      const merged = Object.entries({
        ...(about.annotations as JsonObject),
        ...(more.annotations as JsonObject),
      })
      const annotations = Object.fromEntries(merged.filter(([, value]) => value !== null))
      return put({ ...now, metadata: { ...about, annotations }, spec })
    },
  } as unknown as Kubernetes
  return {
    writer,
    spec: () => (live?.spec ?? {}) as JsonObject,
    annotations: () => valueAt(live, ['metadata', 'annotations']),
    steal: (holder: string) =>
      void put({ ...live, spec: { ...(live?.spec as JsonObject), holderIdentity: holder } }),
  }
}

const request = (writer: Kubernetes, clock: Clock, signal = new AbortController().signal) => {
  const said: string[] = []
  const progress = (text: string): void => void said.push(text)
  return {
    said,
    asked: {
      writer,
      namespace: 'web',
      release: 'web',
      environment: 'staging',
      holder: 'me',
      clock,
      signal,
      progress,
    },
  }
}

const held = (holder: string, now: number, environment = 'staging') =>
  heldLease(undefined, { release: 'web', environment, holder, now })

describe('a Lease', () => {
  test('is held, renewed while it is held, and let go', async () => {
    const [clock, { writer, spec }] = [turnedClock(), leases()]
    const lease = await holdLease(request(writer, clock).asked)
    expect(lease.takenOver).toBe(false)
    const { renewTime } = spec()
    while (spec().renewTime === renewTime) await new Promise(done => setImmediate(done))
    await lease.release({ well: true, chart: 'demo 1.0.0' })
    expect(spec()).toMatchObject({ holderIdentity: null })
  })
  test('of a living holder is waited for, and taken over when he falls silent', async () => {
    const clock = turnedClock()
    const { writer } = leases(held('somebody', clock.now()))
    const { asked, said } = request(writer, clock)
    const lease = await holdLease(asked)
    expect(lease.takenOver).toBe(true)
    expect(said[0]).toBe('waiting for somebody, who is applying it')
    await lease.release({ well: true })
  })
  test.each([
    ['ended well', {}, false],
    ['left it unfinished', { 'slipway.dev/unfinished': 'somebody' }, true],
  ])('of a holder who lets it go while he is waited for, and %s', async (_, annotations, wasLeft) => {
    const clock = turnedClock()
    const first = held('somebody', clock.now())
    const { writer, steal } = leases({
      ...first,
      metadata: { ...(first.metadata as JsonObject), annotations },
    })
    const { asked } = request(writer, clock)
    const lease = await holdLease({ ...asked, progress: () => steal('') })
    expect([lease.takenOver, lease.wasLeft]).toEqual([false, wasLeft])
    await lease.release({ well: true })
  })
  test.each([
    ['before it was taken', false],
    ['after it was taken', true],
  ])('is held and let go though every first answer is lost, %s', async (_, taken) => {
    const { writer, spec, annotations } = leases(held('former', 0))
    let calls = 0
    const flaky =
      <T extends readonly unknown[], R>(write: (...sent: T) => Promise<R>) =>
      async (...sent: T): Promise<R> => {
        const isLost = ++calls % 2 === 1
        if (isLost && !taken) throw new KubernetesError('no answer', { status: 0, reason: '' })
        const answer = await write(...sent)
        if (isLost) throw new KubernetesError('no answer', { status: 0, reason: '' })
        return answer
      }
    const losing: Kubernetes = {
      ...writer,
      create: flaky(writer.create),
      replace: flaky(writer.replace),
      merge: flaky(writer.merge),
    }
    const lease = await holdLease(request(losing, turnedClock()).asked)
    expect(lease.takenOver).toBe(true)
    expect(spec().holderIdentity).toBe('me')
    await lease.release({ well: true, chart: 'demo 1.0.0' })
    expect(spec().holderIdentity).toBeNull()
    expect(annotations()).toEqual({ 'slipway.dev/chart': 'demo 1.0.0' })
  })
  test('is not taken by a run that was asked to stop', async () => {
    const { writer, spec } = leases()
    const stopped = AbortSignal.abort()
    await expect(holdLease(request(writer, turnedClock(), stopped).asked)).rejects.toThrow()
    expect(spec()).toEqual({})
  })
  test('of another environment is never taken', async () => {
    const clock = turnedClock()
    const { writer } = leases(held('', clock.now(), 'prod'))
    await expect(holdLease(request(writer, clock).asked)).rejects.toThrow('belongs to environment prod')
  })
  test('is not waited for when the run is asked to stop', async () => {
    const clock = turnedClock()
    const { writer } = leases(held('somebody', clock.now()))
    await expect(holdLease(request(writer, clock, AbortSignal.abort()).asked)).rejects.toThrow(
      'somebody is applying release web',
    )
  })
  test('remembers the backup of an upgrade until that is over', async () => {
    const [clock, { writer, annotations }] = [turnedClock(), leases()]
    const begun = { aim: 'a', revision: 2 }
    const remembered = () => valueAt(annotations(), ['slipway.dev/backup'])
    const stopped = await holdLease(request(writer, clock).asked)
    await stopped.backUp('today')
    await stopped.release({ well: true })
    const failed = await holdLease(request(writer, clock).asked)
    expect([failed.backup, failed.wasLeft]).toEqual(['today', false])
    await failed.begin(begun, failed.backup)
    await failed.release({ well: false })
    const mended = await holdLease(request(writer, clock).asked)
    expect([mended.backup, mended.wasLeft]).toEqual(['today', true])
    await mended.begin(begun, mended.backup)
    await mended.release({ well: true, chart: 'demo 2.0.0' })
    expect(annotations()).toEqual({ 'slipway.dev/chart': 'demo 2.0.0' })
    const later = await holdLease(request(writer, clock).asked)
    await later.backUp('tomorrow')
    await later.begin(begun, undefined)
    expect(remembered()).toBeUndefined()
    await later.release({ well: true })
  })
  test('that somebody took says so', async () => {
    const [clock, { writer, steal }] = [turnedClock(), leases()]
    const lease = await holdLease(request(writer, clock).asked)
    steal('thief')
    while (!lease.lost.aborted) await new Promise(done => setImmediate(done))
    await lease.release({ well: true })
  })
})

describe('a stuck release', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  const stuck = (status: string, minutesAgo: number) => {
    const removed: unknown[] = []
    const labels = { version: '3', status, modifiedAt: String(now / 1000 - minutesAgo * 60) }
    const writer = {
      list: async () => [{ metadata: { name: 'sh.helm.release.v1.web.v3', resourceVersion: '9', labels } }],
      remove: async (...call: unknown[]) => void removed.push(call),
    } as unknown as Kubernetes
    const healing = { writer, namespace: 'web', release: 'web', timeoutSeconds: 600, now }
    return { removed, healing }
  }
  test.each([
    ['pending-upgrade', 30, false, undefined],
    ['pending-install', 1, true, undefined],
    ['pending-upgrade', 1, false, 3],
  ])('%s, touched %d minutes ago, Lease taken over %s, begun by us %s, is put right', async (...row) => {
    const [status, minutes, takenOver, begun] = row
    const { healing, removed } = stuck(status, minutes)
    expect(await heal({ ...healing, takenOver, begun })).toBe(true)
    expect(removed).toEqual([
      ['/api/v1/namespaces/web/secrets/sh.helm.release.v1.web.v3', { resourceVersion: '9' }],
    ])
  })
  test.each([undefined, 2])(
    'that somebody may still be at is left alone, revision %s being ours',
    async begun => {
      const { healing, removed } = stuck('pending-upgrade', 15)
      const healed = heal({ ...healing, takenOver: false, begun })
      await expect(healed).rejects.toThrow('somebody else may be running helm')
      expect(removed).toEqual([])
    },
  )
  test('is not what a deployed one is', async () => {
    expect(await heal({ ...stuck('deployed', 99).healing, takenOver: true, begun: 3 })).toBe(false)
  })
})

describe('health', () => {
  const check = (url: string, extra: object = {}) => ({
    url,
    status: 'healthy',
    version: '1.0.0',
    login: undefined,
    seconds: 10,
    overrides: undefined,
    clock: turnedClock(),
    signal: new AbortController().signal,
    ...extra,
  })
  const server = (answers: readonly (readonly [number, unknown])[]) => {
    const left = [...answers]
    const seen: (string | undefined)[] = []
    const started = serveRoutes(() => ({
      '/api/health': (request, response) => {
        seen.push(request.headers.authorization)
        const [status, body] = left.length > 1 ? (left.shift() ?? [500, {}]) : (left[0] ?? [500, {}])
        response.writeHead(status).end(JSON.stringify(body))
      },
    }))
    return { seen, started }
  }
  test('is waited for, with the login, at the address that stands for another', async () => {
    const { seen, started } = server([
      [503, {}],
      [200, { status: 'starting' }],
      [200, { status: 'healthy', version: '1.0.0' }],
    ])
    const { base, close } = await started
    const overrides = JSON.stringify({ '203.0.113.9': base })
    const words = await waitUntilHealthy(
      check('http://203.0.113.9/api/health', { overrides, login: new Secret('a:b') }),
    )
    expect(words).toBe('healthy, version 1.0.0')
    expect(seen).toEqual(Array(3).fill(`Basic ${Buffer.from('a:b').toString('base64')}`))
    await close()
  })
  test.each([
    [[200, { status: 'healthy', version: '0.9.0' }], 'healthy, version 0.9.0, expected 1.0.0'],
    [[401, {}], 'it answers 401'],
  ] as const)('that is %j ends in words', async (answer, words) => {
    const { base, close } = await server([answer]).started
    await expect(waitUntilHealthy(check(base))).rejects.toThrow(words)
    await close()
  })
})

describe('what runs', () => {
  const empty: Snapshot = {
    workloads: [],
    pods: [],
    services: [],
    claims: [],
    events: [],
    replicaSets: [],
    hooks: [],
    isLeaving: false,
    hasFixedNodes: false,
  }
  const pod = (status: JsonObject): JsonObject => ({
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'n', uid: 'u' },
    status,
  })
  const waiting = (reason: string, message = '', extra: JsonObject = {}): Snapshot => ({
    ...empty,
    pods: [pod({ containerStatuses: [{ name: 'c', state: { waiting: { reason, message } }, ...extra }] })],
  })
  const worst = (snapshot: Snapshot) => troublesIn(snapshot)[0]
  test.each([
    ['InvalidImageName', '', 0],
    ['ErrImagePull', 'manifest unknown', 10],
    ['ErrImagePull', 'connection reset', 40],
    ['CreateContainerConfigError', 'secret "x" not found', 10],
  ])('%s (%s) is definite after %d s', (reason, message, seconds) => {
    const trouble = worst(waiting(reason, message))
    expect(trouble?.definiteAfter).toBe(seconds)
    expect(trouble?.words).toContain(`container c of Pod/p: `)
  })
  test('is in no trouble while it is created', () => {
    expect(troublesIn(waiting('ContainerCreating'))).toEqual([])
  })
  test('and crashes says how, and where the log is', () => {
    const crash = { restartCount: 3, lastState: { terminated: { exitCode: 2 } } }
    expect(worst(waiting('CrashLoopBackOff', '', crash))).toMatchObject({
      words: 'container c of Pod/p ended 3 times, last with exit code 2',
      definiteAfter: 0,
      log: { namespace: 'n', pod: 'p', container: 'c' },
    })
    const memory = { restartCount: 1, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }
    expect(worst(waiting('CrashLoopBackOff', '', memory))).toMatchObject({
      words: expect.stringContaining('ran out of memory'),
      definiteAfter: Number.POSITIVE_INFINITY,
    })
  })
  test.each([
    [1, 6, Number.POSITIVE_INFINITY],
    [3, 6, 0],
    [1, 0, 0],
  ])(
    '%d failed tries of a hook that has %d more are definite after %d s',
    (failures, backoffLimit, seconds) => {
      const hook = { kind: 'Job', metadata: { name: 'j', uid: 'h' }, spec: { backoffLimit } }
      const tries = Array.from({ length: failures }, (_, index) => ({
        kind: 'Pod',
        metadata: {
          name: `j-${index}`,
          namespace: 'n',
          uid: `u${index}`,
          creationTimestamp: `2026-11-21T00:0${index}:00Z`,
          ownerReferences: [{ uid: 'h' }],
        },
        status: {
          phase: 'Failed',
          containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 3 } } }],
        },
      }))
      const trouble = worst({ ...empty, hooks: [hook], pods: tries })
      expect(trouble).toMatchObject({
        words: expect.stringContaining(`container c of Pod/j-${failures - 1} ended with exit code 3`),
        definiteAfter: seconds,
        log: { namespace: 'n', pod: `j-${failures - 1}`, container: 'c', previous: false },
      })
    },
  )
  test('and may not be made for a quota says so', () => {
    const set = {
      kind: 'ReplicaSet',
      metadata: { name: 'r', uid: 'u' },
      status: { conditions: [{ type: 'ReplicaFailure', status: 'True' }] },
    }
    const event = { reason: 'FailedCreate', message: 'exceeded quota: cpu', involvedObject: { uid: 'u' } }
    expect(worst({ ...empty, replicaSets: [set], events: [event] })?.words).toBe(
      'ReplicaSet/r: a quota of the namespace is used up: exceeded quota: cpu',
    )
  })
  test('is awaited until new pods serve and addresses are there', () => {
    const deployment = (status: JsonObject) => ({
      kind: 'Deployment',
      metadata: { name: 'd', generation: 2 },
      spec: { replicas: 1 },
      status,
    })
    const service = { kind: 'Service', metadata: { name: 's' }, spec: { type: 'LoadBalancer' } }
    const good = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 }
    const awaitedOf = (status: JsonObject) =>
      awaited({ ...empty, workloads: [deployment(status)], services: [service] })
    expect(awaitedOf({ ...good, observedGeneration: 1 })).toEqual([
      'Deployment/d has 0 of 1 pods ready',
      'Service/s has no address yet',
    ])
    expect(awaitedOf({ ...good, replicas: 2 })[0]).toBe('Deployment/d has 0 of 1 pods ready')
    expect(awaitedOf(good)).toEqual(['Service/s has no address yet'])
  })
})

describe('an API server that forbids what it allowed before', () => {
  const watched = async (isForbidden: (look: number) => boolean) => {
    let looks = 0
    const writer = {
      list: async (path: string) => {
        if (path.endsWith('/pods') && isForbidden(++looks))
          throw new KubernetesError('pods is forbidden', { status: 403, reason: 'Forbidden' })
        return []
      },
    } as unknown as Kubernetes
    const watch = await watchRelease({
      ...{ writer, namespaces: ['n'], chart: 'demo', seconds: 600, clock: turnedClock() },
      ...{ mine: () => true, isHook: () => true, hasFixedNodes: async () => false },
      ...{ progress: () => undefined },
      ...{ signal: new AbortController().signal, redactor: new Redactor() },
    })
    watch.applied()
    return watch.ready
  }
  test('has just been started, and is asked again', async () => {
    await watched(look => look > 1 && look < 6)
  })
  test('means it, if it goes on', async () => {
    await expect(watched(look => look > 1)).rejects.toThrow('pods is forbidden')
  })
})

test('a release is looked at as soon as helm has sent everything, however long the pause was to be', async () => {
  let isAsleep = false
  const clock: Clock = {
    now: () => 0,
    sleep: (_, signal) =>
      new Promise(resolve => {
        isAsleep = true
        signal?.addEventListener('abort', () => resolve())
      }),
  }
  const watch = await watchRelease({
    ...{ writer: { list: async () => [] } as unknown as Kubernetes, namespaces: ['n'], chart: 'demo' },
    ...{ seconds: 30, clock, mine: () => true, isHook: () => true, hasFixedNodes: async () => false },
    ...{ progress: () => undefined, signal: new AbortController().signal, redactor: new Redactor() },
  })
  let isReady = false
  void watch.ready.then(() => {
    isReady = true
  })
  while (!isAsleep) await new Promise(turn => setImmediate(turn))
  watch.applied()
  for (let turns = 0; turns < 100; turns++) await new Promise(turn => setImmediate(turn))
  watch.stop()
  expect(isReady).toBe(true)
})

describe('the new server', () => {
  const owned = (uid: string, kind: string, more: JsonObject = {}): JsonObject => ({
    metadata: {
      name: uid,
      namespace: 'n',
      uid,
      labels: { 'helm.sh/chart': 'demo-2.0.0' },
      ownerReferences: [{ kind, uid: `${kind} of it` }],
    },
    ...more,
  })
  const object = (kind: string, more: JsonObject = {}): JsonObject => ({
    kind,
    metadata: { name: kind, namespace: 'n', uid: `${kind} of it`, ...more },
  })
  const ready = { status: { conditions: [{ type: 'Ready', status: 'True' }] } }
  const done = { status: { phase: 'Succeeded' } }
  test.each([
    ['has run once its pod was ready', owned('server', 'StatefulSet', ready), true],
    ['has not run because a hook of its chart has', owned('migration', 'Job', done), false],
    ['has not run while its pod is not ready', owned('server', 'StatefulSet'), false],
  ])('%s', async (_, pod, ran) => {
    const lists: Record<string, readonly JsonObject[]> = {
      pods: [],
      jobs: [object('Job')],
      statefulsets: [object('StatefulSet', { generation: 1 })],
    }
    const asked = { pods: 0 }
    const writer = {
      list: async (path: string) => {
        const collection = path.split('/').at(-1) ?? ''
        if (collection === 'pods' && ++asked.pods === 2) lists.pods = [pod]
        return lists[collection] ?? []
      },
    } as unknown as Kubernetes
    const watch = await watchRelease({
      ...{ writer, namespaces: ['n'], chart: 'demo', seconds: 30, clock: turnedClock() },
      ...{ mine: () => true, isHook: () => true, hasFixedNodes: async () => false },
      ...{ progress: () => undefined },
      ...{ signal: new AbortController().signal, redactor: new Redactor() },
    })
    while (asked.pods < 4) await new Promise(turn => setImmediate(turn))
    watch.stop()
    await watch.ready
    expect(watch.hasRun()).toBe(ran)
  })
})
