import { expect, test } from '@jest/globals'
import { checkEveryAnswer, emulate, messageOf, reasonOf } from './support.ts'

checkEveryAnswer()

const base = 'compute/compute/v1/projects/acme-ml'
const addresses = `${base}/regions/us-central1/addresses`

test('an address is RESERVING, then RESERVED; wait answers when it is done', async () => {
  const { emulator, send } = await emulate({ clock: 'manual', speed: 1 })
  const { body: operation } = await send(`POST ${addresses}`, { name: 'prod', labels: { env: 'prod' } })
  expect(operation).toMatchObject({ operationType: 'insert', status: 'PENDING' })
  expect((await send(`GET ${addresses}/prod`)).body.status).toBe('RESERVING')
  const wait = `POST ${base}/regions/us-central1/operations/${operation.name}/wait`
  expect((await send(wait)).body.status).not.toBe('DONE')
  emulator.clock.advance(8000)
  expect((await send(wait)).body).toMatchObject({ status: 'DONE', progress: 100 })
  expect((await send(`GET ${addresses}/prod`)).body).toMatchObject({
    status: 'RESERVED',
    addressType: 'EXTERNAL',
    networkTier: 'PREMIUM',
    address: expect.stringMatching(/^203\.0\.113\./),
    selfLink: `${emulator.url}/${addresses}/prod`,
  })
})

test('on a wall clock wait holds the answer until it is done', async () => {
  const { send } = await emulate({ speed: 400 })
  const { body } = await send(`POST ${addresses}`, { name: 'prod' })
  const done = await send(`POST ${base}/regions/us-central1/operations/${body.name}/wait`)
  expect(done.body.status).toBe('DONE')
})

test('aggregated: found ones in their scope, the others with a warning', async () => {
  const { send } = await emulate()
  await send(`POST ${addresses}`, { name: 'prod' })
  await send(`POST ${base}/global/addresses`, {
    name: 'psa',
    addressType: 'INTERNAL',
    purpose: 'VPC_PEERING',
    prefixLength: 16,
    network: 'https://www.googleapis.com/compute/v1/projects/acme-ml/global/networks/default',
  })
  const query = 'includeAllScopes=True&maxResults=500&returnPartialSuccess=True'
  const { items } = (await send(`GET ${base}/aggregated/addresses?${query}`)).body as {
    items: Record<string, unknown>
  }
  expect(items).toMatchObject({
    global: { addresses: [{ name: 'psa', network: expect.stringContaining('global/networks/default') }] },
    'regions/us-central1': { addresses: [{ name: 'prod' }] },
    'regions/us-east1': { warning: { code: 'NO_RESULTS_ON_PAGE' } },
  })
  expect((await send(`GET ${addresses}`)).body.items).toHaveLength(1)
})

test('labels need the fingerprint that was read', async () => {
  const { send } = await emulate()
  await send(`POST ${addresses}`, { name: 'prod' })
  const { body: read } = await send(`GET ${addresses}/prod`)
  const body = { labels: { env: 'prod' }, labelFingerprint: read.labelFingerprint }
  expect((await send(`POST ${addresses}/prod/setLabels`, body)).body.status).toBe('DONE')
  expect((await send(`GET ${addresses}/prod`)).body.labels).toEqual({ env: 'prod' })
  const stale = await send(`POST ${addresses}/prod/setLabels`, body)
  expect([stale.status, reasonOf(stale)]).toEqual([412, 'conditionNotMet'])
})

test('the same requestId twice is one operation', async () => {
  const { send } = await emulate()
  const first = await send(`POST ${addresses}?requestId=r1`, { name: 'prod' })
  const second = await send(`POST ${addresses}?requestId=r1`, { name: 'prod' })
  expect([second.status, second.body.name]).toEqual([200, first.body.name])
})

test('delete, and not while it is used', async () => {
  const { emulator, send } = await emulate()
  await send(`POST ${addresses}`, { name: 'prod' })
  await send(`POST ${addresses}`, { name: 'used' })
  await send(`GET ${addresses}/used`)
  emulator.seed().useAddress('us-central1', 'used', 'forwardingRules/a')
  const used = await send(`DELETE ${addresses}/used`)
  expect([used.status, reasonOf(used)]).toEqual([400, 'resourceInUseByAnotherResource'])
  await send(`DELETE ${addresses}/prod`)
  const gone = await send(`GET ${addresses}/prod`)
  expect([gone.status, reasonOf(gone)]).toEqual([404, 'notFound'])
})

test.each([
  ['a bad name', addresses, { name: 'Prod' }, 400],
  ['an unknown region', `${base}/regions/mars-west1/addresses`, { name: 'prod' }, 404],
  ['an unknown network', `${base}/global/addresses`, { name: 'prod', network: 'global/networks/no' }, 404],
  ['an unknown member', addresses, { name: 'prod', lables: {} }, 400],
])('insert refuses %s', async (_, path, body, code) => {
  const { send } = await emulate()
  expect((await send(`POST ${path}`, body)).status).toBe(code)
})

test('networks, subnetworks, regions and zones can be looked up', async () => {
  const { send } = await emulate()
  expect((await send(`GET ${base}/global/networks/default`)).body).toMatchObject({
    autoCreateSubnetworks: true,
  })
  expect((await send(`GET ${base}/global/networks`)).body.items).toHaveLength(1)
  const missing = await send(`GET ${base}/global/networks/no`)
  expect(messageOf(missing)).toBe("The resource 'projects/acme-ml/global/networks/no' was not found")
  expect((await send(`GET ${base}/regions/us-east5/subnetworks/default`)).body.name).toBe('default')
  expect((await send(`GET ${base}/regions/us-east5/subnetworks`)).body.items).toHaveLength(1)
  expect((await send(`GET ${base}/aggregated/subnetworks`)).body.items).toHaveProperty(
    'regions/us-east1.subnetworks',
  )
  expect((await send(`GET ${base}/regions/us-east5`)).body.zones).toHaveLength(3)
  expect((await send(`GET ${base}/zones/us-east5-a`)).body.region).toMatch(/regions\/us-east5$/)
  expect((await send(`GET ${base}/zones/us-east5-z`)).status).toBe(404)
  expect((await send(`GET ${base}/zones`)).body.items).toContainEqual(
    expect.objectContaining({ name: 'us-east5-a' }),
  )
  expect((await send(`GET ${base}/regions`)).status).toBe(200)
})
