import { describe, expect, test } from '@jest/globals'
import { path, staging } from '../../action/files.ts'
import { secondaryLimit } from '../../github/fake/faults.ts'
import type { RunningStep } from '../../github/runner.ts'
import type { GitHubEvent } from '../../github/scenario/events.ts'
import { rerun } from '../../github/scenario/runs.ts'
import { endings, said } from './path.ts'
import { stage, wanting } from './stage.ts'

const on = stage()
const insert = 'compute.addresses.insert'
const inserts = () => on.world.cloud.requests.writes.filter(({ method }) => method === insert).length
const push = () => on.world.apply(on.world.scenario.push({ 'README.md': 'More\n' }))

/** Applies, and does something to the apply job once something has happened. */
const interrupted = (event: GitHubEvent, reached: Promise<unknown>, how: (step: RunningStep) => unknown) =>
  on.world.apply(event, {
    during: async step => {
      await reached
      await how(step)
    },
  })
const cancel = (step: RunningStep) => step.cancel()
const lose = (step: RunningStep) => step.lose()

describe('a run that is cancelled', () => {
  test('while Google works: what is under way is told, nothing else is begun, and a re-run picks up', async () => {
    const { scenario, apply } = on.world
    await on.propose(staging())
    const reached = on.silence('iam.projects.serviceAccounts.create')
    const event = scenario.merge(1, 'squash')
    const { applies, select } = await interrupted(event, reached, cancel)
    expect(applies[0]).toMatchObject({ conclusion: 'cancelled', signal: null, exitCode: 1 })
    expect(applies[0]?.log).toMatch(/Under way: .*service-account\/robot/)
    expect(on.comment(1)).toContain('### **Left half-way: `staging`.**')
    expect(on.comment(1)).toMatch(/service-account\/robot had been begun, and may go on at Google/)
    expect(on.records()).toEqual(['in_progress'])
    on.speak()
    const again = await apply(event, { run: rerun(scenario.github.state, select.job.run, 'alice') })
    expect(endings(again)).toEqual(['success'])
    expect(on.comment(1)).toContain('### Applied to `staging`')
    expect([await on.addresses(), on.records()]).toEqual([['web'], ['in_progress', 'success']])
  })

  test('while an operation runs tells which steps were begun, which were not, and closes its record', async () => {
    await on.propose(staging())
    on.world.cloud.faults.add({ match: { method: 'POST', path: /serviceAccounts$/ }, kind: 503, times: 9 })
    const event = on.world.scenario.merge(1, 'squash')
    const { applies } = await on.world.apply(event, {
      during: async step => {
        await step.saw(/service-account\/robot {2}begins/)
        step.cancel()
      },
    })
    expect(applies[0]).toMatchObject({ conclusion: 'cancelled', signal: null, exitCode: 1 })
    expect(on.comment(1)).toMatch(/### \*\*Not applied whole: `staging`\.\*\* .* then it stopped\./)
    expect(on.comment(1)).toContain('not begun: the run was stopped')
    expect(on.records()).toEqual(['failure'])
    on.world.cloud.faults.clear()
    expect(endings(await push())).toEqual(['success'])
    expect(on.comment(1)).toContain('### Applied to `staging`')
  })

  test('ends by itself in time, though GitHub makes it wait', async () => {
    const { scenario } = on.world
    await on.propose(wanting('web'))
    const asked = new Promise<void>(resolve => {
      const answer = secondaryLimit(60)
      scenario.github.faults.add({ method: 'POST', path: /\/deployments$/, answer, meanwhile: resolve })
    })
    const { applies } = await interrupted(scenario.merge(1, 'squash'), asked, cancel)
    expect(applies[0]).toMatchObject({ conclusion: 'cancelled', signal: null, exitCode: 1 })
    expect(applies[0]?.log).toContain('Stopping: nothing is running, nothing else is started.')
    expect([await on.addresses(), on.records()]).toEqual([[], []])
    expect(endings(await push())).toEqual(['success'])
    expect(await on.addresses()).toEqual(['web'])
  })

  test('while it looks at the cloud has written nothing, and the next one goes on', async () => {
    await on.propose(wanting('web'))
    const reached = on.silence('compute.addresses.aggregatedList')
    const { applies } = await interrupted(on.world.scenario.merge(1, 'squash'), reached, async step => {
      step.cancel()
      await step.saw(/Stopping: nothing is running/)
      on.speak()
    })
    expect(applies[0]).toMatchObject({ conclusion: 'cancelled', signal: null, exitCode: 1 })
    expect([inserts(), on.records()]).toEqual([0, []])
    expect(on.comment(1)).toMatch(
      /\*\*Not applied whole: `staging`\.\*\* 0 of 1 steps done .* then it stopped/,
    )
    expect(endings(await push())).toEqual(['success'])
    expect(on.comment(1)).toContain('### Applied to `staging`: 1 step in')
  })
})

describe('a plan run that is cancelled', () => {
  test('leaves the comment as it is, for the run of the newer commit', async () => {
    const { scenario, plan } = on.world
    await on.propose(wanting('web'))
    const before = on.comment(1)
    const event = scenario.pushToPull(1, { [path]: wanting('web', 'api') })
    const reached = on.silence('compute.addresses.aggregatedList')
    const cancelled = await plan(event, {
      during: async step => {
        await reached
        step.cancel()
        await step.saw(/Stopping: nothing is running/)
        on.speak()
      },
    })
    expect(said(cancelled)).toContain('This run was stopped, so its plan does not count')
    expect(cancelled).toMatchObject({ conclusion: 'cancelled', signal: null })
    expect(on.comment(1)).toBe(before)
    await plan(scenario.pushToPull(1, { [path]: wanting('web', 'cdn') }))
    expect(on.comment(1)).toContain('2 to create')
    expect(endings(await on.land(1))).toEqual(['success'])
    expect(await on.addresses()).toEqual(['cdn', 'web'])
  })
})

describe('a runner that is lost in the middle', () => {
  test('of a write: the record stays open, and the next run picks up what was made', async () => {
    await on.propose(wanting('web'))
    const reached = on.silence(insert)
    const { applies, report } = await interrupted(on.world.scenario.merge(1, 'squash'), reached, lose)
    expect(applies[0]).toMatchObject({ conclusion: 'failure', signal: 'SIGKILL' })
    expect(report?.conclusion).toBe('success')
    expect(on.records()).toEqual(['in_progress'])
    on.speak()
    expect(endings(await push())).toEqual(['success'])
    expect([await on.addresses(), on.records()]).toEqual([['web'], ['in_progress', 'success']])
    expect(inserts()).toBe(1)
    expect(on.comment(1)).toContain('### Applied to `staging`')
    expect((await push()).applies).toEqual([])
  })

  test('and a revert: what it had made is found and taken away', async () => {
    await on.bring(wanting('api'))
    await on.propose(wanting('api', 'web'))
    const reached = on.silence(insert)
    await interrupted(on.world.scenario.merge(2, 'squash'), reached, lose)
    on.speak()
    await on.addresses()
    expect(await on.addresses()).toEqual(['api', 'web'])
    const reverted = await on.bring(wanting('api'))
    expect(on.comment(3)).toMatch(/address\/web/)
    expect(reverted.ended).toEqual(['success'])
    expect([await on.addresses(), on.records()]).toEqual([['api'], ['inactive', 'in_progress', 'success']])
  })

  test('right after the record: nothing was made, and nothing is missing afterwards', async () => {
    const { scenario, apply } = on.world
    await on.propose(wanting('web'))
    let running: RunningStep | undefined
    scenario.github.faults.add({ method: 'POST', path: /\/statuses$/, meanwhile: () => running?.lose() })
    const lost = await apply(scenario.merge(1, 'squash'), {
      during: step => {
        running = step
      },
    })
    expect(lost.applies[0]).toMatchObject({ conclusion: 'failure', signal: 'SIGKILL' })
    expect([inserts(), on.records()]).toEqual([0, ['in_progress']])
    const next = await push()
    expect([endings(next), next.applies.map(said)]).toEqual([['success'], ['']])
    expect([await on.addresses(), on.records()]).toEqual([['web'], ['in_progress', 'success']])
  })
})
