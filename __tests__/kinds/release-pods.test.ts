import { describe, expect, test } from '@jest/globals'
import type { Clock } from '../../src/core/clock.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { Redactor } from '../../src/core/secret.ts'
import type { Gcp } from '../../src/gcp/port.ts'
import { troublesIn } from '../../src/kinds/release/diagnose.ts'
import { createFixedNodes } from '../../src/kinds/release/nodes.ts'
import { stuckPods } from '../../src/kinds/release/stuck.ts'
import { watchRelease } from '../../src/kinds/release/watch.ts'
import { awaited, type Snapshot, seenOnly, snapshot, uidOf } from '../../src/kinds/release/workloads.ts'
import type { Kubernetes } from '../../src/kubernetes/port.ts'

const never = Number.POSITIVE_INFINITY
const nothing: Snapshot = {
  ...{ workloads: [], hooks: [], pods: [], services: [], claims: [], events: [], replicaSets: [] },
  ...{ isLeaving: false, hasFixedNodes: false },
}
const object = (kind: string, name: string, more: JsonObject = {}, about: JsonObject = {}): JsonObject => ({
  kind,
  metadata: { name, namespace: 'n', uid: name, ...about },
  ...more,
})
const ownedBy = (kind: string, uid: string): JsonObject => ({ ownerReferences: [{ kind, uid }] })
const event = (reason: string, uid: string, message = 'so it is'): JsonObject => ({
  reason,
  message,
  involvedObject: { uid },
})
const full = '0/1 nodes are available: 1 Insufficient cpu.'
const blocked = (message = full, about: JsonObject = {}, status: JsonObject = {}): JsonObject => {
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }
  return object('Pod', 'p', { status: { phase: 'Pending', conditions: [condition], ...status } }, about)
}

describe('a pod that fits on no node', () => {
  const fixed = { hasFixedNodes: true }
  test.each<readonly [string, JsonObject, Partial<Snapshot>, number, string]>([
    ['may get one from an autoscaler', blocked(), {}, never, 'Insufficient cpu.'],
    ['gets none where nothing adds one', blocked(), fixed, 30, 'nothing adds one'],
    ['may get room from a pod that ends', blocked(), { ...fixed, isLeaving: true }, never, 'cpu.'],
    [
      'may get room from a pod that was put out for it',
      blocked(full, {}, { nominatedNodeName: 'a' }),
      fixed,
      never,
      'cpu.',
    ],
    [
      'waits for its volume',
      blocked('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
      fixed,
      never,
      'unbound',
    ],
    [
      'waits for the driver of a device',
      blocked('0/1 nodes are available: 1 Insufficient nvidia.com/gpu.'),
      fixed,
      never,
      'gpu',
    ],
    [
      'and belongs to a daemon set gets no other',
      blocked(full, ownedBy('DaemonSet', 'd')),
      {},
      30,
      'nothing adds one',
    ],
    [
      'gets none if the autoscaler says so',
      blocked(),
      { events: [event('NotTriggerScaleUp', 'p')] },
      30,
      'the autoscaler adds none: so it is',
    ],
    [
      'gets one that is being added',
      blocked(),
      { ...fixed, events: [event('NotTriggerScaleUp', 'p'), event('TriggeredScaleUp', 'p')] },
      never,
      'is adding one: so it is',
    ],
  ])('%s', (_, pod, more, definiteAfter, words) => {
    const [trouble, ...others] = troublesIn({ ...nothing, pods: [pod], ...more })
    expect(others).toEqual([])
    expect(trouble).toMatchObject({ definiteAfter, words: expect.stringContaining(words) })
  })
  test('and that a node is being added for makes a deadline mean nothing', () => {
    const late = { type: 'Progressing', reason: 'ProgressDeadlineExceeded', message: 'late' }
    const workloads = [object('Deployment', 'd', { status: { conditions: [late] } })]
    const definite = (events: readonly JsonObject[]) =>
      troublesIn({ ...nothing, workloads, pods: [blocked()], events }).at(-1)?.definiteAfter
    expect([definite([]), definite([event('TriggeredScaleUp', 'p')])]).toEqual([15, never])
  })
})

describe('a watch of a pod that fits on no node', () => {
  const lists: Readonly<Record<string, readonly JsonObject[]>> = {
    statefulsets: [object('StatefulSet', 's')],
    pods: [blocked(full, ownedBy('StatefulSet', 's'))],
  }
  const writer = {
    list: async (path: string) => lists[path.split('/').at(-1) ?? ''] ?? [],
  } as unknown as Kubernetes
  /** How it ends, nodes being fixed at these seconds. */
  const ending = async (isFixed: (second: number) => boolean): Promise<unknown> => {
    let now = 0
    const sleep = async (milliseconds: number): Promise<void> => {
      now += milliseconds
    }
    const watch = await watchRelease({
      ...{ writer, namespaces: ['n'], chart: 'demo', seconds: 60, clock: { now: () => now, sleep } },
      ...{ mine: () => true, isHook: () => true, progress: () => undefined },
      ...{ hasFixedNodes: async () => isFixed(now / 1000) },
      ...{ signal: new AbortController().signal, redactor: new Redactor() },
    })
    watch.applied()
    return watch.ready.catch((error: unknown) => (error instanceof Error ? error.message : error))
  }
  test('ends when nothing has added a node for half a minute', async () => {
    expect(await ending(() => true)).toMatch(/^Pod\/p fits on no node: .* nothing adds one\./)
  })
  test('begins to count again when a node may have come in between', async () => {
    expect(await ending(second => second < 20 || second > 35)).toMatch(/^It was not ready after 1 minutes/)
  })
})

describe('the nodes of a cluster', () => {
  const pool = { name: 'a', status: 'RUNNING', initialNodeCount: 1, locations: ['x', 'y'] }
  const cluster = (more: JsonObject = {}, pools: JsonObject = {}): JsonObject => ({
    ...{ name: 'c', location: 'x', status: 'RUNNING', nodePools: [{ ...pool, ...pools }] },
    ...more,
  })
  const node = (spec: JsonObject = {}, status = 'True'): JsonObject => ({
    spec,
    status: { conditions: [{ type: 'Ready', status }] },
  })
  const two = [node(), node()]
  const asked = (found: JsonObject | Error, nodes: readonly JsonObject[]) => {
    const state = { calls: 0, now: 0 }
    const get = async () => {
      state.calls++
      if (found instanceof Error) throw found
      return found
    }
    const fixed = createFixedNodes(
      { get } as unknown as Gcp,
      { list: async () => nodes } as unknown as Kubernetes,
      { project: 'p', location: 'x', name: 'c' },
      { now: () => state.now } as unknown as Clock,
    )
    return { state, fixed }
  }
  test.each<readonly [string, boolean, JsonObject | Error, readonly JsonObject[]]>([
    ['stay as they are where no pool grows and all are there', true, cluster(), two],
    [
      'may grow in number with a pool that has an autoscaler',
      false,
      cluster({}, { autoscaling: { enabled: true } }),
      two,
    ],
    [
      'may get a pool by auto-provisioning',
      false,
      cluster({ autoscaling: { enableNodeAutoprovisioning: true } }),
      two,
    ],
    ['are Google’s affair in Autopilot', false, cluster({ autopilot: { enabled: true } }), two],
    ['may come while a pool is made', false, cluster({}, { status: 'PROVISIONING' }), two],
    ['may come while the cluster is worked on', false, cluster({ status: 'RECONCILING' }), two],
    ['may come while one is missing', false, cluster(), [node()]],
    ['may come while one is not ready', false, cluster(), [node(), node({}, 'Unknown')]],
    [
      'may come back while one is put out of service',
      false,
      cluster(),
      [node(), node({ unschedulable: true })],
    ],
    [
      'may come while one starts',
      false,
      cluster(),
      [node(), node({ taints: [{ key: 'node.kubernetes.io/not-ready' }] })],
    ],
    ['are full whatever people taint', true, cluster(), [node(), node({ taints: [{ key: 'team' }] })]],
    ['are not known if Google does not say', false, new Error('busy'), two],
  ])('%s', async (_, fixed, found, nodes) => {
    expect(await asked(found, nodes).fixed()).toBe(fixed)
  })
  test('are asked for every ten seconds at most', async () => {
    const { state, fixed } = asked(cluster(), two)
    for (const now of [0, 5_000, 9_999, 10_000]) {
      state.now = now
      await fixed()
    }
    expect(state.calls).toBe(2)
  })
})

describe('what a release uses', () => {
  const lists: Readonly<Record<string, readonly JsonObject[]>> = {
    statefulsets: [object('StatefulSet', 's')],
    pods: [
      object(
        'Pod',
        's-0',
        { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data-s-0' } }] } },
        ownedBy('StatefulSet', 's'),
      ),
    ],
    persistentvolumeclaims: [
      object('PersistentVolumeClaim', 'data-s-0'),
      object('PersistentVolumeClaim', 's-0-scratch', {}, ownedBy('Pod', 's-0')),
      object('PersistentVolumeClaim', 'data-t-0'),
      object('PersistentVolumeClaim', 'data-s-0', {}, { namespace: 'other' }),
    ],
  }
  const writer = {
    list: async (path: string) => lists[path.split('/').at(-1) ?? ''] ?? [],
  } as unknown as Kubernetes
  test('is each claim that one of its pods mounts, and no other', async () => {
    const belonging = { mine: ({ kind }: JsonObject) => kind === 'StatefulSet', isHook: () => false }
    const { claims } = await snapshot(writer, ['n'], belonging)
    expect(claims).toEqual(lists.persistentvolumeclaims?.slice(0, 2))
  })
  test.each([
    ['has looked at its template', 2, ['r', 'p', 's-0']],
    ['has not looked at its template yet', 1, []],
  ])('counts for a workload whose controller %s', (_, observedGeneration, counting) => {
    const status = { status: { observedGeneration } }
    const now = seenOnly({
      ...nothing,
      workloads: ['Deployment', 'StatefulSet'].map(kind => object(kind, kind, status, { generation: 2 })),
      replicaSets: [object('ReplicaSet', 'r', {}, ownedBy('Deployment', 'Deployment'))],
      pods: [
        object('Pod', 'p', {}, ownedBy('ReplicaSet', 'r')),
        object('Pod', 's-0', {}, ownedBy('StatefulSet', 'StatefulSet')),
        object('Pod', 'hook', {}, ownedBy('Job', 'j')),
      ],
    })
    const left = [...now.replicaSets, ...now.pods].map(uidOf)
    expect(left).toEqual([...counting, 'hook'])
  })
  test.each([
    ['that has none gets no disk', {}, 30],
    ['that has got one by now is waited for', { storageClassName: 'standard-rwo' }, never],
  ])('a claim without a class %s', (_, spec, definiteAfter) => {
    const claim = object('PersistentVolumeClaim', 'c', { spec, status: { phase: 'Pending' } })
    const events = [
      event('FailedBinding', 'c', 'no persistent volumes available and no storage class is set'),
    ]
    expect(troublesIn({ ...nothing, claims: [claim], events })[0]?.definiteAfter).toBe(definiteAfter)
  })
  test.each([
    ['StatefulSet', { spec: { replicas: 1 } }],
    ['DaemonSet', { status: { desiredNumberScheduled: 1 } }],
    ['Job', {}],
  ])('a %s that could not make its pods once is in no trouble when it has them', (kind, more) => {
    const [owner, pods] = [object(kind, 'o', more), [object('Pod', 'p', {}, ownedBy(kind, 'o'))]]
    const owners = kind === 'Job' ? { hooks: [owner] } : { workloads: [owner] }
    const before = { ...nothing, ...owners, events: [event('FailedCreate', 'o', 'exceeded quota: team')] }
    expect(troublesIn(before)[0]?.words).toContain('a quota of the namespace is used up')
    expect(troublesIn({ ...before, pods })).toEqual([])
  })
})

test.each([
  ['exceeded quota: team', 30],
  ['error looking up service account n/mine: serviceaccount "mine" not found', 30],
  ['error looking up service account n/default: serviceaccount "default" not found', never],
])('a Job that cannot make its pods (%s) is definite after %d s', (message, seconds) => {
  const events = [event('FailedCreate', 'j', message)]
  expect(troublesIn({ ...nothing, hooks: [object('Job', 'j')], events })[0]?.definiteAfter).toBe(seconds)
})

describe('a stateful set', () => {
  const set = (spec: JsonObject = {}, status: JsonObject = {}, generation = 2): JsonObject =>
    object(
      'StatefulSet',
      's',
      {
        spec: { replicas: 1, ...spec },
        status: { observedGeneration: 2, updateRevision: 'good', ...status },
      },
      { generation },
    )
  const pod = (about: JsonObject = {}, revision = 'bad', ready = 'False'): JsonObject =>
    object(
      'Pod',
      's-0',
      { status: { phase: 'Pending', conditions: [{ type: 'Ready', status: ready }] } },
      {
        labels: { 'controller-revision-hash': revision, 'apps.kubernetes.io/pod-index': '0' },
        ...ownedBy('StatefulSet', 's'),
        ...about,
      },
    )
  test.each<readonly [string, boolean, JsonObject, JsonObject]>([
    ['that waits for a pod of another template that is not ready', true, set(), pod()],
    ['whose pod is ready', false, set(), pod({}, 'bad', 'True')],
    ['whose pod is of its template', false, set(), pod({}, 'good')],
    ['whose pod is ending', false, set(), pod({ deletionTimestamp: 'now' })],
    ['whose controller has not looked yet', false, set({}, {}, 3), pod()],
    ['whose pods come all at once', false, set({ podManagementPolicy: 'Parallel' }), pod()],
    ['whose pods people replace', false, set({ updateStrategy: { type: 'OnDelete' } }), pod()],
    [
      'that holds its first pods back',
      false,
      set({ updateStrategy: { rollingUpdate: { partition: 1 } } }),
      pod(),
    ],
  ])('%s: stuck is %s', (_, stuck, workload, owned) => {
    expect(stuckPods({ ...nothing, workloads: [workload], pods: [owned] })).toEqual(stuck ? [owned] : [])
  })

  const by = (type: string) => ({ updateStrategy: { type } })
  const partition = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } }
  const counts = (ready: number, updated: number) => ({ readyReplicas: ready, updatedReplicas: updated })
  const scheduled = (available: number, updated: number) => ({
    ...{ observedGeneration: 2, desiredNumberScheduled: 2 },
    ...{ numberAvailable: available, updatedNumberScheduled: updated },
  })
  test.each<readonly [string, boolean, JsonObject]>([
    ['a stateful set until all its pods are new', true, set({ replicas: 2 }, counts(2, 1))],
    [
      'a stateful set but for those that it holds back',
      false,
      set({ replicas: 2, ...partition }, counts(2, 1)),
    ],
    [
      'a stateful set’s new pods though it holds some back',
      true,
      set({ replicas: 2, ...partition }, counts(2, 0)),
    ],
    ['no new pods where people replace them', false, set({ replicas: 2, ...by('OnDelete') }, counts(2, 0))],
    ['all pods where people replace them', true, set({ replicas: 2, ...by('OnDelete') }, counts(1, 0))],
    ['a daemon set until all its pods are new', true, object('DaemonSet', 'd', { status: scheduled(2, 1) })],
    [
      'no new pods of a daemon set where people replace them',
      false,
      object('DaemonSet', 'd', { spec: by('OnDelete'), status: scheduled(2, 0) }),
    ],
  ])('%s: awaited is %s', (_, isAwaited, workload) => {
    expect(awaited({ ...nothing, workloads: [workload] })).toHaveLength(isAwaited ? 1 : 0)
  })

  /** A watch after helm has ended; `removed` are the pods that were taken away. */
  const watched = async (remove: () => Promise<boolean>) => {
    const removed: unknown[] = []
    const waiting = { name: 'c', state: { waiting: { reason: 'InvalidImageName' } } }
    const bad = { ...pod(), status: { phase: 'Pending', containerStatuses: [waiting] } }
    const good = pod({}, 'good', 'True')
    const done = { replicas: 1, updatedReplicas: 1, readyReplicas: 1 }
    const lists = (): Readonly<Record<string, readonly JsonObject[]>> =>
      removed.length === 0
        ? { statefulsets: [set()], pods: [bad] }
        : { statefulsets: [set({}, done)], pods: [good] }
    const writer = {
      list: async (path: string) => lists()[path.split('/').at(-1) ?? ''] ?? [],
      remove: async (...call: unknown[]) => {
        await remove()
        return removed.push(call) > 0
      },
    } as unknown as Kubernetes
    const watch = await watchRelease({
      ...{ writer, namespaces: ['n'], chart: 'demo', seconds: 30 },
      ...{ clock: { now: () => 0, sleep: async () => undefined }, hasFixedNodes: async () => false },
      ...{ mine: () => true, isHook: () => true, progress: () => undefined },
      ...{ signal: new AbortController().signal, redactor: new Redactor() },
    })
    watch.applied()
    return { watch, removed }
  }
  test('is helped over such a pod, once, and what was wrong with it is no trouble', async () => {
    const { watch, removed } = await watched(async () => true)
    await watch.ready
    expect(removed).toEqual([['/api/v1/namespaces/n/pods/s-0', { uid: 's-0' }]])
  })
})
