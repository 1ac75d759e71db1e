import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { addresses, path, staging } from '../../action/files.ts'
import { startWorld, type World } from '../../action/world.ts'
import type { MergeMethod } from '../../github/scenario/merge.ts'

jest.setTimeout(300_000)

let world: World
beforeEach(async () => {
  world = await startWorld({ files: { 'README.md': 'Infra\n' } })
})
afterEach(async () => {
  expect(world.scenario.github.violations).toEqual([])
  await world.close()
})

describe('the straight path', () => {
  test.each<MergeMethod>(['merge', 'rebase'])('plan, %s, apply, outcome', async method => {
    const { scenario } = world
    scenario.openPull({ branch: 'x', files: { [path]: addresses('web', 'api') } })
    const planned = await world.plan(scenario.pullEvent(1))
    expect([planned.conclusion, planned.annotations, planned.problems]).toEqual(['success', [], []])
    const applied = await world.apply(scenario.merge(1, method))
    expect(applied.applies.map(({ conclusion }) => conclusion)).toEqual(['success'])
    expect(applied.report?.conclusion).toBe('success')
    const [after = '', ...more] = world.comments(1)
    expect(more).toEqual([])
    expect(after).toMatch(/### Applied to `staging`: 2 steps/)
    expect(after).toContain('Planned again afterwards: nothing left to do.')
    expect([...scenario.github.state.deployments.values()]).toMatchObject([
      { task: 'slipway', environment: 'staging', sha: scenario.tip() },
    ])
  })

  test('an edit shows precisely itself, and a pull request beside it keeps quiet', async () => {
    const { scenario } = world
    scenario.openPull({ branch: 'x', files: { [path]: staging() } })
    await world.plan(scenario.pullEvent(1))
    await world.apply(scenario.merge(1, 'squash'))
    scenario.openPull({ branch: 'docs', files: { 'README.md': 'Better\n' } })
    const quiet = await world.plan(scenario.pullEvent(2))
    expect([quiet.conclusion, world.comments(2)]).toEqual(['success', []])
    scenario.openPull({ branch: 'y', files: { [path]: staging({ displayName: 'Droid' }) } })
    const planned = await world.plan(scenario.pullEvent(3))
    expect(JSON.parse(planned.outputs.counts ?? '')).toMatchObject({ create: 0, change: 1 })
    expect(world.comments(3)[0]).toMatch(/Robot.*Droid/)
    scenario.merge(2, 'squash')
    const applied = await world.apply(scenario.merge(3, 'squash'))
    expect(applied.applies.map(({ conclusion }) => conclusion)).toEqual(['success'])
    expect(world.comments(2)).toEqual([])
    expect(world.comments(3)[0]).toContain('Applied to `staging`')
  })
})
