import { afterEach, describe, expect, test } from '@jest/globals'
import { type JsonObject, valueAt } from '../../../src/core/json.ts'
import type { Behaviour } from '../../../src/emulator/kubernetes/behaviour.ts'
import type { KubernetesEmulator } from '../../../src/emulator/kubernetes/server.ts'
import { applyAs, ask, DEPLOYMENTS, deployment, manualClock, start } from './support.ts'

let cluster: KubernetesEmulator
afterEach(() => cluster.close())

const clock = manualClock()
const begin = async (behaviour: Behaviour = {}) => {
  cluster = await start(clock, behaviour)
}
const run = async (name: string, image: string, more: JsonObject = {}) => {
  await applyAs(cluster, 'helm', `${DEPLOYMENTS}/${name}`, deployment(name, image, more), '&force=true')
  clock.advance(60_000)
}
const pods = (): readonly JsonObject[] => cluster.objects().filter(object => object.kind === 'Pod')
const messages = (reason: string) =>
  cluster
    .objects()
    .filter(object => object.reason === reason)
    .map(object => object.message)
const condition = (object: JsonObject | undefined, type: string) => {
  const list = valueAt(object, ['status', 'conditions'])
  return Array.isArray(list) ? list.find(each => valueAt(each, ['type']) === type) : undefined
}
const waiting = () => valueAt(pods()[0], ['status', 'containerStatuses'])
const live = (name: string) => cluster.get('Deployment', 'default', name)

describe('a Deployment', () => {
  test('comes up step by step', async () => {
    await begin()
    await applyAs(cluster, 'helm', `${DEPLOYMENTS}/web`, deployment('web', 'web:1'))
    clock.advance(100)
    expect(pods()).toHaveLength(1)
    expect(condition(live('web'), 'Available')).toMatchObject({ status: 'False' })
    clock.advance(60_000)
    expect(pods()).toMatchObject([
      { status: { phase: 'Running', podIP: expect.any(String) }, spec: { nodeName: 'gke-default-0' } },
    ])
    expect(live('web')).toMatchObject({
      metadata: { generation: 1 },
      status: { observedGeneration: 1, readyReplicas: 1, updatedReplicas: 1 },
    })
    expect(condition(live('web'), 'Progressing')).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetAvailable',
    })
  })

  test('is rolled over to a new ReplicaSet by a change of its template, and back', async () => {
    await begin()
    await run('web', 'web:1')
    const [first] = pods()
    await run('web', 'web:2')
    expect(pods()).toHaveLength(1)
    expect(valueAt(pods()[0], ['spec', 'containers'])).toMatchObject([{ image: 'web:2' }])
    await run('web', 'web:1')
    expect(valueAt(pods()[0], ['metadata', 'labels', 'pod-template-hash'])).toBe(
      valueAt(first, ['metadata', 'labels', 'pod-template-hash']),
    )
    expect(valueAt(live('web'), ['metadata', 'annotations', 'deployment.kubernetes.io/revision'])).toBe('3')
  })

  test('leaves nothing behind when it is deleted', async () => {
    await begin()
    await run('web', 'web:1')
    await ask(cluster, 'DELETE', `${DEPLOYMENTS}/web`)
    expect(cluster.objects().filter(object => object.kind === 'Pod' || object.kind === 'ReplicaSet')).toEqual(
      [],
    )
  })
})

describe('what keeps pods from running', () => {
  test('an image that cannot be pulled, until it can', async () => {
    await begin({ imagePull: 'fail' })
    await run('web', 'web:1')
    expect(waiting()).toMatchObject([
      { state: { waiting: { reason: 'ImagePullBackOff', message: expect.stringContaining('web:1') } } },
    ])
    expect(messages('Failed')).toEqual([expect.stringContaining('web:1')])
    delete cluster.behaviour.imagePull
    clock.advance(60_000)
    expect(live('web')).toMatchObject({ status: { readyReplicas: 1 } })
  })

  test('no node that has room', async () => {
    await begin({ unschedulable: '0/1 nodes are available: 1 Insufficient cpu.' })
    await run('web', 'web:1')
    expect(condition(pods()[0], 'PodScheduled')).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
      message: '0/1 nodes are available: 1 Insufficient cpu.',
    })
    expect(messages('FailedScheduling')).toEqual(['0/1 nodes are available: 1 Insufficient cpu.'])
  })

  test('a container that exits, with its log', async () => {
    await begin({ crash: 'connecting\npassword authentication failed' })
    await run('web', 'web:1')
    expect(waiting()).toMatchObject([
      {
        restartCount: 4,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 1 } },
      },
    ])
    const name = String(valueAt(pods()[0], ['metadata', 'name']))
    const log = await ask(
      cluster,
      'GET',
      `/api/v1/namespaces/default/pods/${name}/log?previous=true&tailLines=1`,
    )
    expect(log.text).toBe('password authentication failed\n')
    expect(messages('BackOff')).toHaveLength(1)
  })

  test('a Secret or a key in it that is missing, until it is there', async () => {
    await begin()
    const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'login', key: 'auth' } } }]
    await run('web', 'web:1', { env })
    expect(waiting()).toMatchObject([
      { state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "login" not found' } } },
    ])
    await ask(cluster, 'POST', '/api/v1/namespaces/default/secrets', {
      body: { metadata: { name: 'login' }, stringData: { auth: 'x' } },
    })
    clock.advance(60_000)
    expect(live('web')).toMatchObject({ status: { readyReplicas: 1 } })
  })

  test('only the pods that are named', async () => {
    await begin({ imagePull: 'fail', only: 'web' })
    await run('web', 'web:1')
    await run('other', 'other:1')
    expect([live('web'), live('other')]).toMatchObject([
      { status: { readyReplicas: 0 } },
      { status: { readyReplicas: 1 } },
    ])
  })

  test('in the end the Deployment says that it gave up', async () => {
    await begin({ imagePull: 'fail' })
    await run('web', 'web:1')
    clock.advance(700_000)
    expect(condition(live('web'), 'Progressing')).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
    })
  })
})

const claim = (spec: JsonObject = {}): JsonObject => ({
  metadata: { name: 'state' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } }, ...spec },
})
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims'
const phase = () => valueAt(cluster.get('PersistentVolumeClaim', 'default', 'state'), ['status', 'phase'])

describe('claims', () => {
  test('get a volume of the default class', async () => {
    await begin()
    await ask(cluster, 'POST', CLAIMS, { body: claim() })
    clock.advance(10_000)
    const bound = cluster.get('PersistentVolumeClaim', 'default', 'state')
    expect(bound).toMatchObject({
      spec: { storageClassName: 'standard-rwo' },
      status: { phase: 'Bound', capacity: { storage: '10Gi' } },
    })
    const volume = cluster.get('PersistentVolume', '', String(valueAt(bound, ['spec', 'volumeName'])))
    expect(volume).toMatchObject({ spec: { claimRef: { name: 'state' } }, status: { phase: 'Bound' } })
  })

  test('wait for the volume that they name', async () => {
    await begin()
    await ask(cluster, 'POST', CLAIMS, { body: claim({ volumeName: 'disk', storageClassName: '' }) })
    clock.advance(10_000)
    expect([phase(), messages('FailedBinding')]).toEqual(['Pending', ['volume "disk" not found']])
    const body = {
      metadata: { name: 'disk' },
      spec: { capacity: { storage: '10Gi' }, accessModes: ['ReadWriteOnce'] },
    }
    await ask(cluster, 'POST', '/api/v1/persistentvolumes', { body })
    clock.advance(10_000)
    expect(phase()).toBe('Bound')
  })

  test('stay pending when told so, and keep their pods from a node', async () => {
    await begin({ claims: 'pending' })
    await ask(cluster, 'POST', CLAIMS, { body: claim() })
    const given = deployment('web', 'web:1')
    const volumes = [{ name: 'state', persistentVolumeClaim: { claimName: 'state' } }]
    const type = 'application/merge-patch+json'
    await ask(cluster, 'POST', DEPLOYMENTS, { body: given })
    await ask(cluster, 'PATCH', `${DEPLOYMENTS}/web`, {
      body: { spec: { template: { spec: { volumes } } } },
      type,
    })
    clock.advance(60_000)
    expect(messages('FailedScheduling')).toContain(
      '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
    )
    delete cluster.behaviour.claims
    clock.advance(60_000)
    expect([phase(), live('web')]).toMatchObject(['Bound', { status: { readyReplicas: 1 } }])
  })
})

describe('load balancers', () => {
  const balancer = (spec: JsonObject = {}) => ({
    metadata: { name: 'lb' },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec },
  })
  const SERVICES = '/api/v1/namespaces/default/services'
  const address = () => valueAt(cluster.get('Service', 'default', 'lb'), ['status', 'loadBalancer'])

  test('get the address that was asked for, which leads to the health server', async () => {
    await begin()
    await ask(cluster, 'POST', SERVICES, { body: balancer({ loadBalancerIP: '198.51.100.7' }) })
    clock.advance(60_000)
    expect(address()).toEqual({ ingress: [{ ip: '198.51.100.7', ipMode: 'VIP' }] })
    expect(cluster.addresses.get('198.51.100.7')).toBe(cluster.healthUrl)
  })

  test('get another one when it is asked for later, and leave the first', async () => {
    await begin()
    await ask(cluster, 'POST', SERVICES, { body: balancer() })
    clock.advance(60_000)
    const [first] = cluster.addresses.keys()
    const body = { spec: { loadBalancerIP: '198.51.100.7' } }
    await ask(cluster, 'PATCH', `${SERVICES}/lb`, { body, type: 'application/merge-patch+json' })
    clock.advance(60_000)
    expect(address()).toEqual({ ingress: [{ ip: '198.51.100.7', ipMode: 'VIP' }] })
    expect([first, [...cluster.addresses.keys()]]).toEqual([
      expect.stringMatching(/^203\.0\.113\./),
      ['198.51.100.7'],
    ])
  })

  test('get none while they are pending', async () => {
    await begin({ loadBalancer: 'pending' })
    await ask(cluster, 'POST', SERVICES, { body: balancer() })
    clock.advance(60_000)
    expect(address()).toBeUndefined()
    delete cluster.behaviour.loadBalancer
    clock.advance(60_000)
    expect(address()).toMatchObject({ ingress: [{ ip: expect.stringMatching(/^203\.0\.113\./) }] })
  })
})

describe('jobs and sets', () => {
  const template = (restartPolicy?: string): JsonObject => ({
    metadata: { labels: { app: 'x' } },
    spec: {
      ...(restartPolicy === undefined ? {} : { restartPolicy }),
      containers: [{ name: 'main', image: 'a:1' }],
    },
  })
  const post = async (path: string, name: string, spec: JsonObject) => {
    await ask(cluster, 'POST', `/apis/${path}`, { body: { metadata: { name }, spec } })
    clock.advance(60_000)
  }

  test('a Job succeeds', async () => {
    await begin()
    await post('batch/v1/namespaces/default/jobs', 'once', { template: template('Never') })
    expect(cluster.get('Job', 'default', 'once')).toMatchObject({
      status: { succeeded: 1, completionTime: expect.any(String) },
    })
    expect(condition(cluster.get('Job', 'default', 'once'), 'Complete')).toMatchObject({ status: 'True' })
  })

  test('a Job whose pods exit with an error fails', async () => {
    await begin({ crash: 'no', only: 'once' })
    await post('batch/v1/namespaces/default/jobs', 'once', { template: template('Never') })
    expect(condition(cluster.get('Job', 'default', 'once'), 'Failed')).toMatchObject({
      reason: 'BackoffLimitExceeded',
    })
  })

  test('a StatefulSet has numbered pods with claims, a DaemonSet one pod a node', async () => {
    await begin()
    const selector = { matchLabels: { app: 'x' } }
    const volumeClaimTemplates = [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ]
    await post('apps/v1/namespaces/default/statefulsets', 'db', {
      replicas: 2,
      serviceName: 'db',
      selector,
      template: template(),
      volumeClaimTemplates,
    })
    await post('apps/v1/namespaces/default/daemonsets', 'agent', { selector, template: template() })
    expect(cluster.get('StatefulSet', 'default', 'db')).toMatchObject({ status: { readyReplicas: 2 } })
    expect(cluster.get('PersistentVolumeClaim', 'default', 'data-db-1')).toMatchObject({
      status: { phase: 'Bound' },
    })
    expect(cluster.get('DaemonSet', 'default', 'agent')).toMatchObject({ status: { numberReady: 1 } })
  })
})

test('a snapshot leaves out what differs from run to run', async () => {
  await begin()
  await run('web', 'web:1')
  const first = cluster.snapshot()
  expect(first['Deployment/default/web']).toMatchObject({ metadata: { name: 'web', labels: { app: 'web' } } })
  expect(JSON.stringify(first)).not.toContain('resourceVersion')
})
