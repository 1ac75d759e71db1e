import { describe, expect, test } from '@jest/globals'
import { type RequestEntry, startEmulator } from '../../../src/emulator/index.ts'
import { checkEveryAnswer, emulate } from './support.ts'

checkEveryAnswer()

const clusters = 'container/v1/projects/acme-ml/locations/us-central1-a/clusters'
const cluster = { name: 'prod', initialNodeCount: 1 }
const read = `GET ${clusters}`

describe('faults', () => {
  test.each([
    [429, 'RESOURCE_EXHAUSTED'],
    [500, 'INTERNAL'],
    [503, 'UNAVAILABLE'],
  ] as const)('%s once, with Retry-After, then all is well', async (kind, status) => {
    const { emulator, send } = await emulate()
    emulator.faults.add({ match: { method: 'GET', path: /clusters$/ }, kind, retryAfter: 7 })
    const struck = await send(read)
    expect([struck.status, struck.headers.get('retry-after')]).toEqual([kind, '7'])
    expect(struck.body).toMatchObject({ error: { status } })
    expect((await send(read)).status).toBe(200)
    expect(emulator.faults.spent).toBe(true)
  })

  test('a reset leaves nothing behind, a reset after success leaves the work done', async () => {
    const { emulator, send } = await emulate()
    const post = { method: 'POST', path: /clusters$/ }
    emulator.faults.add({ match: post, kind: 'reset' })
    await expect(send(`POST ${clusters}`, { cluster })).rejects.toThrow('fetch failed')
    expect((await send(`${read}/prod`)).status).toBe(404)
    emulator.faults.add({ match: post, kind: 'reset-after-success' })
    await expect(send(`POST ${clusters}`, { cluster })).rejects.toThrow('fetch failed')
    expect((await send(`${read}/prod`)).status).toBe(200)
  })

  test('the nth request only', async () => {
    const { emulator, send } = await emulate()
    emulator.faults.add({ match: { path: /clusters$/, nth: 2 }, kind: 500 })
    expect([(await send(read)).status, (await send(read)).status, (await send(read)).status]).toEqual([
      200, 500, 200,
    ])
  })

  test('an operation can end in an error: the answer is 200, the cluster is in ERROR', async () => {
    const { emulator, send } = await emulate()
    const failure = { code: 'RESOURCE_EXHAUSTED', message: 'GCE_STOCKOUT' }
    emulator.faults.add({
      match: ({ method }) => method?.endsWith('clusters.create') ?? false,
      kind: 'operation-error',
      failure,
    })
    const { body } = await send(`POST ${clusters}`, { cluster })
    const done = await send(`GET ${clusters.replace('clusters', 'operations')}/${body.name}`)
    expect(done.body).toMatchObject({ status: 'DONE', error: { code: 8, message: 'GCE_STOCKOUT' } })
    expect((await send(`${read}/prod`)).body.status).toBe('ERROR')
  })

  test.each([
    [
      'sql/v1/projects/acme-ml/instances',
      { name: 'prod', settings: { tier: 'db-custom-2-7680', edition: 'ENTERPRISE' } },
      'sql/v1/projects/acme-ml/operations',
      { error: { errors: [{ code: 'INTERNAL' }] } },
    ],
    [
      'compute/compute/v1/projects/acme-ml/regions/us-central1/addresses',
      { name: 'prod' },
      'compute/compute/v1/projects/acme-ml/regions/us-central1/operations',
      { error: { errors: [{ code: 'INTERNAL' }] } },
    ],
    [
      'serviceusage/v1/projects/acme-ml/services/iap.googleapis.com:enable',
      {},
      'serviceusage/v1',
      { done: true, error: { code: 13 } },
    ],
  ])('so do others: %s', async (path, body, operations, expected) => {
    const { emulator, send } = await emulate()
    emulator.faults.add({ match: { method: 'POST' }, kind: 'operation-error' })
    const { body: operation } = await send(`POST ${path}`, body)
    expect((await send(`GET ${operations}/${operation.name}`)).body).toMatchObject(expected)
  })

  test('at random, the same for the same seed', async () => {
    const { emulator, send } = await emulate()
    const run = async () => {
      emulator.faults.random({ probability: 0.5, seed: 11, kinds: [500, 503] })
      const statuses = []
      for (let index = 0; index < 40; index++) statuses.push((await send(read)).status)
      return statuses
    }
    const first = await run()
    expect(first).toEqual(expect.arrayContaining([200, 500, 503]))
    expect(await run()).toEqual(first)
    emulator.faults.clear()
    expect((await send(read)).status).toBe(200)
  })

  test('a delay is only a delay', async () => {
    const { emulator, send } = await emulate()
    emulator.faults.add({ match: { method: 'GET' }, kind: 'delay', delay: 1 })
    expect((await send(read)).status).toBe(200)
    expect(emulator.requests.all[0]).toMatchObject({ fault: 'delay' })
  })
})

test('quotas: one too many in a minute; compute says it with 403', async () => {
  const { emulator, send } = await emulate({ quotas: true, clock: 'manual', start: 0 })
  const list = 'GET sql/v1/projects/acme-ml/instances'
  for (let index = 0; index < 180; index++) await send(list)
  const refused = await send(list)
  expect([refused.status, refused.body]).toMatchObject([
    429,
    { error: { errors: [{ reason: 'rateLimitExceeded' }] } },
  ])
  emulator.clock.advance(60_000)
  expect((await send(list)).status).toBe(200)
})

test('hooks run before, after the work, and after the answer', async () => {
  const seen: string[] = []
  const note = (moment: string) => (entry: RequestEntry) =>
    void seen.push(`${moment} ${entry.httpMethod} ${entry.status}`)
  const { send } = await emulate({
    hooks: { onRequest: note('before'), afterHandled: note('handled'), afterAnswered: note('answered') },
  })
  await send(read)
  await send(read)
  expect(seen.slice(0, 4)).toEqual([
    'before GET undefined',
    'handled GET 200',
    'answered GET 200',
    'before GET undefined',
  ])
})

test('the log tells who asked what, and which requests wrote', async () => {
  const { emulator, send } = await emulate()
  await send(`${read}?alt=json`, undefined, 'planner')
  await send('POST cloudresourcemanager/v1/projects/acme-ml:getIamPolicy', {})
  await send(`POST ${clusters}`, { cluster })
  await send(`POST ${clusters}`, { cluster })
  expect(emulator.requests.all[0]).toMatchObject({
    api: 'container',
    method: 'container.projects.locations.clusters.list',
    template: 'v1/projects/{projectsId}/locations/{locationsId}/clusters',
    project: 'acme-ml',
    identity: 'slipway-planner@acme-ml.iam.gserviceaccount.com',
    status: 200,
  })
  expect(emulator.requests.writes.map(({ body, status }) => [body, status])).toEqual([[{ cluster }, 200]])
  expect(JSON.stringify(emulator.requests.all)).not.toContain('Bearer')
  emulator.requests.clear()
  await send(read)
  expect(emulator.requests.all.map(({ number }) => number)).toEqual([4])
})

describe('a path that is not emulated', () => {
  const zonal = 'container/v1/projects/acme-ml/zones/us-central1-a/clusters'

  test('is 404, never a silent success, and fails who closes', async () => {
    const emulator = await startEmulator()
    expect((await fetch(`${emulator.url}/${zonal}`)).status).toBe(404)
    await expect(emulator.close()).rejects.toThrow(`GET /${zonal} is not emulated`)
  })

  test('is forgiven where it was named', async () => {
    const { send } = await emulate({ notEmulated: [`GET /${zonal}`, 'GET /nowhere'] })
    expect((await send(`GET ${zonal}`)).status).toBe(404)
    expect((await send('GET nowhere')).status).toBe(404)
  })
})

test('a mistake of a handler is a 500 that fails who closes', async () => {
  const emulator = await startEmulator()
  emulator.seed().enable('container')
  Object.defineProperty(emulator.state.find('acme-ml'), 'clusters', { value: undefined })
  const headers = { authorization: 'Bearer owner' }
  const answer = await fetch(`${emulator.url}/${clusters}`, { headers })
  expect(answer.status).toBe(500)
  await expect(emulator.close()).rejects.toThrow(`GET /${clusters}: TypeError`)
})

test('work that is done and never answered', async () => {
  const { emulator, send } = await emulate()
  emulator.faults.add({ match: { method: 'POST', path: /clusters$/ }, kind: 'hang-after-success' })
  const headers = { authorization: 'Bearer owner' }
  const body = JSON.stringify({ cluster })
  const signal = AbortSignal.timeout(200)
  const asked = fetch(`${emulator.url}/${clusters}`, { method: 'POST', headers, body, signal })
  await expect(asked).rejects.toThrow('aborted due to timeout')
  expect((await send(`${read}/prod`)).status).toBe(200)
})
