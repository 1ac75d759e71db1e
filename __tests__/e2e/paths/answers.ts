import { tmpdir } from 'node:os'
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
import { type Answer, failure } from '../../github/fake/answers.ts'
import { type Fault, primaryLimit, secondaryLimit, serverError } from '../../github/fake/faults.ts'
import type { Permissions } from '../../github/fake/permissions.ts'
import { type Scenario, startScenario } from '../../github/scenario/scenario.ts'

interface Stage {
  readonly scenario: Scenario
  readonly google: Emulator
  /** Milliseconds that were waited for GitHub. */
  readonly slept: number[]
}

/** What a job did, as people and other jobs see it. */
export interface Done {
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

const sessionOf = (
  { scenario, google, slept }: Stage,
  runner: Runner,
  event: Session['event'],
  permissions: Permissions,
): Session => {
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
  stage: Stage,
  event: Session['event'],
  permissions: Permissions,
  work: (session: Session) => Promise<unknown>,
): Promise<Done> => {
  stage.slept.splice(0)
  const { runner, done } = listen()
  try {
    const report = (await work(sessionOf(stage, runner, event, permissions))) as Report | undefined
    return { ...done(), report }
  } catch (error) {
    showError(runner, error)
    return done()
  }
}

const jobsOn = (stage: Stage, number: number) => {
  const { scenario } = stage
  const push = () => ({ name: 'push', branch: 'main', sha: scenario.tip() }) as const
  return {
    plan: (): Promise<Done> => {
      const { headSha: head, mergeSha } = scenario.pull(number)
      const pull = { number, head, merge: mergeSha ?? '' }
      const event = { name: 'pull_request', ...pull, restricted: undefined, closed: false } as const
      return job(stage, event, grants.plan, session => planPullRequestEvent(session, pull, { comment: true }))
    },
    select: () =>
      job(stage, push(), grants.select, session =>
        select({ ...session, inputs: { ...session.inputs, environment: undefined } }),
      ),
    apply: () => job(stage, push(), grants.apply, session => applyOne(session, 'staging')),
    report: (report: Report, permissions: Permissions = grants.report) =>
      job(stage, push(), permissions, session => comment(session, [report])),
  }
}

/** A pull request, a cloud, and the jobs of the workflows in this process, whose waits take no time. */
export const startStage = async () => {
  const [scenario, google] = await Promise.all([
    startScenario({ files: { [path]: addresses('old') } }),
    startEmulator(),
  ])
  google.seed().enable('serviceusage', 'compute')
  scenario.github.protect('staging')
  const { number } = scenario.openPull({ branch: 'x', files: { [path]: addresses('web') } })
  const slept: number[] = []
  const stage = { scenario, google, slept }
  return {
    ...{ ...stage, number, ...jobsOn(stage, number) },
    /** How often an address was asked for. */
    made: () => google.requests.all.filter(({ method }) => method === 'compute.addresses.insert').length,
    strike: ([, method, pathname]: Call, fault: Pick<Fault, 'answer' | 'times'>) =>
      scenario.github.faults.add({ method, path: pathname, ...fault } as Fault),
    /** Asks for one call after another; by name, so that a failure reads as a table. */
    each: async <T>(calls: readonly Call[], ask: (call: Call) => Promise<T>) => {
      const found: [string, T][] = []
      for (const call of calls) {
        found.push([call[0], await ask(call)])
        scenario.github.faults.clear()
      }
      return Object.fromEntries(found)
    },
    close: () => Promise.all([scenario.close(), google.close()]),
  }
}

/** Where a call of ours goes, and its method. */
export type Call = readonly [name: string, method: string, path: RegExp]

/** What every job asks first. */
export const reads: readonly Call[] = [
  ['the file list', 'GET', /\/git\/trees\//],
  ['a file', 'GET', /\/git\/blobs\//],
]
/** How it learns what was applied before. */
export const records: readonly Call[] = [
  ['the records', 'GET', /\/deployments$/],
  ['the commits', 'GET', /\/commits$/],
]
/** Who said what on the pull request. */
export const comments: readonly Call[] = [['the comments', 'GET', /\/issues\/\d+\/comments$/]]

/** What goes over: sent once, and the job ends as if nothing had been. */
export const passing: readonly (readonly [string, () => Answer | 'reset'])[] = [
  ['429 with Retry-After', () => secondaryLimit(7, 429)],
  ['a secondary limit', () => secondaryLimit()],
  ['the primary limit', () => primaryLimit(30)],
  ['500', () => serverError(500)],
  ['502', () => serverError(502)],
  ['a lost connection', () => 'reset'],
]

/** What stays, and what has to be said of it. */
export const staying: readonly (readonly [string, () => Answer, RegExp])[] = [
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
