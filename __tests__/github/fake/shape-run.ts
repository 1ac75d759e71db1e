import type { Json, JsonObject } from './json.ts'
import { user } from './people.ts'
import { simpleCommit } from './shape-commit.ts'
import { minimalRepository, nodeId, repoApi, repoHtml } from './shape-repository.ts'
import type { Artifact, Job, Repository, Run, State } from './state.ts'

const tiny = (state: State, repository: Repository): JsonObject => ({
  id: repository.id,
  url: repoApi(state.apiUrl, repository),
  name: repository.name,
})

/** Only *open* pull requests with the run's head, and none from forks: GitHub computes this when asked. */
const openPulls = (state: State, run: Run): readonly Json[] =>
  [...state.pulls.values()]
    .filter(p => p.state === 'open' && !p.headRepository.fork)
    .filter(p => p.headSha === run.headSha || p.headRef === run.headBranch)
    .map(p => ({
      id: p.id,
      number: p.number,
      url: `${repoApi(state.apiUrl, state.repository)}/pulls/${p.number}`,
      head: { ref: p.headRef, sha: p.headSha, repo: tiny(state, p.headRepository) },
      base: { ref: p.baseRef, sha: p.baseSha, repo: tiny(state, state.repository) },
    }))

/** GitHub's `workflow-run`. */
export const runShape = (state: State, run: Run): JsonObject => {
  const api = `${repoApi(state.apiUrl, state.repository)}/actions`
  const url = `${api}/runs/${run.id}`
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('WFR', run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    display_title: run.name,
    run_number: run.number,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.workflowId,
    ...{ check_suite_id: run.id + 1, check_suite_node_id: nodeId('CS', run.id + 1) },
    url,
    html_url: `${repoHtml(state.repository)}/actions/runs/${run.id}`,
    pull_requests: openPulls(state, run),
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    actor: user(state.apiUrl, run.actor),
    run_attempt: run.attempt,
    referenced_workflows: run.referencedWorkflows.map(w => ({ ...w })),
    run_started_at: run.createdAt,
    triggering_actor: user(state.apiUrl, run.triggeringActor),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repoApi(state.apiUrl, state.repository)}/check-suites/${run.id + 1}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: run.attempt > 1 ? `${url}/attempts/${run.attempt - 1}` : null,
    workflow_url: `${api}/workflows/${run.workflowId}`,
    head_commit: simpleCommit(state.git, run.headSha),
    repository: minimalRepository(state.apiUrl, state.repository),
    head_repository: minimalRepository(state.apiUrl, run.headRepository),
  }
}

/** GitHub's `job`. */
export const jobShape = (state: State, job: Job, run: Run): JsonObject => {
  const api = repoApi(state.apiUrl, state.repository)
  return {
    id: job.id,
    run_id: run.id,
    run_url: `${api}/actions/runs/${run.id}`,
    run_attempt: job.attempt,
    node_id: nodeId('CR', job.id),
    head_sha: run.headSha,
    head_branch: run.headBranch,
    url: `${api}/actions/jobs/${job.id}`,
    html_url: `${repoHtml(state.repository)}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: job.at,
    started_at: job.at,
    completed_at: job.status === 'completed' ? job.at : null,
    name: job.name,
    workflow_name: run.name,
    steps: [],
    check_run_url: `${api}/check-runs/${job.id}`,
    labels: ['ubuntu-24.04'],
    runner_id: 1,
    runner_name: 'GitHub Actions 1',
    runner_group_id: 0,
    runner_group_name: 'GitHub Actions',
  }
}

const DAY = 86_400_000

/** GitHub's `artifact`; kept for 90 days. */
export const artifactShape = (state: State, artifact: Artifact): JsonObject => {
  const run = state.runs.get(artifact.runId)?.at(-1)
  const url = `${repoApi(state.apiUrl, state.repository)}/actions/artifacts/${artifact.id}`
  const expires = new Date(Date.parse(artifact.at) + 90 * DAY).toISOString().replace(/\.\d+Z$/, 'Z')
  return {
    id: artifact.id,
    node_id: nodeId('A', artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.zip.length,
    url,
    archive_download_url: `${url}/zip`,
    expired: artifact.expired,
    digest: artifact.digest,
    created_at: artifact.at,
    updated_at: artifact.at,
    expires_at: expires,
    workflow_run: run
      ? {
          id: run.id,
          repository_id: state.repository.id,
          head_repository_id: run.headRepository.id,
          ...(run.headBranch !== null && { head_branch: run.headBranch }),
          head_sha: run.headSha,
        }
      : null,
  }
}
