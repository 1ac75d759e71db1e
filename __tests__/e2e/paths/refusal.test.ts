import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { addresses, path } from '../../action/files.ts'
import { startWorld, type World } from '../../action/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld({ files: { 'README.md': 'Infra\n' } })
})
afterEach(async () => {
  expect(world.scenario.github.violations).toEqual([])
  await world.close()
})

describe('what nobody reviewed', () => {
  test('a run of another workflow, or one that failed, does not count', async () => {
    const { scenario } = world
    scenario.openPull({ branch: 'x', files: { [path]: addresses('web') } })
    const planned = await world.plan(scenario.pullEvent(1))
    planned.job.finish('failure')
    const { applies } = await world.apply(scenario.merge(1, 'squash'))
    expect(applies[0]?.conclusion).toBe('failure')
    expect(applies[0]?.summary).toContain('its plan run ended as failure')
  })

  test('an environment that GitHub does not know is left out, unless that is wanted; the others go on', async () => {
    const { scenario } = world
    const other = 'environments/prod.yaml'
    scenario.openPull({ branch: 'x', files: { [path]: addresses('web'), [other]: addresses('shop') } })
    await world.plan(scenario.pullEvent(1))
    const event = scenario.merge(1, 'squash')
    const { select, applies } = await world.apply(event)
    expect([select.conclusion, applies.map(({ conclusion }) => conclusion)]).toEqual(['failure', ['success']])
    expect(select.annotations).toContainEqual(
      expect.objectContaining({ file: other, message: expect.stringContaining('unprotected: true') }),
    )
    const free = await world.apply(event, { inputs: { unprotected: 'true' } })
    expect(JSON.parse(free.select.outputs.matrix ?? '')).toEqual([{ environment: 'prod', file: other }])
    expect(free.applies.map(({ conclusion }) => conclusion)).toEqual(['success'])
    const [body = ''] = world.comments(1)
    expect(body).toContain('Applied to `staging`')
    expect(body).toContain('Applied to `prod`')
  })
})
