import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { markIn } from '../../src/github/review.ts'
import { addresses, path } from './files.ts'
import { startWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld({ files: { 'README.md': 'Infra\n' } })
})
afterEach(async () => {
  expect(world.scenario.github.violations).toEqual([])
  await world.close()
})

const writes = () => world.cloud.requests.all.filter(({ httpMethod }) => httpMethod !== 'GET')

describe('the straight path', () => {
  // The other ways to merge: __tests__/e2e/paths/straight.test.ts
  test('plan, squash, apply, outcome, nothing left', async () => {
    const { scenario } = world
    scenario.openPull({ branch: 'x', files: { [path]: addresses('web', 'api') } })
    const planned = await world.plan(scenario.pullEvent(1))
    expect([planned.conclusion, planned.annotations, planned.problems]).toEqual(['success', [], []])
    expect(JSON.parse(planned.outputs.counts ?? '')).toMatchObject({ create: 2, change: 0, refused: 0 })
    expect(planned.outputs).toMatchObject({
      'has-changes': 'true',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    const [body = ''] = world.comments(1)
    expect(body).toContain('### Plan for `staging`: 2 to create. Nothing that exists is changed.')
    expect(planned.summary).toContain('2 to create')
    expect(markIn(body)).toMatchObject({
      run: planned.job.run.id,
      attempt: 1,
      head: scenario.pull(1).headSha,
    })

    const applied = await world.apply(scenario.merge(1, 'squash'))
    expect(applied.applies.map(({ conclusion, raw }) => [conclusion, raw])).toEqual([
      ['success', expect.anything()],
    ])
    expect(applied.applies[0]?.log).toMatch(/0:\d\d {2}✓ address\/web {2}created/)
    expect(applied.report?.conclusion).toBe('success')
    const [after = '', ...more] = world.comments(1)
    expect(more).toEqual([])
    expect(markIn(after)).toEqual(markIn(body))
    expect(after).toMatch(/### Applied to `staging`: 2 steps/)
    expect(after).toContain('Planned again afterwards: nothing left to do.')
    expect(after).toContain('The comment as it was before the merge')
    expect([...scenario.github.state.deployments.values()]).toMatchObject([
      { task: 'slipway', environment: 'staging', sha: scenario.tip() },
    ])

    const before = writes().length
    const again = await world.apply(scenario.push({ 'README.md': 'More\n' }))
    expect([again.select.conclusion, again.select.outputs.matrix, again.applies]).toEqual([
      'success',
      '[]',
      [],
    ])
    expect(writes()).toHaveLength(before)
  })
})
