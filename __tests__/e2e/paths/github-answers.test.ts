import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { path } from '../../action/files.ts'
import { failure } from '../../github/fake/answers.ts'
import { secondaryLimit } from '../../github/fake/faults.ts'
import { finishRun, startRun } from '../../github/scenario/runs.ts'
import { type Call, comments, passing, reads, records, startStage, staying } from './answers.ts'

jest.setTimeout(300_000)

let stage: Awaited<ReturnType<typeof startStage>>
beforeAll(async () => {
  stage = await startStage()
})
afterEach(() => {
  stage.scenario.github.faults.clear()
  expect(stage.scenario.github.violations).toEqual([])
})
afterAll(() => stage.close())

const all = <T>(calls: readonly Call[], value: T) => Object.fromEntries(calls.map(([name]) => [name, value]))

describe('planning, where GitHub answers', () => {
  const calls: readonly Call[] = [
    ...reads,
    ...records.slice(0, 1),
    ...comments,
    ['the merge', 'GET', /\/git\/commits\//],
    ['the pull request', 'GET', /\/pulls\/\d+$/],
    ['the comment', 'POST', /\/issues\/\d+\/comments$/],
  ]
  const forget = () => stage.scenario.github.state.comments.clear()

  test.each(passing)('%s once: plans and comments once', async (_, answer) => {
    const ends = await stage.each(calls, async call => {
      forget()
      stage.strike(call, { answer: answer() })
      const { failed } = await stage.plan()
      return [failed, stage.scenario.github.state.comments.size]
    })
    expect(ends).toEqual(all(calls, [false, 1]))
  })

  test.each(staying)(
    '%s for good: fails, and says which call, what the answer was and what to do',
    async (_, answer, words) => {
      const ends = await stage.each(calls, async call => {
        forget()
        stage.strike(call, { answer: answer(), times: 99 })
        const { failed, said } = await stage.plan()
        return [failed, words.test(said) || said, /GitHub: (GET|POST) \/repos\/acme\/infra\//.test(said)]
      })
      expect(ends).toEqual(all(calls, [true, true, true]))
      expect(stage.google.requests.all.filter(({ httpMethod }) => httpMethod !== 'GET')).toEqual([])
    },
  )
})

describe('after the merge, where GitHub answers', () => {
  const found: readonly Call[] = [
    ['the head', 'GET', /\/git\/ref\//],
    ['pull requests', 'GET', /\/pulls$/],
    ['the plan’s artifacts', 'GET', /\/artifacts$/],
  ]
  const artifacts: readonly Call[] = [
    ['the plan’s run', 'GET', /\/actions\/runs\/\d+$/],
    ['the plan', 'GET', /\/zip$/],
  ]
  const record: Call = ['the record', 'POST', /\/deployments$/]
  const begun: Call = ['that it has begun', 'POST', /\/statuses$/]
  const choosing: readonly Call[] = [...reads, ...records, ['the environment', 'GET', /\/environments\//]]
  const calls: readonly Call[] = [...reads, ...comments, ...found]

  /** As it was before the apply: the cloud, and what is recorded of it. */
  const reset = () => {
    stage.scenario.github.state.deployments.clear()
    for (const project of stage.google.state.all) {
      project.addresses.clear()
      project.requestIds.clear()
    }
  }
  /** An apply of which nobody knows how it ended, so that there is a record to look into. */
  const unended = async () => {
    reset()
    await stage.apply()
    const { deployments } = stage.scenario.github.state
    for (const one of deployments.values()) deployments.set(one.id, { ...one, statuses: [] })
  }
  const states = () =>
    [...stage.scenario.github.state.deployments.values()]
      .filter(({ task }) => task === 'slipway')
      .flatMap(({ statuses }) => statuses.map(({ state }) => state))

  beforeAll(async () => {
    stage.scenario.github.state.comments.clear()
    const event = stage.scenario.pullEvent(stage.number)
    const { state } = stage.scenario.github
    const run = startRun(state, event)
    const planned = await stage.plan()
    expect(planned.said).toContain('The comment on #1 is written.')
    stage.scenario.github.uploadArtifact(run.id, 'slipway-plan-1', planned.files)
    finishRun(state, run, 'success')
    for (const one of state.comments.values())
      state.comments.set(one.id, { ...one, body: one.body.replace('"run":1,', `"run":${run.id},`) })
    stage.scenario.merge(stage.number, 'squash')
  })

  test.each(passing)('%s once: waits, selects, applies and records', async (_, answer) => {
    await unended()
    const selected = await stage.each(choosing, async call => {
      stage.strike(call, { answer: answer() })
      const { failed, outputs } = await stage.select()
      return [failed, outputs.matrix]
    })
    expect(selected).toEqual(all(choosing, [false, `[{"environment":"staging","file":"${path}"}]`]))
    const every = [...calls, ...records, ...artifacts, record, begun]
    const applied = await stage.each(every, async call => {
      reset()
      stage.strike(call, { answer: answer() })
      const { failed, said } = await stage.apply()
      return failed ? said : states().at(-1)
    })
    expect(applied).toEqual(all(every, 'success'))
  })

  test.each(staying)('%s for good: nothing is written, and it is never green', async (_, answer, words) => {
    const ends = await stage.each(calls, async call => {
      reset()
      const before = stage.made()
      stage.strike(call, { answer: answer(), times: 99 })
      const { failed, said } = await stage.apply()
      return [failed, words.test(said) || said, stage.made() - before, states()]
    })
    expect(ends).toEqual(all(calls, [true, true, 0, []]))
    await unended()
    const selected = await stage.each(choosing.slice(0, -1), async call => {
      stage.strike(call, { answer: answer(), times: 99 })
      const { failed, said, outputs } = await stage.select()
      return [failed, words.test(said) || said, outputs.matrix]
    })
    expect(selected).toEqual(all(choosing.slice(0, -1), [true, true, undefined]))
  })

  test.each(staying)(
    '%s where the record is to be written: no write to the cloud without one',
    async (_, answer, words) => {
      const ends = await stage.each([record, begun], async call => {
        reset()
        const before = stage.made()
        stage.strike(call, { answer: answer(), times: 99 })
        const { failed, said } = await stage.apply()
        const told = /staging was not touched: its record cannot be written/.test(said)
        return [failed, told, words.test(said) || said, stage.made() - before]
      })
      expect(ends).toEqual(all([record, begun], [true, true, true, 0]))
    },
  )

  test.each(staying)(
    '%s at the end: tells what was done, fails, and the next run records it',
    async (_, answer, words) => {
      reset()
      stage.scenario.github.faults.add({
        method: 'POST',
        path: /\/statuses$/,
        skip: 1,
        times: 99,
        answer: answer(),
      })
      const { failed, said, report } = await stage.apply()
      expect([failed, words.test(said) || said]).toEqual([true, true])
      expect(said).toContain('How it ended could not be recorded')
      expect(report?.body).toContain('created')
      stage.scenario.github.faults.clear()
      const next = await stage.apply()
      expect([next.failed, states().at(-1)]).toEqual([false, 'success'])
    },
  )

  test('a plan run or an artifact that is gone is no review; the environment waits for an approval', async () => {
    const ends = await stage.each(artifacts, async call => {
      reset()
      stage.strike(call, { answer: failure(404, 'Not Found'), times: 99 })
      const { failed, said } = await stage.apply()
      return [failed, /was deleted/.test(said), /-f approve=[0-9a-f]{64}/.test(said), states()]
    })
    expect(ends).toEqual(all(artifacts, [true, true, true, []]))
  })

  test('the report waits out a limit; without its permission it fails and says so', async () => {
    reset()
    const { report } = await stage.apply()
    if (report === undefined) throw new Error('it reports')
    const call: Call = ['the outcome', 'PATCH', /\/comments\/\d+$/]
    stage.strike(call, { answer: secondaryLimit(7, 429) })
    const waited = await stage.report(report)
    expect([waited.failed, waited.said, [...stage.slept]]).toEqual([
      false,
      'The outcome is in the comment on #1.',
      [7_000],
    ])
    expect(await stage.report(report, {})).toMatchObject({
      failed: true,
      said: expect.stringContaining('Give the job the permission `issues: read` or `pull-requests: read`'),
    })
  })
})
