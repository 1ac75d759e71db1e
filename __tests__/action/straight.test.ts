import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { path, staging } from './files.ts'
import { startWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld({ files: { 'README.md': 'Infra\n' } })
})
afterEach(async () => {
  expect(world.scenario.github.violations).toEqual([])
  await world.close()
})

describe('the straight path', () => {
  test('squash', async () => {
    const { scenario } = world
    scenario.openPull({ branch: 'x', files: { [path]: staging() } })
    const planned = await world.plan(scenario.pullEvent(1))
    console.log(planned.raw, planned.outputs, world.comments(1)[0])
    const applied = await world.apply(scenario.merge(1, 'squash'))
    console.log(applied.select.raw, applied.applies.map(a=>a.raw), applied.report?.raw, world.comments(1)[0])
  })
})
