import type { Answer, ApiRequest, Handler } from '../answers.ts'
import { counted, failure, found, ok } from '../answers.ts'
import { artifactShape, jobShape, runShape } from '../shape-run.ts'
import type { Artifact, Run, State } from '../state.ts'
import { latestRuns } from '../state.ts'

const attempts = (state: State, id: string | undefined): readonly Run[] => found(state.runs.get(Number(id)))
const latest = (state: State, id: string | undefined): Run => found(attempts(state, id).at(-1))

const createdTest = (range: string | undefined): ((at: string) => boolean) => {
  if (range === undefined) return () => true
  const [from, to] = range.split('..')
  if (to !== undefined)
    return at => (from === '*' || at >= (from ?? '')) && (to === '*' || at.slice(0, to.length) <= to)
  const [, sign = '', date = ''] = /^([<>]=?)?(.*)$/.exec(range) ?? []
  const tests: Readonly<Record<string, (at: string) => boolean>> = {
    '>': at => at > date,
    '>=': at => at >= date,
    '<': at => at < date,
    '<=': at => at <= date,
  }
  return tests[sign] ?? (at => at.startsWith(date))
}

/** With one of these filters GitHub gives at most 1,000 runs. */
const MAX_FILTERED = 1000

const list = (request: ApiRequest, state: State, all: readonly Run[]): Answer => {
  const { actor, branch, event, status, head_sha } = request.query
  const created = createdTest(request.query.created)
  const runs = all
    .filter(run => actor === undefined || run.actor === actor)
    .filter(run => branch === undefined || run.headBranch === branch)
    .filter(run => event === undefined || run.event === event)
    .filter(run => status === undefined || run.status === status || run.conclusion === status)
    .filter(run => head_sha === undefined || run.headSha === head_sha)
    .filter(run => created(run.createdAt))
  return counted('workflow_runs', runs.slice(0, MAX_FILTERED), request, run =>
    withoutPulls(request, runShape(state, run)),
  )
}

const withoutPulls = <T extends object>(request: ApiRequest, run: T): T =>
  request.query.exclude_pull_requests === 'true' ? { ...run, pull_requests: [] } : run

const listAll: Handler = (request, state) => list(request, state, latestRuns(state))

/** A workflow is named by its id or its file name. */
const listOfWorkflow: Handler = (request, state) => {
  const wanted = request.path.workflow_id ?? ''
  const named = (run: Run): boolean =>
    String(run.workflowId) === wanted || run.path.split('/').at(-1) === wanted
  const runs = latestRuns(state).filter(named)
  return list(request, state, found(runs.length > 0 ? runs : undefined))
}

const get: Handler = (request, state) =>
  ok(withoutPulls(request, runShape(state, latest(state, request.path.run_id))))

const getAttempt: Handler = (request, state) => {
  const all = attempts(state, request.path.run_id)
  return ok(runShape(state, found(all.find(run => run.attempt === Number(request.path.attempt_number)))))
}

const listJobs = (
  request: ApiRequest,
  state: State,
  run: Run,
  keep: (attempt: number) => boolean,
): Answer => {
  const jobs = [...state.jobs.values()].filter(job => job.runId === run.id && keep(job.attempt))
  return counted('jobs', jobs, request, job => jobShape(state, job, run))
}

const jobs: Handler = (request, state) => {
  const run = latest(state, request.path.run_id)
  return listJobs(request, state, run, attempt => request.query.filter === 'all' || attempt === run.attempt)
}

const jobsOfAttempt: Handler = (request, state) => {
  const wanted = Number(request.path.attempt_number)
  return listJobs(request, state, latest(state, request.path.run_id), attempt => attempt === wanted)
}

const newestFirst = (artifacts: Iterable<Artifact>): readonly Artifact[] =>
  [...artifacts].sort((a, b) => b.id - a.id)

const listArtifacts = (request: ApiRequest, state: State, all: readonly Artifact[]): Answer => {
  const named = all.filter(a => request.query.name === undefined || a.name === request.query.name)
  const sorted = request.query.direction === 'asc' ? [...named].reverse() : named
  return counted('artifacts', sorted, request, a => artifactShape(state, a))
}

/** The artifacts of all attempts. */
const artifactsOfRun: Handler = (request, state) => {
  const run = latest(state, request.path.run_id)
  return listArtifacts(
    request,
    state,
    newestFirst(state.artifacts.values()).filter(a => a.runId === run.id),
  )
}

const artifacts: Handler = (request, state) =>
  listArtifacts(request, state, newestFirst(state.artifacts.values()))

const artifact: Handler = (request, state) =>
  ok(artifactShape(state, found(state.artifacts.get(Number(request.path.artifact_id)))))

/** 302 to a signed address on another origin that lives for a minute; 410 once expired. */
const download: Handler = (request, state) => {
  const one = found(state.artifacts.get(Number(request.path.artifact_id)))
  found(request.path.archive_format === 'zip' ? one : undefined)
  if (one.expired) return failure(410, 'Artifact has expired')
  return { status: 302, headers: { location: state.blobUrl(one) } }
}

/** Workflow runs, their jobs and artifacts. */
export const runs: Readonly<Record<string, Handler>> = {
  'actions/list-workflow-runs-for-repo': listAll,
  'actions/list-workflow-runs': listOfWorkflow,
  'actions/get-workflow-run': get,
  'actions/get-workflow-run-attempt': getAttempt,
  'actions/list-jobs-for-workflow-run': jobs,
  'actions/list-jobs-for-workflow-run-attempt': jobsOfAttempt,
  'actions/list-workflow-run-artifacts': artifactsOfRun,
  'actions/list-artifacts-for-repo': artifacts,
  'actions/get-artifact': artifact,
  'actions/download-artifact': download,
}
