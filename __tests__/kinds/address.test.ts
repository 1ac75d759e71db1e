import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isEmpty } from '../../src/core/plan.ts'
import { address } from '../../src/kinds/address/index.ts'
import { requestId } from '../../src/kinds/address/request-id.ts'
import { type Emulated, emulated } from './service-support/emulated.ts'
import { failing, fakeGcp } from './service-support/fake-gcp.ts'
import { applied, applying, bareWork, planning, planOf, resourceOf } from './service-support/worlds.ts'

const settings = {
  name: 'staging-skypilot',
  region: 'us-central1',
  tier: 'PREMIUM',
  labels: { team: 'ml' },
} as const
const ip = resourceOf(address, 'staging', settings)

const live = {
  id: '1',
  name: 'staging-skypilot',
  status: 'RESERVED',
  address: '203.0.113.7',
  addressType: 'EXTERNAL',
  networkTier: 'PREMIUM',
  labels: { team: 'ml', 'slipway-environment': 'staging', 'goog-gke': 'x' },
}

/** Compute with these addresses in us-central1. */
const compute = (addresses: readonly object[], more: object = {}) =>
  fakeGcp(() => ({
    items: {
      'regions/us-central1': { addresses },
      global: { warning: { code: 'NO_RESULTS_ON_PAGE' } },
      ...more,
    },
  }))

const observed = async (gcp: ReturnType<typeof fakeGcp>, resource = ip) =>
  (await address.observe([resource], planning(gcp))).get(resource.address)

describe('requestId', () => {
  test('is a UUID, the same for the same and another for another', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (a, b) => {
        expect(requestId(...a)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        )
        expect(requestId(...a) === requestId(...b)).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
    )
  })
})

describe('what is seen of an address', () => {
  test('as it should be: neither our label nor Google’s shows', async () => {
    expect(await observed(compute([live]))).toEqual({
      state: 'present',
      spec: { ...ip.spec, labels: { team: 'ml' } },
      outputs: { address: '203.0.113.7' },
      mark: 'staging',
    })
  })

  test.each([
    ['another tier', { networkTier: 'STANDARD' }, 'tier'],
    ['an internal one', { addressType: 'INTERNAL' }, 'type'],
  ])('%s is refused with a recipe', async (_, more, path) => {
    const plan = planOf(address, [ip], await address.observe([ip], planning(compute([{ ...live, ...more }]))))
    expect(plan.problems).toMatchObject([
      { message: expect.stringContaining(`${path} cannot change`), advice: expect.stringMatching(/name/) },
    ])
  })

  test('one that is being reserved is waited for', async () => {
    expect(await observed(compute([{ ...live, status: 'RESERVING' }]))).toMatchObject({
      settling: 'being reserved',
    })
  })

  test('its users are named', async () => {
    const users = ['https://www.googleapis.com/compute/v1/projects/p/regions/r/forwardingRules/a1b2']
    expect(await observed(compute([{ ...live, status: 'IN_USE', users }]))).toMatchObject({
      about: 'used by forwardingRules/a1b2',
    })
  })

  test('the same name in another region is another address', async () => {
    const elsewhere = fakeGcp(() => ({ items: { 'regions/us-east1': { addresses: [live] } } }))
    expect(await observed(elsewhere)).toEqual({ state: 'absent' })
  })

  test('all pages are read', async () => {
    const gcp = fakeGcp(({ query }) =>
      query.pageToken === undefined
        ? { items: {}, nextPageToken: 'next' }
        : { items: { 'regions/us-central1': { addresses: [live] } } },
    )
    expect(await observed(gcp)).toMatchObject({ state: 'present' })
    expect(gcp.seen.map(({ query }) => query.pageToken)).toEqual([undefined, 'next'])
  })

  test.each([
    [
      'a scope with a warning',
      { items: { 'regions/us-central1': { warning: { code: 'UNREACHABLE', message: 'down' } } } },
    ],
    ['an unreachable region', { items: {}, unreachables: ['projects/acme-ml/regions/us-central1'] }],
  ])('%s is unknown, not absent', async (_, answer) => {
    expect(await observed(fakeGcp(() => answer))).toMatchObject({ state: 'unknown' })
  })

  test.each([
    ['disabled', { state: 'absent', assumed: 'compute.googleapis.com is off' }],
    ['forbidden', { state: 'unknown', problem: { advice: expect.stringContaining('roles/compute.viewer') } }],
  ] as const)('a list that is %s', async (failure, expected) => {
    const gcp = fakeGcp(() => {
      throw failing('compute', failure, 'no', 403)
    })
    expect(await observed(gcp)).toMatchObject(expected)
  })
})

describe('addresses, against the emulator', () => {
  let world: Emulated
  beforeEach(async () => {
    world = await emulated()
  })
  afterEach(() => world.emulator.close())

  const observe = () => address.observe([ip], planning(world.reader(address.reads)))
  const ports = () => applying(world.gcp, world.redactor)
  const apply = async () => applied(address, planOf(address, [ip], await observe()), ports())
  const key = 'regions/us-central1/staging-skypilot'
  const resource = () => world.emulator.state.find('acme-ml')?.addresses.get(key)
  const sent = (method: string) => world.emulator.requests.writes.filter(entry => entry.method === method)

  test('reserved and labelled, then the plan is empty', async () => {
    const outputs = await address.create([bareWork(ip)], ports())
    expect(outputs.get('address/staging')).toEqual({ address: resource()?.address })
    expect(resource()?.labels).toEqual({ team: 'ml', 'slipway-environment': 'staging' })
    expect(isEmpty(planOf(address, [ip], await observe()))).toBe(true)
  })

  test.each(['reset-after-success', 503] as const)('an insert that meets %s is one address', async kind => {
    world.emulator.faults.add({ match: { method: 'POST', path: /addresses$/ }, kind })
    await apply()
    expect(world.emulator.state.find('acme-ml')?.addresses.size).toBe(1)
    expect(isEmpty(planOf(address, [ip], await observe()))).toBe(true)
  })

  test('killed between reserving and labelling: taken up', async () => {
    world.emulator.faults.add({ match: { path: /setLabels$/ }, kind: 500, times: 1000 })
    await expect(apply()).rejects.toThrow(/setLabels/)
    world.emulator.faults.clear()
    await address.create([bareWork(ip)], ports())
    expect(sent('compute.addresses.insert')).toHaveLength(1)
    expect(isEmpty(planOf(address, [ip], await observe()))).toBe(true)
  })

  test('removed and made again at once, although compute remembers the first request', async () => {
    await apply()
    await applied(address, planOf(address, [], await observe(), [ip]), ports())
    expect(resource()).toBeUndefined()
    await apply()
    expect(resource()).toMatchObject({ status: 'RESERVED' })
  })

  test('a reservation that failed is tried anew by the next run, and its error is shown', async () => {
    const failure = { code: 'QUOTA_EXCEEDED', message: "Quota 'STATIC_ADDRESSES' exceeded." }
    world.emulator.faults.add({
      match: { method: 'POST', path: /addresses$/ },
      kind: 'operation-error',
      failure,
    })
    await expect(apply()).rejects.toThrow(/STATIC_ADDRESSES/)
    await apply()
    expect(resource()).toMatchObject({ status: 'RESERVED' })
  })

  test('adopted: foreign labels stay', async () => {
    await apply()
    world.emulator.state.find('acme-ml')?.addresses.set(key, { ...resource(), labels: { owner: 'ann' } })
    const plan = planOf(address, [ip], await observe())
    expect(plan.steps).toMatchObject([{ action: 'adopt' }])
    await applied(address, plan, ports())
    expect(resource()?.labels).toEqual({ owner: 'ann', team: 'ml', 'slipway-environment': 'staging' })
  })

  test('what somebody made by hand since the plan is left alone', async () => {
    await apply()
    world.emulator.state.find('acme-ml')?.addresses.set(key, { ...resource(), labels: { owner: 'ann' } })
    await expect(address.create([bareWork(ip)], ports())).rejects.toThrow(/not marked as ours/)
    expect(resource()?.labels).toEqual({ owner: 'ann' })
  })

  test('one in use is not removed, and its user is named', async () => {
    await apply()
    world.emulator
      .seed()
      .useAddress('us-central1', 'staging-skypilot', 'regions/us-central1/forwardingRules/a1b2')
    const plan = planOf(address, [], await observe(), [ip])
    await expect(applied(address, plan, ports())).rejects.toThrow(/in use by forwardingRules\/a1b2/)
    expect(world.emulator.requests.all.filter(({ httpMethod }) => httpMethod === 'DELETE')).toEqual([])
    expect(resource()).toBeDefined()
  })
})
