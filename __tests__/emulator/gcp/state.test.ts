import { describe, expect, test } from '@jest/globals'
import { createClock } from '../../../src/emulator/clock.ts'
import { validateResponse } from '../../../src/emulator/index.ts'
import { partial } from '../../../src/emulator/partial.ts'
import { checkEveryAnswer, emulate } from './support.ts'

checkEveryAnswer()

describe('snapshot', () => {
  const build = async (seed: string, extraWrite: boolean) => {
    const { emulator, send } = await emulate({ seed, projects: [{ id: 'acme-ml', number: '123456789012' }] })
    const helper = emulator.seed()
    helper.serviceAccount('prod-skypilot')
    helper.secret('login', ['hunter2'])
    await helper.cluster('us-central1-a', 'prod', { initialNodeCount: 1 })
    await helper.sqlInstance('prod', { settings: { tier: 'db-custom-2-7680', edition: 'ENTERPRISE' } })
    await helper.sqlUser('prod', { name: 'skypilot', password: 'x' })
    if (extraWrite)
      await send('PATCH sql/v1/projects/acme-ml/instances/prod', { settings: { tier: 'db-custom-2-7680' } })
    return emulator
  }

  test('two roads to the same end look the same once normalised, and only then', async () => {
    const [one, other] = [await build('a', false), await build('b', true)]
    const normalise = true
    expect(await other.snapshot({ normalise })).toEqual(await one.snapshot({ normalise }))
    expect(await other.snapshot()).not.toEqual(await one.snapshot())
  })

  test('a real difference shows', async () => {
    const [one, other] = [await build('a', false), await build('a', false)]
    other.seed().secret('more', [])
    expect(await other.snapshot({ normalise: true })).not.toEqual(await one.snapshot({ normalise: true }))
  })

  test('finish ends what is under way', async () => {
    const { emulator, send } = await emulate({ clock: 'manual', speed: 1 })
    await send('POST compute/compute/v1/projects/acme-ml/regions/us-central1/addresses', { name: 'prod' })
    expect(emulator.operations.running).toHaveLength(1)
    await emulator.finish()
    expect(emulator.operations.running).toHaveLength(0)
  })
})

test.each([
  ['services(name,state),nextPageToken', { services: [{ name: 'a', state: 'b' }], nextPageToken: 't' }],
  ['services/name', { services: [{ name: 'a' }] }],
  ['services(config/title)', { services: [{ config: { title: 'T' } }] }],
  [
    '*',
    { services: [{ name: 'a', state: 'b', config: { title: 'T', other: 1 } }], nextPageToken: 't', rest: 1 },
  ],
  ['nothing', {}],
])('fields=%s', (mask, expected) => {
  const whole = {
    services: [{ name: 'a', state: 'b', config: { title: 'T', other: 1 } }],
    nextPageToken: 't',
    rest: 1,
  }
  expect(partial(whole, mask)).toEqual(expected)
})

test.each([
  ['an unknown member', { name: 'a', nothing: 1 }, 'Unknown name "nothing"'],
  ['a number for int64', { config: { bootDisk: { sizeGb: 100 } } }, "'config.boot_disk.size_gb'"],
  ['an unknown enum value', { status: 'FINE' }, "'status'"],
  ['null', { name: null }, "'name'"],
])('an answer with %s is found out', (_, body, text) => {
  const method = 'container.projects.locations.clusters.nodePools.get'
  const [violation] = validateResponse('container', method, body)
  expect(violation?.description).toContain(text)
})

test('a wall clock wakes whom it is advanced past', async () => {
  const clock = createClock('wall', 0)
  const reached = clock.reached(10_000_000, 60_000)
  clock.advance(10_000_000)
  await expect(reached).resolves.toBeUndefined()
})

test('a wall clock wakes nobody before their time', async () => {
  const clock = createClock('wall', 0)
  const early = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const time = clock.now() + index
      await clock.reached(time, 60_000)
      return clock.now() < time
    }),
  )
  expect(early).not.toContain(true)
})
