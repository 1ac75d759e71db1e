import type { Job, Run, State } from '../fake/state.ts'
import type { GitHubEvent } from './events.ts'

/** A workflow of the repository. */
export interface Workflow {
  readonly name: string
  readonly path: string
}

/** The workflow that calls Slipway in the scenarios. */
export const SLIPWAY_WORKFLOW: Workflow = { name: 'slipway', path: '.github/workflows/slipway.yml' }

const workflowId = (path: string): number => 500_000 + [...path].reduce((sum, c) => sum + c.charCodeAt(0), 0)

const append = (state: State, run: Run): Run => {
  const earlier = state.runs.get(run.id) ?? []
  state.runs.set(run.id, [...earlier.filter(r => r.attempt !== run.attempt), run])
  return run
}

/** Starts a run of a workflow for an event: `in_progress`, first attempt. */
export const startRun = (state: State, event: GitHubEvent, workflow: Workflow = SLIPWAY_WORKFLOW): Run => {
  const at = state.now()
  return append(state, {
    id: state.nextId(),
    ...{ attempt: 1, number: state.runs.size + 1, name: workflow.name, path: workflow.path },
    workflowId: workflowId(workflow.path),
    event: event.name,
    ...{ headBranch: event.headBranch, headSha: event.headSha, headRepository: event.headRepository },
    ...{ status: 'in_progress', conclusion: null, actor: event.actor, triggeringActor: event.actor },
    referencedWorkflows: [],
    ...{ createdAt: at, updatedAt: at },
  })
}

/** Starts the next attempt of a run; GitHub keeps the event, and so the commit, of the first. */
export const rerun = (state: State, run: Run, by: string): Run =>
  append(state, {
    ...run,
    attempt: (state.runs.get(run.id)?.at(-1)?.attempt ?? run.attempt) + 1,
    ...{ status: 'in_progress', conclusion: null, triggeringActor: by, updatedAt: state.now() },
  })

/** Completes an attempt and its jobs. */
export const finishRun = (state: State, run: Run, conclusion: string): Run => {
  for (const job of state.jobs.values()) {
    if (job.runId !== run.id || job.attempt !== run.attempt || job.status === 'completed') continue
    state.jobs.set(job.id, { ...job, status: 'completed', conclusion })
  }
  return append(state, { ...run, status: 'completed', conclusion, updatedAt: state.now() })
}

/** Adds a running job to an attempt. */
export const startJob = (state: State, run: Run, name: string): Job => {
  const job: Job = {
    ...{ id: state.nextId(), runId: run.id, attempt: run.attempt, name },
    ...{ status: 'in_progress', conclusion: null, at: state.now() },
  }
  state.jobs.set(job.id, job)
  return job
}
