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

const made = () => world.cloud.requests.all.filter(({ method }) => method === 'compute.addresses.insert')

describe('what nobody reviewed', () => {
  test('a direct push is refused, and exactly it can be approved by its digest', async () => {
    const refused = await world.apply(world.scenario.push({ [path]: addresses('web') }))
    const [job] = refused.applies
    expect(job?.conclusion).toBe('failure')
    expect(made()).toEqual([])
    expect([...world.scenario.github.state.deployments.values()]).toEqual([])
    const digest = job?.outputs.digest ?? ''
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
    const command = `gh workflow run slipway.yml --ref main -f environment=staging -f approve=${digest}`
    expect(job?.summary).toContain(command)
    expect(job?.annotations.map(({ message }) => message).join('\n')).toContain(
      'its creation was not reviewed',
    )

    const wrong = { environment: 'staging', approve: 'f'.repeat(64) }
    const stopped = await world.apply(world.scenario.dispatch(wrong), { inputs: wrong })
    expect(stopped.applies.map(({ conclusion }) => conclusion)).toEqual(['failure'])
    expect(made()).toEqual([])

    const right = { environment: 'staging', approve: digest }
    const approved = await world.apply(world.scenario.dispatch(right), { inputs: right })
    expect(approved.applies.map(({ conclusion }) => conclusion)).toEqual(['success'])
    expect(made()).toHaveLength(1)
  })

  test('an expired artifact is said, in the comment too', async () => {
    const { scenario } = world
    scenario.openPull({ branch: 'x', files: { [path]: addresses('web') } })
    await world.plan(scenario.pullEvent(1))
    for (const { id } of scenario.github.state.artifacts.values()) scenario.github.expireArtifact(id)
    const { applies, report } = await world.apply(scenario.merge(1, 'squash'))
    expect([applies[0]?.conclusion, report?.conclusion]).toEqual(['failure', 'success'])
    const [body = ''] = world.comments(1)
    expect(body).toContain('Stopped before the first write')
    expect(body).toContain('its plan artifact has expired or was deleted')
    expect(body).toContain('-f approve=')
    expect(made()).toEqual([])
  })

  test('a run of another workflow, or one that failed, does not count', async () => {
    const { scenario } = world
    scenario.openPull({ branch: 'x', files: { [path]: addresses('web') } })
    const planned = await world.plan(scenario.pullEvent(1))
    planned.job.finish('failure')
    const { applies } = await world.apply(scenario.merge(1, 'squash'))
    expect(applies[0]?.conclusion).toBe('failure')
    expect(applies[0]?.summary).toContain('its plan run ended as failure')
  })

  test('dispatched from a branch is refused', async () => {
    const { scenario } = world
    scenario.openPull({ branch: 'x', files: { [path]: addresses('web') } })
    const inputs = { environment: 'staging' }
    const { select } = await world.apply(scenario.dispatch(inputs, 'bob', 'x'), { inputs })
    expect([select.conclusion, select.log]).toEqual([
      'failure',
      expect.stringContaining('Only main is applied, not x.'),
    ])
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

describe('a merge queue', () => {
  test('lets through what its pull requests show, and nothing else', async () => {
    const { scenario } = world
    scenario.openPull({ branch: 'x', files: { [path]: addresses('web') } })
    scenario.openPull({ branch: 'y', files: { 'README.md': 'Better\n' } })
    await world.plan(scenario.pullEvent(1))
    await world.plan(scenario.pullEvent(2))
    const queue = scenario.queue([1, 2])
    for (const event of queue.events) expect((await world.plan(event)).annotations).toEqual([])
    const { applies } = await world.apply(queue.land())
    expect(applies.map(({ conclusion }) => conclusion)).toEqual(['success'])
    scenario.openPull({ branch: 'z', files: { [path]: addresses('web', 'api') } })
    const unplanned = await world.plan(scenario.queue([3]).events[0] ?? scenario.schedule())
    expect(unplanned.conclusion).toBe('failure')
    expect(unplanned.log).toContain('was not reviewed')
  })
})
