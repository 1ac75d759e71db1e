import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../../src/core/json.ts'
import type { KubernetesEmulator } from '../../../src/emulator/kubernetes/server.ts'
import { applyAs, ask, CONFIGMAPS, DEPLOYMENTS, deployment, start } from './support.ts'

let cluster: KubernetesEmulator
beforeAll(async () => {
  cluster = await start()
})
afterAll(() => cluster.close())

const post = (path: string, body: JsonObject) => ask(cluster, 'POST', path, { body })
const map = (name: string, more: JsonObject = {}): JsonObject => ({
  metadata: { name },
  data: { a: '1', b: '2' },
  ...more,
})

describe('create, replace, patch, delete', () => {
  test('a second object of the same name is refused, so is one in a namespace that is not there', async () => {
    expect((await post(CONFIGMAPS, map('taken'))).code).toBe(201)
    expect((await post(CONFIGMAPS, map('taken'))).body).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "taken" already exists',
    })
    const nowhere = await post('/api/v1/namespaces/nowhere/configmaps', map('a'))
    expect(nowhere.body).toMatchObject({
      code: 404,
      reason: 'NotFound',
      message: 'namespaces "nowhere" not found',
    })
  })

  test('generateName makes a name', async () => {
    const { body } = await post(CONFIGMAPS, { metadata: { generateName: 'job-' } })
    expect(body.metadata).toMatchObject({ name: expect.stringMatching(/^job-[a-z0-9]{5}$/) })
  })

  test('a replace with an old resourceVersion is refused', async () => {
    const { body } = await post(CONFIGMAPS, map('locked'))
    const changed = await ask(cluster, 'PUT', `${CONFIGMAPS}/locked`, { body: { ...body, data: { a: '2' } } })
    expect(changed.code).toBe(200)
    const stale = await ask(cluster, 'PUT', `${CONFIGMAPS}/locked`, { body: { ...body, data: { a: '3' } } })
    expect(stale.body).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: expect.stringContaining('the object has been modified'),
    })
  })

  test.each([
    ['application/merge-patch+json', { data: { a: null, c: '3' } }],
    ['application/strategic-merge-patch+json', { data: { a: null, c: '3' } }],
    [
      'application/json-patch+json',
      [
        { op: 'remove', path: '/data/a' },
        { op: 'test', path: '/data/b', value: '2' },
        { op: 'add', path: '/data/c', value: '3' },
      ],
    ],
  ])('%s', async (type, body) => {
    await post(CONFIGMAPS, map('patched'))
    const { body: patched } = await ask(cluster, 'PATCH', `${CONFIGMAPS}/patched`, { body, type })
    expect(patched.data).toEqual({ b: '2', c: '3' })
    await ask(cluster, 'DELETE', `${CONFIGMAPS}/patched`)
  })

  test('a strategic patch merges containers by name and can delete one', async () => {
    await applyAs(cluster, 'helm', `${DEPLOYMENTS}/strategic`, deployment('strategic', 'app:1'))
    const type = 'application/strategic-merge-patch+json'
    const change = (items: readonly JsonObject[]) => ({ spec: { template: { spec: { containers: items } } } })
    const added = await ask(cluster, 'PATCH', `${DEPLOYMENTS}/strategic`, {
      body: change([{ name: 'side', image: 'side:1' }]),
      type,
    })
    expect(JSON.stringify(added.body)).toMatch(/app:1.*side:1/)
    const gone = await ask(cluster, 'PATCH', `${DEPLOYMENTS}/strategic`, {
      body: change([{ name: 'side', $patch: 'delete' }]),
      type,
    })
    expect(JSON.stringify(gone.body.spec)).not.toContain('side:1')
  })

  test('a JSON patch whose test fails changes nothing', async () => {
    await post(CONFIGMAPS, map('tested'))
    const body = [
      { op: 'test', path: '/data/a', value: 'x' },
      { op: 'remove', path: '/data/a' },
    ]
    const { code } = await ask(cluster, 'PATCH', `${CONFIGMAPS}/tested`, {
      body,
      type: 'application/json-patch+json',
    })
    expect([code, cluster.get('ConfigMap', 'default', 'tested')?.data]).toEqual([422, { a: '1', b: '2' }])
  })

  test('delete honours its preconditions and takes dependents along', async () => {
    const { body } = await post(CONFIGMAPS, map('owner'))
    const { uid, resourceVersion } = body.metadata as JsonObject
    const owners = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: uid ?? '' }]
    await post(CONFIGMAPS, { metadata: { name: 'owned', ownerReferences: owners } })
    const wrong = await ask(cluster, 'DELETE', `${CONFIGMAPS}/owner`, {
      body: { preconditions: { resourceVersion: '1' } },
    })
    expect([wrong.code, wrong.body.reason]).toEqual([409, 'Conflict'])
    const right = await ask(cluster, 'DELETE', `${CONFIGMAPS}/owner`, {
      body: { preconditions: { resourceVersion: resourceVersion ?? '' } },
    })
    expect(right.body).toMatchObject({ kind: 'Status', status: 'Success' })
    expect(cluster.get('ConfigMap', 'default', 'owned')).toBeUndefined()
    expect((await ask(cluster, 'GET', `${CONFIGMAPS}/owner`)).body.message).toBe(
      'configmaps "owner" not found',
    )
  })

  test('a finalizer keeps an object until it is taken out', async () => {
    await post(CONFIGMAPS, { metadata: { name: 'held', finalizers: ['example.com/hold'] } })
    const marked = await ask(cluster, 'DELETE', `${CONFIGMAPS}/held`)
    expect(marked.body.metadata).toHaveProperty('deletionTimestamp')
    await ask(cluster, 'PATCH', `${CONFIGMAPS}/held`, {
      body: { metadata: { finalizers: null } },
      type: 'application/merge-patch+json',
    })
    expect(cluster.get('ConfigMap', 'default', 'held')).toBeUndefined()
  })

  test('stringData ends up encoded in data', async () => {
    const { body } = await post('/api/v1/namespaces/default/secrets', {
      metadata: { name: 'plain' },
      stringData: { key: 'value' },
    })
    expect(body).toMatchObject({ type: 'Opaque', data: { key: 'dmFsdWU=' } })
    expect(body).not.toHaveProperty('stringData')
  })

  test('a CustomResourceDefinition makes its kind available', async () => {
    const definition = {
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets' },
        versions: [{ name: 'v1', served: true, storage: true }],
      },
    }
    const path = '/apis/example.com/v1/namespaces/default/widgets'
    expect((await post(path, { metadata: { name: 'a' } })).code).toBe(404)
    await post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition)
    expect((await post(path, { metadata: { name: 'a' }, spec: { size: 1 } })).code).toBe(201)
    expect((await ask(cluster, 'GET', '/apis/example.com/v1')).body.resources).toMatchObject([
      { kind: 'Widget' },
    ])
  })
})

describe('what can never change', () => {
  const claim = (size: string, mode = 'ReadWriteOnce'): JsonObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'state' },
    spec: { accessModes: [mode], resources: { requests: { storage: size } } },
  })
  const job = (image: string): JsonObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'once' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] } } },
  })
  const binding = (role: string): JsonObject => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'bound' },
    subjects: [],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
  })
  const relabelled = (): JsonObject => {
    const given = deployment('fixed', 'app:1')
    const labels = { app: 'other' }
    return {
      ...given,
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'app:1' }] } },
      },
    }
  }
  const claims = '/api/v1/namespaces/default/persistentvolumeclaims/state'
  const jobs = '/apis/batch/v1/namespaces/default/jobs/once'
  const bindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings/bound'

  test.each([
    [
      'a Deployment selector',
      `${DEPLOYMENTS}/fixed`,
      deployment('fixed', 'app:1'),
      relabelled(),
      'spec.selector',
      'field is immutable',
    ],
    ['a Job template', jobs, job('a:1'), job('a:2'), 'spec.template', 'field is immutable'],
    [
      'a claim’s access mode',
      claims,
      claim('10Gi'),
      claim('10Gi', 'ReadWriteMany'),
      'spec',
      'spec is immutable after creation',
    ],
    [
      'a claim’s size, downwards',
      claims,
      claim('10Gi'),
      claim('9Gi'),
      'spec.resources.requests.storage',
      'can not be less',
    ],
    ['a binding’s role', bindings, binding('a'), binding('b'), 'roleRef', 'cannot change roleRef'],
  ])('%s', async (_, path, before, after, field, message) => {
    expect((await applyAs(cluster, 'helm', path, before, '&force=true')).code).toBeLessThan(300)
    const refused = await applyAs(cluster, 'helm', path, after, '&force=true&dryRun=All')
    expect(refused.body).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: expect.stringContaining(message),
      details: { causes: [{ field }] },
    })
  })

  test('a claim may grow', async () => {
    expect((await applyAs(cluster, 'helm', claims, claim('20Gi'), '&force=true')).code).toBe(200)
  })
})
