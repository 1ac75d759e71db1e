import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { JsonObject } from '../fake/json.ts'
import type { OidcJob } from '../fake/oidc.ts'
import { personId } from '../fake/people.ts'
import type { Permissions } from '../fake/permissions.ts'
import { readOnly } from '../fake/permissions.ts'
import { subjectPrefix } from '../fake/routes/repository.ts'
import { fullName } from '../fake/shape-repository.ts'
import type { Job, Run, State } from '../fake/state.ts'
import type { RunningStep } from '../runner.ts'
import { startStep } from '../runner.ts'
import type { Checkout } from './checkout.ts'
import { checkout } from './checkout.ts'
import type { GitHubEvent } from './events.ts'
import { finishRun, startJob, startRun } from './runs.ts'
import type { Scenario } from './scenario.ts'

/** What a workflow says of a job. */
export interface JobOptions {
  readonly name?: string
  readonly permissions: Permissions
  /** The GitHub environment that the job names. */
  readonly environment?: string
  /** An existing run (a second job, a re-run); a new one unless told. */
  readonly run?: Run
  /** `job_workflow_ref` where a reusable workflow is called, for example `o/r/.github/workflows/apply.yml@refs/tags/v1`. */
  readonly jobWorkflowRef?: string
  /** What it checks out: nothing unless told, as the jobs of the shipped workflows. */
  readonly checkout?: Checkout
}

/** What a step of a job may bring. */
export interface StepOptions {
  readonly entry: string
  readonly inputs?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly state?: Readonly<Record<string, string>>
}

/** A job on a runner. */
export interface GitHubJob {
  readonly run: Run
  readonly job: Job
  readonly token: string
  readonly workspace: string
  /** RUNNER_TEMP */
  readonly temp: string
  /** The job's variables. */
  readonly env: Readonly<Record<string, string>>
  readonly start: (step: StepOptions) => RunningStep
  /** Ends the job; its token and identity stop working. */
  readonly end: (conclusion: string) => void
  /** Ends the job and its run's attempt. */
  readonly finish: (conclusion: string) => Run
}

const workflowRef = (state: State, event: GitHubEvent, run: Run): string =>
  `${fullName(state.repository)}/${run.path}@${event.ref}`

const subject = (state: State, event: GitHubEvent, environment: string | undefined): string => {
  const prefix = subjectPrefix(state)
  if (environment !== undefined) return `${prefix}:environment:${environment.replaceAll(':', '%3A')}`
  return event.name === 'pull_request' ? `${prefix}:pull_request` : `${prefix}:ref:${event.ref}`
}

const claimsOf = (state: State, event: GitHubEvent, run: Run, job: Job, options: JobOptions): JsonObject => {
  const { repository } = state
  const ref = workflowRef(state, event, run)
  return {
    sub: subject(state, event, options.environment),
    ...{ ref: event.ref, ref_type: 'branch', sha: event.sha, event_name: event.name },
    ...{ head_ref: event.headRef ?? '', base_ref: event.baseRef ?? '' },
    ...{ actor: run.actor, actor_id: String(personId(run.actor)) },
    ...{ repository: fullName(repository), repository_id: String(repository.id) },
    ...{ repository_owner: repository.owner, repository_owner_id: String(repository.ownerId) },
    repository_visibility: repository.private ? 'private' : 'public',
    ...{ run_id: String(run.id), run_number: String(run.number), run_attempt: String(run.attempt) },
    ...{ runner_environment: 'github-hosted', check_run_id: String(job.id) },
    ...{ workflow: run.name, workflow_ref: ref, workflow_sha: event.sha },
    ...{ job_workflow_ref: options.jobWorkflowRef ?? ref, job_workflow_sha: event.sha },
    ...(options.environment !== undefined && { environment: options.environment }),
  }
}

const eventVariables = (state: State, event: GitHubEvent, run: Run): Record<string, string> => {
  const { repository } = state
  return {
    ...{
      GITHUB_EVENT_NAME: event.name,
      GITHUB_REF: event.ref,
      GITHUB_SHA: event.sha,
      GITHUB_REF_TYPE: 'branch',
    },
    GITHUB_REF_NAME: event.ref.replace(/^refs\/(heads|pull)\//, ''),
    GITHUB_REF_PROTECTED: String((state.rules.get(event.headBranch) ?? []).length > 0),
    ...{ GITHUB_HEAD_REF: event.headRef ?? '', GITHUB_BASE_REF: event.baseRef ?? '' },
    ...{
      GITHUB_ACTOR: run.actor,
      GITHUB_ACTOR_ID: String(personId(run.actor)),
      GITHUB_TRIGGERING_ACTOR: run.triggeringActor,
    },
    ...{ GITHUB_REPOSITORY: fullName(repository), GITHUB_REPOSITORY_ID: String(repository.id) },
    ...{ GITHUB_REPOSITORY_OWNER: repository.owner, GITHUB_REPOSITORY_OWNER_ID: String(repository.ownerId) },
    ...{
      GITHUB_RUN_ID: String(run.id),
      GITHUB_RUN_NUMBER: String(run.number),
      GITHUB_RUN_ATTEMPT: String(run.attempt),
    },
    ...{
      GITHUB_WORKFLOW: run.name,
      GITHUB_WORKFLOW_REF: workflowRef(state, event, run),
      GITHUB_WORKFLOW_SHA: event.sha,
    },
  }
}

const serviceVariables = (state: State): Record<string, string> => ({
  ...{
    GITHUB_API_URL: state.apiUrl,
    GITHUB_GRAPHQL_URL: `${state.apiUrl}/graphql`,
    GITHUB_SERVER_URL: 'https://github.com',
  },
  ...{
    GITHUB_RETENTION_DAYS: '90',
    GITHUB_ACTION_REPOSITORY: '',
    GITHUB_ACTION_REF: '',
    GITHUB_ACTION: '__self',
  },
})

/** The machine's folders and variables. */
const machineVariables = (root: string, workspace: string, payload: JsonObject): Record<string, string> => {
  const temp = join(root, '_temp')
  const home = join(root, 'home')
  const tools = join(root, 'hostedtoolcache')
  const eventPath = join(temp, '_github_workflow', 'event.json')
  for (const dir of [dirname(eventPath), join(temp, '_runner_file_commands'), home, tools])
    mkdirSync(dir, { recursive: true })
  writeFileSync(eventPath, JSON.stringify(payload))
  return {
    ...{
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      HOME: home,
      GITHUB_EVENT_PATH: eventPath,
      GITHUB_WORKSPACE: workspace,
    },
    ...{ RUNNER_TEMP: temp, RUNNER_TOOL_CACHE: tools, RUNNER_WORKSPACE: dirname(workspace) },
    ...{
      RUNNER_OS: 'Linux',
      RUNNER_ARCH: 'X64',
      RUNNER_NAME: 'GitHub Actions 1',
      RUNNER_ENVIRONMENT: 'github-hosted',
    },
  }
}

const identityVariables = (oidc: OidcJob): Record<string, string> => ({
  ACTIONS_ID_TOKEN_REQUEST_URL: oidc.requestUrl,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: oidc.requestToken,
})

/** Puts a job of a run on a runner: token with the job's permissions, identity if it may have one, workspace. */
export const startGitHubJob = (scenario: Scenario, event: GitHubEvent, options: JobOptions): GitHubJob => {
  const { github } = scenario
  const { state } = github
  const run = options.run ?? startRun(state, event)
  const name = options.name ?? 'slipway'
  const job = startJob(state, run, name)
  const permissions = event.restricted ? readOnly(options.permissions) : options.permissions
  const token = github.token(permissions)
  const oidc = github.oidc.open(claimsOf(state, event, run, job, options))
  const root = mkdtempSync(join(scenario.dir, 'runner-'))
  const workspace = join(root, state.repository.name, state.repository.name)
  mkdirSync(workspace, { recursive: true })
  if (options.checkout !== undefined) checkout(workspace, state.git.dir, event, options.checkout)
  const env = {
    ...machineVariables(root, workspace, event.payload),
    ...eventVariables(state, event, run),
    ...serviceVariables(state),
    GITHUB_JOB: name,
    ...(permissions['id-token'] === 'write' ? identityVariables(oidc) : {}),
  }
  const temp = join(root, '_temp')
  const start = (step: StepOptions): RunningStep =>
    startStep({
      ...{ entry: step.entry, cwd: workspace, files: join(temp, '_runner_file_commands') },
      env: { ...env, GITHUB_ACTION_PATH: dirname(dirname(step.entry)), ...step.env },
      ...(step.inputs && { inputs: step.inputs }),
      ...(step.state && { state: step.state }),
    })
  const end = (conclusion: string): void => {
    github.revoke(token)
    oidc.complete()
    state.jobs.set(job.id, { ...job, status: 'completed', conclusion })
  }
  const finish = (conclusion: string): Run => {
    end(conclusion)
    return finishRun(state, run, conclusion)
  }
  return { run, job, token, workspace, temp, env, start, end, finish }
}
