import { tmpdir } from 'node:os'
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { applyOne } from '../../../src/action/apply.ts'
import { planPullRequestEvent } from '../../../src/action/plan.ts'
import { comment } from '../../../src/action/report.ts'
import { type Runner, showError } from '../../../src/action/runner.ts'
import { select } from '../../../src/action/select.ts'
import type { Session } from '../../../src/action/session.ts'
import type { Report } from '../../../src/core/hosting.ts'
import { Redactor } from '../../../src/core/secret.ts'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { connect, createHosting } from '../../../src/github/index.ts'
import { addresses, path } from '../../action/files.ts'
import { grants } from '../../action/world.ts'
import type { Answer } from '../../github/fake/answers.ts'
import { failure } from '../../github/fake/answers.ts'
import { type Fault, primaryLimit, secondaryLimit, serverError } from '../../github/fake/faults.ts'
import type { Permissions } from '../../github/fake/permissions.ts'
import { finishRun, startRun } from '../../github/scenario/runs.ts'
import { type Scenario, startScenario } from '../../github/scenario/scenario.ts'

jest.setTimeout(300_000)

let scenario: Scenario
let google: Emulator
let slept: number[]
let number: number
beforeAll(async () => {
  ;[scenario, google] = await Promise.all([
    startScenario({ files: { [path]: addresses('old') } }),
    startEmulator(),
  ])
  google.seed().enable('serviceusage', 'compute')
  scenario.github.protect('staging')
  number = scenario.openPull({ branch: 'x', files: { [path]: addresses('web') } }).number
})
afterEach(() => {
  scenario.github.faults.clear()
  expect(scenario.github.violations).toEqual([])
})
afterAll(() => Promise.all([scenario.close(), google.close()]))

/** What a job did, as people and other jobs see it. */
interface Done {
  readonly failed: boolean
  /** Everything that was said, one thing a line. */
  readonly said: string
  readonly outputs: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, string>>
  readonly report?: Report | undefined
}

const listen = () => {
  const lines: string[] = []
  const outputs: Record<string, string> = {}
  const files: Record<string, string> = {}
  let failed = false
  const say = (text: string) => void lines.push(text)
  const runner: Runner = {
    ...{ say, notice: say, warn: say, summary: say },
    problem: ({ message, advice = '' }) => say(`${message} ${advice}`),
    output: (name, value) => void Object.assign(outputs, { [name]: value }),
    file: (name, text) => {
      files[name] = text
      return name
    },
    fail: message => {
      failed = true
      say(message)
    },
  }
  return { runner, done: (): Done => ({ failed, said: lines.join('\n'), outputs, files }) }
}

const nothing = (): void => undefined

const sessionOf = (runner: Runner, event: Session['event'], permissions: Permissions): Session => {
  const { apiUrl } = scenario.github
  const token = scenario.github.token(permissions)
  const clock = { now: () => Date.now(), sleep: async (time: number) => void slept.push(time) }
  const api = connect({ token, repository: 'acme/infra', apiUrl, clock, random: () => 0.5 })
  const workflow = '.github/workflows/slipway.yml'
  const options = { defaultBranch: 'main', workflow, author: 'github-actions[bot]', logUrl: 'https://x.org' }
  const values = { provider: undefined, planner: undefined, applier: undefined, reports: undefined }
  const rest = { approve: new Set<string>(), pull: undefined, unprotected: false, values: {} }
  return {
    env: { ...google.endpoints, CLOUDSDK_AUTH_ACCESS_TOKEN: 'owner', RUNNER_TEMP: tmpdir() },
    inputs: { command: 'auto', environment: 'staging', token, ...rest, ...values },
    ...{ event, api, runner, hosting: createHosting(api, options), redactor: new Redactor() },
    stop: { signal: new AbortController().signal, onEvent: nothing, lastWord: nothing, dispose: nothing },
    place: {
      repositoryUrl: 'https://github.com/acme/infra',
      run: { id: 1, attempt: 1, url: 'https://github.com/acme/infra/actions/runs/1' },
      ...{ workflow, began: Date.now() },
    },
  }
}

/** One job, faults and all; what it throws is shown as the action shows it. */
const job = async (
  event: Session['event'],
  permissions: Permissions,
  work: (session: Session) => Promise<Report | undefined | unknown>,
): Promise<Done> => {
  slept = []
  const { runner, done } = listen()
  try {
    const report = (await work(sessionOf(runner, event, permissions))) as Report | undefined
    return { ...done(), report }
  } catch (error) {
    showError(runner, error)
    return done()
  }
}

const push = () => ({ name: 'push', branch: 'main', sha: scenario.tip() }) as const
const plan = async (): Promise<Done> => {
  const { headSha: head, mergeSha } = scenario.pull(number)
  const pull = { number, head, merge: mergeSha ?? '' }
  const event = { name: 'pull_request', ...pull, restricted: undefined, closed: false } as const
  return job(event, grants.plan, session => planPullRequestEvent(session, pull, { comment: true }))
}
const selectJob = () =>
  job(push(), grants.select, session =>
    select({ ...session, inputs: { ...session.inputs, environment: undefined } }),
  )
const apply = () => job(push(), grants.apply, session => applyOne(session, 'staging'))
const reporting = (report: Report) => job(push(), grants.report, session => comment(session, [report]))

const made = () => google.requests.all.filter(({ method }) => method === 'compute.addresses.insert').length

/** Where a call of ours goes, and its method. */
type Call = readonly [name: string, method: string, path: RegExp]

const reads: readonly Call[] = [
  ['the file list', 'GET', /\/git\/trees\//],
  ['a file', 'GET', /\/git\/blobs\//],
]
const records: readonly Call[] = [
  ['the records', 'GET', /\/deployments$/],
  ['the commits', 'GET', /\/commits$/],
]
const comments: readonly Call[] = [['the comments', 'GET', /\/issues\/\d+\/comments$/]]

/** What goes over: sent once, and the job ends as if nothing had been. */
const passing: readonly (readonly [string, () => Answer | 'reset'])[] = [
  ['429 with Retry-After', () => secondaryLimit(7, 429)],
  ['a secondary limit', () => secondaryLimit()],
  ['the primary limit', () => primaryLimit(30)],
  ['500', () => serverError(500)],
  ['502', () => serverError(502)],
  ['a lost connection', () => 'reset'],
]

/** What stays, and what has to be said of it. */
const staying: readonly (readonly [string, () => Answer, RegExp])[] = [
  [
    '403',
    () => ({
      ...failure(403, 'Resource not accessible by integration'),
      headers: { 'x-accepted-github-permissions': 'contents=read' },
    }),
    /403 Resource not accessible by integration[\s\S]*Give the job the permission `contents: read`/,
  ],
  ['404', () => failure(404, 'Not Found'), /404 Not Found[\s\S]*token may not see it/],
  ['422', () => failure(422, 'Validation Failed'), /422 Validation Failed[\s\S]*report it/],
  ['500', () => serverError(500), /500 Server Error[\s\S]*Run the job again/],
  ['a limit of an hour', () => primaryLimit(3_500), /rate limit exceeded[\s\S]*in 59 minutes/],
]

const strike = ([, method, pathname]: Call, fault: Pick<Fault, 'answer' | 'times'>) =>
  scenario.github.faults.add({ method, path: pathname, ...fault } as Fault)

/** One line for each call, so that a table reads as calls × answers. */
const each = async <T>(calls: readonly Call[], ask: (call: Call) => Promise<T>) => {
  const found: [string, T][] = []
  for (const call of calls) {
    found.push([call[0], await ask(call)])
    scenario.github.faults.clear()
  }
  return Object.fromEntries(found)
}
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
  const forget = () => scenario.github.state.comments.clear()

  test.each(passing)('%s once: plans and comments once', async (_, answer) => {
    const ends = await each(calls, async call => {
      forget()
      strike(call, { answer: answer() })
      const { failed } = await plan()
      return [failed, scenario.github.state.comments.size]
    })
    expect(ends).toEqual(all(calls, [false, 1]))
  })

  test.each(staying)(
    '%s for good: fails, and says which call, what the answer was and what to do',
    async (_, answer, words) => {
      const ends = await each(calls, async call => {
        forget()
        strike(call, { answer: answer(), times: 99 })
        const { failed, said } = await plan()
        return [failed, words.test(said) || said, /GitHub: (GET|POST) \/repos\/acme\/infra\//.test(said)]
      })
      expect(ends).toEqual(all(calls, [true, true, true]))
      expect(google.requests.all.filter(({ httpMethod }) => httpMethod !== 'GET')).toEqual([])
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
    scenario.github.state.deployments.clear()
    for (const project of google.state.all) {
      project.addresses.clear()
      project.requestIds.clear()
    }
  }
  /** An apply of which nobody knows how it ended, so that there is a record to look into. */
  const unended = async () => {
    reset()
    await apply()
    const { deployments } = scenario.github.state
    for (const one of deployments.values()) deployments.set(one.id, { ...one, statuses: [] })
  }
  const states = () =>
    [...scenario.github.state.deployments.values()].flatMap(({ statuses }) =>
      statuses.map(({ state }) => state),
    )

  beforeAll(async () => {
    scenario.github.state.comments.clear()
    const event = scenario.pullEvent(number)
    const { state } = scenario.github
    const run = startRun(state, event)
    const planned = await plan()
    expect(planned.said).toContain('The comment on #1 is written.')
    scenario.github.uploadArtifact(run.id, 'slipway-plan-1', planned.files)
    finishRun(state, run, 'success')
    for (const one of state.comments.values())
      state.comments.set(one.id, { ...one, body: one.body.replace('"run":1,', `"run":${run.id},`) })
    scenario.merge(number, 'squash')
  })

  test.each(passing)('%s once: waits, selects, applies and records', async (_, answer) => {
    await unended()
    const selected = await each(choosing, async call => {
      strike(call, { answer: answer() })
      const { failed, outputs } = await selectJob()
      return [failed, outputs.matrix]
    })
    expect(selected).toEqual(all(choosing, [false, `[{"environment":"staging","file":"${path}"}]`]))
    const every = [...calls, ...records, ...artifacts, record, begun]
    const applied = await each(every, async call => {
      reset()
      strike(call, { answer: answer() })
      const { failed, said } = await apply()
      return failed ? said : states().at(-1)
    })
    expect(applied).toEqual(all(every, 'success'))
  })

  test.each(staying)('%s for good: nothing is written, and it is never green', async (_, answer, words) => {
    const ends = await each(calls, async call => {
      reset()
      const before = made()
      strike(call, { answer: answer(), times: 99 })
      const { failed, said } = await apply()
      return [failed, words.test(said) || said, made() - before, states()]
    })
    expect(ends).toEqual(all(calls, [true, true, 0, []]))
    await unended()
    const selected = await each(choosing.slice(0, -1), async call => {
      strike(call, { answer: answer(), times: 99 })
      const { failed, said, outputs } = await selectJob()
      return [failed, words.test(said) || said, outputs.matrix]
    })
    expect(selected).toEqual(all(choosing.slice(0, -1), [true, true, undefined]))
  })

  test.each(staying)(
    '%s where the record is to be written: no write to the cloud without one',
    async (_, answer, words) => {
      const ends = await each([record, begun], async call => {
        reset()
        const before = made()
        strike(call, { answer: answer(), times: 99 })
        const { failed, said } = await apply()
        const told = /staging was not touched: its record cannot be written/.test(said)
        return [failed, told, words.test(said) || said, made() - before]
      })
      expect(ends).toEqual(all([record, begun], [true, true, true, 0]))
    },
  )

  test.each(staying)(
    '%s at the end: tells what was done, fails, and the next run records it',
    async (_, answer, words) => {
      reset()
      scenario.github.faults.add({
        method: 'POST',
        path: /\/statuses$/,
        skip: 1,
        times: 99,
        answer: answer(),
      })
      const { failed, said, report } = await apply()
      expect([failed, words.test(said) || said]).toEqual([true, true])
      expect(said).toContain('How it ended could not be recorded')
      expect(report?.body).toContain('created')
      scenario.github.faults.clear()
      const next = await apply()
      expect([next.failed, states().at(-1)]).toEqual([false, 'success'])
    },
  )

  test('a plan run or an artifact that is gone is no review; the environment waits for an approval', async () => {
    const ends = await each(artifacts, async call => {
      reset()
      strike(call, { answer: failure(404, 'Not Found'), times: 99 })
      const { failed, said } = await apply()
      return [failed, /was deleted/.test(said), /-f approve=[0-9a-f]{64}/.test(said), states()]
    })
    expect(ends).toEqual(all(artifacts, [true, true, true, []]))
  })

  test('the report waits out a limit; without its permission it fails and says so', async () => {
    reset()
    const { report } = await apply()
    if (report === undefined) throw new Error('it reports')
    const call: Call = ['the outcome', 'PATCH', /\/comments\/\d+$/]
    strike(call, { answer: secondaryLimit(7, 429) })
    const waited = await reporting(report)
    expect([waited.failed, waited.said, slept]).toEqual([
      false,
      'The outcome is in the comment on #1.',
      [7_000],
    ])
    const { runner, done } = listen()
    await comment(sessionOf(runner, push(), {}), [report])
    expect(done()).toMatchObject({
      failed: true,
      said: expect.stringContaining('Give the job the permission `issues: read` or `pull-requests: read`'),
    })
  })
})
