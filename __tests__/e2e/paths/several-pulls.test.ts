import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { path, staging } from '../../action/files.ts'
import { startWorld, type World } from '../../action/world.ts'

jest.setTimeout(60_000)

let world: World
beforeEach(async () => {
  world = await startWorld({ files: { 'README.md': 'Infra\n' } })
})
afterEach(async () => {
  expect(world.scenario.github.violations).toEqual([])
  await world.close()
})

test('two pull requests, planned side by side and merged in the other order, are applied at once', async () => {
  const { scenario } = world
  scenario.openPull({ branch: 'a', files: { [path]: staging() } })
  await world.plan(scenario.pullEvent(1))
  await world.apply(scenario.merge(1, 'squash'))
  const before = scenario.tip()
  scenario.openPull({ branch: 'b', files: { [path]: staging({ displayName: 'Droid' }) } })
  scenario.openPull({ branch: 'c', files: { [path]: staging({ more: '  api: {tier: PREMIUM}\n' }) } })
  await world.plan(scenario.pullEvent(2))
  await world.plan(scenario.pullEvent(3))
  const late = scenario.merge(3, 'merge')
  scenario.merge(2, 'rebase')
  const { applies } = await world.apply(scenario.pushed(before))
  expect(applies.map(({ conclusion }) => conclusion)).toEqual(['success'])
  for (const number of [2, 3]) expect(world.comments(number)[0]).toContain('Applied to `staging`: 2 steps')
  expect((await world.apply(late)).applies).toEqual([])
})

test('what a pull request showed does not cover what was pushed over it', async () => {
  const { scenario } = world
  scenario.openPull({ branch: 'a', files: { [path]: staging() } })
  await world.plan(scenario.pullEvent(1))
  await world.apply(scenario.merge(1, 'squash'))
  scenario.openPull({ branch: 'b', files: { [path]: staging({ displayName: 'Droid' }) } })
  await world.plan(scenario.pullEvent(2))
  scenario.merge(2, 'squash')
  const direct = scenario.push({ [path]: staging({ displayName: 'Cyborg' }) })
  const { applies } = await world.apply(direct)
  expect(applies.map(({ conclusion }) => conclusion)).toEqual(['failure'])
  expect(applies[0]?.log).toContain('another value was reviewed')
})
