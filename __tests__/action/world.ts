import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { type Cloud, startCloud } from '../../src/emulator/cloud.ts'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts'
import { applierRoles, plannerRoles } from '../../src/emulator/roles.ts'
import type { Permissions } from '../github/fake/permissions.ts'
import type { Run } from '../github/fake/state.ts'
import type { RunningStep, StepResult } from '../github/runner.ts'
import type { GitHubEvent } from '../github/scenario/events.ts'
import { type GitHubJob, startGitHubJob } from '../github/scenario/job.ts'
import { type Scenario, type ScenarioOptions, startScenario } from '../github/scenario/scenario.ts'
import { tally } from '../support/report.ts'
import { actionEntry, compiledOnce } from './bundle.ts'
import { leaksIn, shownBy } from './leaks.ts'

/** A repository, a Google Cloud, and the jobs of the shipped workflows between them. */
export interface World {
  readonly scenario: Scenario
  readonly cloud: Emulator
  /** The same with its clusters and charts, if it has any. */
  readonly whole: Cloud | undefined
  /** The plan job of `plan.yml`, its upload included. */
  readonly plan: (event: GitHubEvent, options?: JobRequest) => Promise<Step>
  /** The jobs of `apply.yml`: select, one apply for each environment, report. */
  readonly apply: (event: GitHubEvent, options?: JobRequest) => Promise<Applied>
  /** The first of them alone; the others wait for their turn, as behind a run that holds the slot. */
  readonly queue: (event: GitHubEvent, options?: JobRequest) => Promise<Queued>
  /** One step of a job of its own. */
  readonly step: (event: GitHubEvent, options: StepRequest) => Promise<Step>
  /** Bodies of the comments of a pull request, oldest first. */
  readonly comments: (pull: number) => readonly string[]
  /** Throws if a secret of the cloud came out anywhere on the way. */
  readonly close: () => Promise<void>
}

/** What is asked of a job. */
export interface JobRequest {
  readonly inputs?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly permissions?: Permissions
  /** The bundle of another version of the engine; that of these sources unless told. */
  readonly entry?: string
  /** An existing run, for example a re-run; a new one unless told. */
  readonly run?: Run
  /** Who approves the jobs of environments that ask for approval; nobody unless told. */
  readonly approvedBy?: string
  /** Has the jobs of the matrix run at the same time, as GitHub does; one after the other unless told. */
  readonly abreast?: boolean
  /** Something that happens before the job is over. */
  readonly during?: (step: RunningStep) => Promise<void> | void
}

/** What is asked of a single step. */
export interface StepRequest extends JobRequest {
  readonly permissions: Permissions
  readonly environment?: string
}

/** A step and the job that it ran in, which has ended. */
export interface Step extends StepResult {
  readonly job: GitHubJob
}

/** What the apply workflow's jobs did. */
export interface Applied {
  readonly select: Step
  readonly applies: readonly Step[]
  readonly report: Step | undefined
}

/** A run of the apply workflow that has found what to apply. */
export interface Queued {
  readonly select: Step
  /** The rest of its jobs. */
  readonly go: (options?: Pick<JobRequest, 'approvedBy' | 'during' | 'permissions'>) => Promise<Applied>
}

const provider = 'projects/123456789/locations/global/workloadIdentityPools/github/providers/slipway'
/** E-mails of the two identities. */
export const planner = 'slipway-planner@acme-ml.iam.gserviceaccount.com'
export const applier = 'slipway-applier@acme-ml.iam.gserviceaccount.com'

/** Permissions of the shipped workflows' jobs. */
export const grants = {
  plan: {
    contents: 'read',
    actions: 'read',
    deployments: 'read',
    'pull-requests': 'write',
    'id-token': 'write',
  },
  select: { contents: 'read', actions: 'read', deployments: 'read' },
  apply: {
    contents: 'read',
    actions: 'read',
    'pull-requests': 'read',
    deployments: 'write',
    'id-token': 'write',
  },
  report: { 'pull-requests': 'write' },
} as const satisfies Readonly<Record<string, Permissions>>

const startGoogle = async (
  options: EmulatorOptions = {},
  chartFolder?: string,
): Promise<Pick<World, 'cloud' | 'whole'>> => {
  const settings: EmulatorOptions = {
    ...options,
    federation: ({ environment }) => (environment === undefined ? 'job-that-plans' : 'job-that-applies'),
    identities: [
      { email: 'job-that-plans', impersonates: [planner] },
      { email: 'job-that-applies', impersonates: [applier] },
      { email: planner, roles: plannerRoles, permissions: ['container.clusters.connect'] },
      { email: applier, roles: applierRoles },
      { email: 'owner@example.com', token: 'owner', roles: ['roles/owner'] },
      ...(options.identities ?? []),
    ],
  }
  if (chartFolder === undefined) return { cloud: await startEmulator(settings), whole: undefined }
  const whole = await startCloud({ ...settings, chartFolder })
  return { cloud: whole.google, whole }
}

/** How a world is started, beside its repository. */
export interface WorldOptions {
  readonly environments?: readonly string[]
  /** Of the emulator; more projects, identities and moments to step in than those of the shipped workflows. */
  readonly cloud?: EmulatorOptions
  /** A chart to serve, to a cloud with a Kubernetes API for each cluster. */
  readonly chartFolder?: string
  /** Variables of every step. */
  readonly env?: Readonly<Record<string, string>>
}

/** Starts both; GitHub environments of these names exist, without reviewers. */
export const startWorld = async (options: ScenarioOptions & WorldOptions = {}): Promise<World> => {
  const { environments = ['staging'], cloud: more = {}, chartFolder, env: given = {}, ...rest } = options
  const [scenario, { cloud, whole }] = await Promise.all([
    startScenario(rest),
    startGoogle(more, chartFolder),
  ])
  const entry = actionEntry()
  const env = { ...whole?.environment, ...given }
  for (const name of environments) scenario.github.protect(name)
  cloud.seed().enable('serviceusage', 'cloudresourcemanager', 'iam', 'compute')
  const shown: Readonly<Record<string, string>>[] = []
  const step = async (event: GitHubEvent, request: StepRequest) => {
    const result = await runJob({ scenario, cloud, entry, env }, event, request)
    shown.push(await shownBy(result, result.job.token))
    return result
  }
  const comments = (pull: number) =>
    [...scenario.github.state.comments.values()].filter(one => one.pull === pull).map(({ body }) => body)
  return {
    ...{ scenario, cloud, whole, step, comments },
    plan: (event, request = {}) => planWorkflow(scenario, step, event, request),
    queue: (event, request = {}) => queueWorkflow(scenario, step, event, request),
    apply: async (event, request = {}) => (await queueWorkflow(scenario, step, event, request)).go(),
    close: async () => {
      tally(scenario.github.checked.requests)
      const leaks = leaksIn(cloud, scenario.github.state, shown)
      await Promise.all([scenario.close(), (whole ?? cloud).close()])
      if (leaks.length > 0) throw new Error(`secrets came out: ${leaks.join(', ')}`)
    },
  }
}

interface Parts {
  readonly scenario: Scenario
  readonly cloud: Emulator
  readonly entry: string
  readonly env: Readonly<Record<string, string>>
}

const runJob = async (
  { scenario, cloud, entry, env: common }: Parts,
  event: GitHubEvent,
  { permissions, environment, run, inputs = {}, env = {}, during, ...request }: StepRequest,
): Promise<Step> => {
  const job = startGitHubJob(scenario, event, {
    permissions,
    ...(environment === undefined ? {} : { environment }),
    ...(run === undefined ? {} : { run }),
  })
  const running = job.start({
    entry: request.entry ?? entry,
    inputs: {
      'github-token': job.token,
      'workload-identity-provider': provider,
      ...{ planner, applier },
      ...inputs,
    },
    env: { ...compiledOnce, ...cloud.endpoints, ...common, ...env },
  })
  await during?.(running)
  const result = await running.finished
  job.end(result.conclusion)
  return { ...result, job }
}

const fileAt = (path: string): Promise<string> => readFile(path, 'utf8')

const planWorkflow = async (
  { github }: Scenario,
  step: World['step'],
  event: GitHubEvent,
  request: JobRequest,
): Promise<Step> => {
  const result = await step(event, { permissions: grants.plan, ...request })
  const path = result.outputs['plan-path']
  const { run } = result.job
  if (path !== undefined)
    github.uploadArtifact(run.id, `slipway-plan-${run.attempt}`, { 'slipway-plan.json': await fileAt(path) })
  result.job.finish(result.conclusion)
  return result
}

const queueWorkflow = async (
  scenario: Scenario,
  step: World['step'],
  event: GitHubEvent,
  request: JobRequest,
): Promise<Queued> => {
  const { during, approvedBy, ...plain } = request
  const select = await step(event, {
    permissions: grants.select,
    ...plain,
    inputs: { command: 'select', ...plain.inputs },
  })
  const go: Queued['go'] = options => applyJobs(scenario, step, event, select, { ...request, ...options })
  return { select, go }
}

const applyJobs = async (
  scenario: Scenario,
  step: World['step'],
  event: GitHubEvent,
  select: Step,
  { approvedBy, abreast = false, ...request }: JobRequest,
): Promise<Applied> => {
  const { run } = select.job
  const matrix = JSON.parse(select.outputs.matrix ?? '[]') as readonly { readonly environment: string }[]
  const folder = `${scenario.dir}/reports-${run.id}-${run.attempt}`
  const applyOne = async (environment: string): Promise<Step> => {
    const result = await step(event, {
      permissions: grants.apply,
      ...request,
      ...{ environment, run },
      inputs: { command: 'apply', ...request.inputs, environment },
    })
    const path = result.outputs['report-path']
    if (path === undefined) return result
    await mkdir(folder, { recursive: true })
    await writeFile(`${folder}/${environment}.json`, await fileAt(path))
    return result
  }
  const names = matrix
    .map(({ environment }) => environment)
    .filter(name => isLetIn(scenario, name, run, approvedBy))
  const applies = abreast ? await Promise.all(names.map(applyOne)) : await inTurn(names, applyOne)
  const report =
    matrix.length === 0
      ? undefined
      : await step(event, { permissions: grants.report, run, inputs: { command: 'report', reports: folder } })
  return { select, applies, report }
}

const inTurn = async (names: readonly string[], run: (name: string) => Promise<Step>): Promise<Step[]> => {
  const steps: Step[] = []
  for (const name of names) steps.push(await run(name))
  return steps
}

/** GitHub starts the job of a protected environment only once one of its reviewers has said yes. */
const isLetIn = (
  { github }: Scenario,
  environment: string,
  { actor }: Run,
  by: string | undefined,
): boolean => {
  const { reviewers = [], preventSelfReview = false } =
    github.state.environments.get(environment.toLowerCase()) ?? {}
  if (reviewers.length === 0) return true
  return by !== undefined && reviewers.includes(by) && !(preventSelfReview && by === actor)
}
