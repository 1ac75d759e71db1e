import { describe, expect, test } from '@jest/globals'
import { markIn } from '../../../src/github/review.ts'
import { path } from '../../action/files.ts'
import { grants } from '../../action/world.ts'
import { rerun } from '../../github/scenario/runs.ts'
import { endings, said } from './path.ts'
import { stage, wanting } from './stage.ts'

const on = stage()
const again = (run: Parameters<typeof rerun>[1]) => rerun(on.world.scenario.github.state, run, 'bob')
const writes = () => on.world.cloud.requests.writes.length

describe('a plan run that is run again', () => {
  test('while the pull request is open replaces the plan: the newest attempt is the one that counts', async () => {
    const { scenario, plan } = on.world
    const { planned } = await on.propose(wanting('web'))
    await plan(scenario.pullEvent(1), { run: again(planned.job.run) })
    expect(on.world.comments(1)).toHaveLength(1)
    expect(markIn(on.comment(1))).toMatchObject({ run: planned.job.run.id, attempt: 2 })
    expect(endings(await on.land(1))).toEqual(['success'])
    expect(await on.addresses()).toEqual(['web'])
  })

  test('and fails takes the review with it', async () => {
    const { scenario, plan } = on.world
    const { planned } = await on.propose(wanting('web'))
    const failing = { run: again(planned.job.run), permissions: { ...grants.plan, deployments: undefined } }
    const { 'id-token': _, ...permissions } = grants.plan
    const second = await plan(scenario.pullEvent(1), { ...failing, permissions })
    expect(second.conclusion).toBe('failure')
    const { applies } = await on.land(1)
    expect(applies.map(({ conclusion }) => conclusion)).toEqual(['failure'])
    expect(on.comment(1)).toContain('**Stopped before the first write:**')
    expect(on.comment(1)).toMatch(
      /its plan run ended as failure|its plan comes from an attempt that was run again/,
    )
    expect(await on.addresses()).toEqual([])
  })

  test('for a commit that is not the head any more leaves the comment of the newer one', async () => {
    const { scenario, plan } = on.world
    const { planned } = await on.propose(wanting('web'))
    const older = scenario.pullEvent(1)
    await plan(scenario.pushToPull(1, { [path]: wanting('web', 'api') }))
    const before = on.comment(1)
    const second = await plan(older, { run: again(planned.job.run) })
    expect(said(second)).toContain('#1 moved on to')
    expect(on.comment(1)).toBe(before)
    expect(endings(await on.land(1))).toEqual(['success'])
    expect(await on.addresses()).toEqual(['api', 'web'])
  })

  test('after another merge plans what its own would make now, and takes nothing of the other one away', async () => {
    const { scenario, plan } = on.world
    await on.bring(wanting('web'))
    const { planned } = await on.propose(`# The front door\n${wanting('web')}`)
    const event = scenario.pullEvent(2)
    await on.bring(wanting('web', 'api'))
    await plan(event, { run: again(planned.job.run) })
    expect(on.comment(2)).toContain('### Plan for `staging`: nothing to do.')
    expect(on.comment(2)).not.toMatch(/address\/api|pending/i)
    expect(endings(await on.land(2))).toEqual(['success'])
    expect(await on.addresses()).toEqual(['api', 'web'])
  })

  test('after the merge leaves the comment, which tells what became of it', async () => {
    const { planned } = await on.bring(wanting('web'))
    const before = on.comment(1)
    expect(before).toContain('### Applied to `staging`')
    const { scenario, step } = on.world
    const second = await step(scenario.pullEvent(1), {
      permissions: grants.plan,
      run: again(planned.job.run),
    })
    expect([second.conclusion, on.comment(1)]).toEqual(['success', before])
    expect(said(second)).toContain('#1 is merged')
  })
})

describe('an apply run that is run again', () => {
  test('takes the head: what was merged since is not reverted', async () => {
    const { scenario, apply } = on.world
    await on.propose(wanting('web'))
    const old = scenario.merge(1, 'squash')
    const first = await apply(old)
    await on.bring(wanting('web', 'api'))
    const [before, comment] = [writes(), on.comment(2)]
    const second = await apply(old, { run: again(first.select.job.run) })
    expect([second.select.conclusion, second.applies, writes()]).toEqual(['success', [], before])
    expect(second.select.log).toContain('Every environment is as it was applied.')
    expect([await on.addresses(), on.comment(2)]).toEqual([['api', 'web'], comment])
  })

  test('by its apply job alone finds that it is applied already', async () => {
    const { scenario, apply, step } = on.world
    await on.propose(wanting('web'))
    const old = scenario.merge(1, 'squash')
    const first = await apply(old)
    await on.bring(wanting('web', 'api'))
    const before = writes()
    const second = await step(old, {
      ...{ permissions: grants.apply, environment: 'staging', run: again(first.select.job.run) },
      inputs: { command: 'apply', environment: 'staging' },
    })
    expect([second.conclusion, said(second)]).toEqual([
      'success',
      'staging is applied as it is at the head of main.',
    ])
    expect(writes()).toBe(before)
    expect(await on.addresses()).toEqual(['api', 'web'])
  })
})

describe('two apply runs in the queue', () => {
  test('the first brings both merges to their end, the second finds nothing to do', async () => {
    const { scenario, queue } = on.world
    await on.propose(wanting('web'))
    await on.propose({ 'environments/staging.yaml': wanting('web').replace('project', '# Later\nproject') })
    const one = await queue(scenario.merge(1, 'squash'))
    const state = scenario.tip()
    const two = await queue(scenario.push({ [path]: wanting('web').replace('project', '# Later\nproject') }))
    expect(state).not.toBe(scenario.tip())
    const first = await one.go()
    const second = await two.go()
    expect([endings(first), endings(second)]).toEqual([['success'], ['success']])
    expect(second.applies.map(said)).toEqual(['staging is applied as it is at the head of main.'])
    expect([await on.addresses(), on.records()]).toEqual([['web'], ['success']])
  })
})

describe('an environment that changed again while its run waited', () => {
  test('is superseded where people approve: the later run brings its own approval', async () => {
    const { scenario, queue } = on.world
    scenario.github.protect('staging', { reviewers: ['alice'] })
    await on.propose(wanting('web'))
    const one = await queue(scenario.merge(1, 'squash'))
    await on.propose(wanting('web', 'api'))
    const two = await queue(scenario.merge(2, 'squash'))
    const first = await one.go({ approvedBy: 'alice' })
    expect(first.applies.map(said).join()).toContain('staging changed again since')
    expect([endings(first), await on.addresses(), on.records()]).toEqual([['success'], [], []])
    expect(endings(await two.go({ approvedBy: 'alice' }))).toEqual(['success'])
    expect(await on.addresses()).toEqual(['api', 'web'])
    for (const number of [1, 2]) expect(on.comment(number)).toContain('### Applied to `staging`: 2 steps')
  })

  test('nor does the approval of a dispatched run pass for what was merged while it waited', async () => {
    const { scenario, queue } = on.world
    await on.bring(wanting('web'))
    scenario.github.protect('staging', { reviewers: ['alice'] })
    const inputs = { environment: 'staging' }
    const asked = await queue(scenario.dispatch(inputs, 'bob'), { inputs })
    await on.propose(wanting('web', 'api'))
    const merged = await queue(scenario.merge(2, 'squash'))
    const first = await asked.go({ approvedBy: 'alice' })
    expect(first.applies.map(said).join()).toContain('staging changed again since')
    expect([endings(first), await on.addresses(), on.records()]).toEqual([['success'], ['web'], ['success']])
    expect(endings(await merged.go({ approvedBy: 'alice' }))).toEqual(['success'])
    expect(await on.addresses()).toEqual(['api', 'web'])
    expect(on.comment(2)).toContain('### Applied to `staging`: 1 step')
  })

  test('is brought to the head where nobody has to approve', async () => {
    const { scenario, queue } = on.world
    await on.propose(wanting('web'))
    const one = await queue(scenario.merge(1, 'squash'))
    await on.propose(wanting('web', 'api'))
    const two = await queue(scenario.merge(2, 'squash'))
    expect(endings(await one.go())).toEqual(['success'])
    expect(await on.addresses()).toEqual(['api', 'web'])
    expect((await two.go()).applies.map(said)).toEqual(['staging is applied as it is at the head of main.'])
    expect(on.records()).toEqual(['success'])
  })
})
