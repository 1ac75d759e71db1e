import { afterEach, describe, expect, test } from '@jest/globals'
import { createGcp } from '../../src/gcp/client.ts'
import { errorOf } from '../../src/gcp/failure.ts'
import { retryAfter } from '../../src/gcp/pauses.ts'
import { ForbiddenRequestError, GcpError } from '../../src/gcp/port.ts'
import { createReader } from '../../src/gcp/reader.ts'
import { type Answer, serve } from './loopback.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => void (await Promise.all(open.splice(0).map(one => one.close()))))

const world = async (...answers: readonly Answer[]) => {
  const server = await serve(answers)
  open.push(server)
  return server
}
/** The same, and nobody waits for an answer for longer than this. */
const hurried = async (...answers: readonly Answer[]) => {
  const server = await serve(answers, 300)
  open.push(server)
  return server
}
const ok = (body: unknown): Answer => ({ status: 200, body })
const error = (status: number, body: object = {}, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: { error: { code: status, message: 'no', ...body } },
})
const reads = [
  'GET container /v1/projects/{}/locations/-/clusters',
  'POST cloudresourcemanager /v1/projects/{}:getIamPolicy',
  'GET secretmanager /v1/projects/{}/secrets/{}/versions/{}',
]

describe('a reader', () => {
  test('asks once and reads all pages', async () => {
    const { options, seen } = await world(ok({ clusters: [1], nextPageToken: 'n' }), ok({ clusters: [2] }))
    const reader = createReader(options, reads)
    const path = '/v1/projects/p/locations/-/clusters'
    expect(
      await Promise.all([
        reader.list('container', path, 'clusters'),
        reader.list('container', path, 'clusters'),
      ]),
    ).toEqual([
      [1, 2],
      [1, 2],
    ])
    expect(seen.map(({ url }) => url)).toEqual([path, `${path}?pageToken=n`])
  })

  const smuggled: readonly [
    string,
    'GET' | 'POST',
    'container' | 'cloudresourcemanager' | 'secretmanager',
    string,
  ][] = [
    ['another method', 'POST', 'container', '/v1/projects/p/locations/-/clusters'],
    ['another API', 'GET', 'cloudresourcemanager', '/v1/projects/p/locations/-/clusters'],
    ['another path', 'GET', 'container', '/v1/projects/p/locations/-/clusters/c'],
    ['a write that looks like a read', 'POST', 'cloudresourcemanager', '/v1/projects/p:setIamPolicy'],
    ['a verb inside a name', 'POST', 'cloudresourcemanager', '/v1/projects/p:setIamPolicy:getIamPolicy'],
    ['a query inside a path', 'POST', 'cloudresourcemanager', '/v1/projects/p:setIamPolicy?x=:getIamPolicy'],
    ['a fragment inside a path', 'POST', 'cloudresourcemanager', '/v1/projects/p:setIamPolicy#:getIamPolicy'],
    ['dots', 'GET', 'container', '/v1/projects/../locations/-/clusters'],
    ['encoded dots', 'GET', 'container', '/v1/projects/%2e%2e/locations/-/clusters'],
    ['dots around a tab', 'GET', 'container', '/v1/projects/.\t./locations/-/clusters'],
    ['a back slash', 'GET', 'container', '/v1/projects/a\\b/locations/-/clusters'],
    ['a slash', 'GET', 'container', '/v1/projects/a/b/locations/-/clusters'],
    ['a payload', 'GET', 'secretmanager', '/v1/projects/p/secrets/s/versions/1:access'],
  ]
  test.each(smuggled)('sends nothing for %s', async (_, method, api, path) => {
    const { options, seen } = await world(ok({}))
    const reader = createReader(options, reads)
    const ask = method === 'GET' ? reader.get(api, path) : reader.read(api, path, {})
    await expect(ask).rejects.toThrow(ForbiddenRequestError)
    expect(seen).toEqual([])
  })

  test('lets a project of a domain through', async () => {
    const { options } = await world(ok({ version: 1 }))
    expect(
      await createReader(options, reads).read(
        'cloudresourcemanager',
        '/v1/projects/example.com:p:getIamPolicy',
        {},
      ),
    ).toEqual({ version: 1 })
  })

  test('waits as long as the API asks', async () => {
    const { options, clock } = await world(
      error(429, {}, { 'retry-after': '7' }),
      error(503),
      ok({ clusters: [] }),
    )
    await createReader(options, reads).list('container', '/v1/projects/p/locations/-/clusters', 'clusters')
    expect(clock.slept[0]).toBe(7_000)
    expect(clock.slept).toHaveLength(2)
  })

  test('gives up in the end', async () => {
    const { options } = await world(error(503))
    await expect(
      createReader(options, reads).list('container', '/v1/projects/p/locations/-/clusters', 'clusters'),
    ).rejects.toMatchObject({ failure: 'unavailable', status: 503 })
  })
})

describe('a write', () => {
  const create = {
    method: 'POST',
    api: 'container',
    path: '/v1/projects/p/locations/l/clusters',
    body: { cluster: {} },
  } as const

  test('that may have been taken is looked up before it is sent again', async () => {
    const { options, seen } = await world('reset', ok({ name: 'found' }))
    const gcp = createGcp(options)
    const lookUp = () => gcp.get<{ name: string }>('container', '/v1/projects/p/locations/l/clusters/c')
    expect(await gcp.write({ ...create, lookUp })).toEqual({ name: 'found' })
    expect(seen.map(({ method }) => method)).toEqual(['POST', 'GET'])
  })
  test.each(['silence', 'half'] as const)('whose answer does not come is given up: %s', async answer => {
    const { options } = await hurried(answer)
    await expect(options.transport.send(create)).rejects.toMatchObject({
      failure: 'unavailable',
      status: 0,
      answer: 'nothing for 0.3 seconds',
    })
  })
  test.each(['silence', 'half'] as const)(
    'whose answer does not come is looked up and not sent again: %s',
    async answer => {
      const { options, seen } = await hurried(answer, ok({ name: 'found' }))
      const gcp = createGcp(options)
      const lookUp = () => gcp.get<{ name: string }>('container', '/v1/projects/p/locations/l/clusters/c')
      expect(await gcp.write({ ...create, lookUp })).toEqual({ name: 'found' })
      const sent = seen.map(({ method }) => method)
      expect([sent.filter(method => method === 'POST').length, sent.at(-1)]).toEqual([1, 'GET'])
    },
  )
  test('that was not taken is sent again', async () => {
    const { options, seen } = await world(error(503), ok({ name: 'op' }))
    expect(await createGcp(options).write({ ...create, lookUp: async () => undefined })).toEqual({
      name: 'op',
    })
    expect(seen.map(({ method }) => method)).toEqual(['POST', 'POST'])
  })
  test('waits while another operation runs, and for what the caller says passes', async () => {
    const busy = error(400, {
      status: 'FAILED_PRECONDITION',
      details: [{ reason: 'CLUSTER_ALREADY_HAS_OPERATION' }],
    })
    const { options, seen } = await world(
      busy,
      error(400, { message: 'Service account x does not exist.' }),
      ok({}),
    )
    await createGcp(options).write({ ...create, waitOut: ({ answer }) => answer.includes('does not exist') })
    expect(seen).toHaveLength(3)
  })
  test('does not insist on what is wrong', async () => {
    const { options, seen } = await world(error(400, { message: 'bad' }))
    await expect(createGcp(options).write(create)).rejects.toMatchObject({
      failure: 'invalid',
      answer: 'bad',
    })
    expect(seen).toHaveLength(1)
  })
  test('waits for an API that this run has switched on', async () => {
    const off = error(403, {
      details: [{ reason: 'SERVICE_DISABLED', metadata: { service: 'container.googleapis.com' } }],
    })
    const { options } = await world(off, off, ok({}))
    const gcp = createGcp(options)
    gcp.enabled('container.googleapis.com')
    expect(await gcp.write(create)).toEqual({})
  })
})

describe('an operation', () => {
  const path = '/v1/projects/p/locations/l/operations/o'
  test('is polled until it is done, with growing pauses', async () => {
    const running = ok({
      status: 'RUNNING',
      progress: {
        metrics: [
          { name: 'NODES_TOTAL', intValue: '3' },
          { name: 'NODES_DONE', intValue: '1' },
        ],
      },
    })
    const { options, clock } = await world(running, running, running, running, ok({ status: 'DONE' }))
    const heard: string[] = []
    await createGcp(options).wait('container', path, text => heard.push(text))
    expect(heard[0]).toBe('nodes 1 of 3')
    expect([...clock.slept].sort((a, b) => a - b)).toEqual(clock.slept)
  })
  test.each([
    ['Cloud SQL', { status: 'DONE', error: { errors: [{ code: 'INTERNAL', message: 'it broke' }] } }],
    ['GKE', { status: 'DONE', error: { code: 8, message: 'it broke' } }],
    ['long running', { done: true, error: { code: 9, message: 'it broke' } }],
  ])('of %s that is done has not always succeeded', async (_, body) => {
    const { options } = await world(ok(body))
    await expect(createGcp(options).wait('container', path)).rejects.toThrow('it broke')
  })
})

describe('failures', () => {
  const cases: readonly [number, object | string, string][] = [
    [404, { error: { message: 'Not found: projects/p/locations/l/clusters/c.' } }, 'absent'],
    [403, { error: { errors: [{ reason: 'instanceDoesNotExist' }] } }, 'absent'],
    [403, { error: { errors: [{ reason: 'accessNotConfigured' }] } }, 'disabled'],
    [403, { error: { details: [{ reason: 'SERVICE_DISABLED' }] } }, 'disabled'],
    [409, { error: { errors: [{ reason: 'operationInProgress' }] } }, 'busy'],
    [400, { error: { message: 'Cluster is running incompatible operation operation-1.' } }, 'busy'],
    [409, { error: { status: 'ALREADY_EXISTS' } }, 'exists'],
    [409, { error: { status: 'ABORTED', message: 'There were concurrent policy changes.' } }, 'conflict'],
    [412, { error: { errors: [{ reason: 'conditionNotMet' }] } }, 'conflict'],
    [400, { error: { message: 'Labels could not be set due to fingerprint mismatch.' } }, 'conflict'],
    [429, { error: { status: 'RESOURCE_EXHAUSTED' } }, 'throttled'],
    [403, { error: { errors: [{ reason: 'rateLimitExceeded' }] } }, 'throttled'],
    [
      403,
      { error: { status: 'PERMISSION_DENIED', message: 'Required "container.clusters.list" permission' } },
      'forbidden',
    ],
    [401, 'nope', 'forbidden'],
    [502, '<html>', 'unavailable'],
    [400, { error: { status: 'INVALID_ARGUMENT' } }, 'invalid'],
  ]
  test.each(cases)('%d %j is %s', (status, body, failure) => {
    expect(errorOf({ api: 'container', method: 'GET', path: '/x' }, status, body).failure).toBe(failure)
  })
  test('name the permission that is missing', () => {
    const body = { error: { message: 'Required "container.clusters.list" permission(s) for "projects/p".' } }
    expect(errorOf({ api: 'container', method: 'GET', path: '/x' }, 403, body)).toMatchObject({
      advice: expect.stringContaining('container.clusters.list'),
    })
    expect(errorOf({ api: 'container', method: 'GET', path: '/x' }, 403, body)).toBeInstanceOf(GcpError)
  })
  test.each([
    [
      {
        message:
          "Insufficient regional quota to satisfy request: resource \"CPUS\": request requires '24.0' and is short '16.0'. View and manage quotas at https://console.cloud.google.com/iam-admin/quotas?usage=USED&project=p.",
        status: 'PERMISSION_DENIED',
        errors: [{ reason: 'forbidden' }],
      },
    ],
    [{ message: "Quota 'STATIC_ADDRESSES' exceeded. Limit: 8.0", errors: [{ reason: 'quotaExceeded' }] }],
  ])('a quota that is used up is no missing permission: %j', error => {
    const found = errorOf({ api: 'container', method: 'POST', path: '/x' }, 403, { error })
    expect(found).toMatchObject({ failure: 'other', advice: expect.stringContaining('more of the quota') })
  })
  test('name no host as a permission', () => {
    const message =
      'Caller is not authorized on nodes@p.iam.gserviceaccount.com, see https://console.cloud.google.com/iam.'
    const { advice } = errorOf({ api: 'iam', method: 'GET', path: '/x' }, 403, { error: { message } })
    expect(advice).toBe('Give the identity the permission that the answer names.')
  })
  test.each([
    ['3', 3_000],
    ['Thu, 01 Jan 1970 00:00:09 GMT', 8_000],
    ['soon', undefined],
    [null, undefined],
  ])('Retry-After %s is %s ms', (header, expected) => {
    expect(retryAfter(header, 1_000)).toBe(expected)
  })
})
