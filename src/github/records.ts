import { z } from 'zod'
import type { ApplyRecord, Attempt, History, OpenRecord, Records } from '../core/record.ts'
import type { GitHubApi } from './api.ts'
import { firstParentsOf } from './files.ts'
import { payloadIn } from './payload.ts'

/** Only deployments of this task are records. */
const task = 'slipway'

const recordSchema = z.object({
  environment: z.string(),
  file: z.string(),
  blob: z.string(),
  engine: z.string(),
  charts: z.record(z.string(), z.string()),
  identities: z.record(z.string(), z.string()),
})

interface DeploymentData {
  readonly id: number
  readonly sha: string
  readonly payload: unknown
}

/** Where the run's log is, and the branch whose commits count. */
export interface RecordOptions {
  readonly branch: string
  readonly logUrl: string
}

/**
 * Records as GitHub Deployments with `task: slipway`. The payload is a hint, since any writer's workflow can make one:
 * only commits on the branch's first-parent chain count, and the planner checks what it is told against the file.
 */
export const createRecords = (api: GitHubApi, options: RecordOptions): Records => ({
  history: environment => historyOf(api, environment, options),
  begin: record => begin(api, record, options),
})

const historyOf = async (
  api: GitHubApi,
  environment: string,
  { branch }: RecordOptions,
): Promise<History | undefined> => {
  const { octokit, repo } = api
  const unfinished: Attempt[] = []
  const pages = octokit.paginate.iterator(octokit.rest.repos.listDeployments, {
    ...repo,
    environment,
    task,
    per_page: 30,
  })
  for await (const { data } of pages) {
    for (const deployment of data as readonly DeploymentData[]) {
      const record = recordOf(deployment, environment)
      if (record === undefined || (await firstParentsOf(api, branch, record.sha)) === undefined) continue
      const statuses = await statusesOf(api, deployment.id)
      // Any success in its history counts: later deployments make earlier ones inactive.
      if (statuses.some(({ state }) => state === 'success'))
        return { applied: record, unfinished: unfinished.reverse() }
      unfinished.push({ ...record, ...endOf(statuses) })
    }
  }
  return unfinished.length === 0 ? undefined : { applied: undefined, unfinished: unfinished.reverse() }
}

const recordOf = ({ sha, payload }: DeploymentData, environment: string): ApplyRecord | undefined => {
  const parsed = recordSchema.safeParse(payloadIn(payload))
  return parsed.success && parsed.data.environment === environment ? { ...parsed.data, sha } : undefined
}

const statusesOf = ({ octokit, repo }: GitHubApi, deployment: number) =>
  octokit.paginate(octokit.rest.repos.listDeploymentStatuses, {
    ...repo,
    deployment_id: deployment,
    per_page: 100,
  })

/** How an attempt ended, and in which run; one from a terminal had none. */
const endOf = (statuses: Awaited<ReturnType<typeof statusesOf>>): Pick<Attempt, 'run' | 'failed'> => {
  const [run] = statuses.flatMap(({ log_url: url = '' }) => /\/actions\/runs\/(\d+)$/.exec(url)?.[1] ?? [])
  return {
    ...(run === undefined ? {} : { run: Number(run) }),
    ...(statuses.some(({ state }) => state === 'failure') ? { failed: true } : {}),
  }
}

const begin = async (
  { octokit, repo }: GitHubApi,
  record: ApplyRecord,
  { logUrl }: RecordOptions,
): Promise<OpenRecord> => {
  const { sha, ...payload } = record
  const { data } = await octokit.rest.repos.createDeployment({
    ...repo,
    ref: sha,
    task,
    environment: record.environment,
    auto_merge: false,
    required_contexts: [],
    description: `slipway ${record.engine}`,
    payload: payload as unknown as Record<string, unknown>,
  })
  if (!('id' in data)) throw new Error('GitHub merged instead of deploying, though it was told not to')
  const status = async (state: 'in_progress' | 'success' | 'failure', more: object = {}) => {
    await octokit.rest.repos.createDeploymentStatus({
      ...repo,
      deployment_id: data.id,
      state,
      log_url: logUrl,
      ...more,
    })
  }
  await status('in_progress')
  return {
    close: (ending, { description, url }) =>
      status(ending, {
        description: description.slice(0, 140),
        ...(url === undefined ? {} : { environment_url: url }),
      }),
  }
}
