import { z } from 'zod'
import type { Refusals } from '../core/record.ts'
import type { GitHubApi } from './api.ts'
import { payloadIn } from './payload.ts'

/** Not the records' task: a refusal is no apply, and must never count as one. */
const task = 'slipway-refusal'

const payloadSchema = z.object({ environment: z.string(), digest: z.string(), run: z.string() })

/**
 * Refusals as GitHub Deployments with `task: slipway-refusal` and the status `failure`. A hint like the record: whoever
 * writes a false one only makes a refusal look older than it is. `logUrl` is the address of this run.
 */
export const createRefusals = ({ octokit, repo }: GitHubApi, logUrl: string): Refusals => ({
  find: async (environment, digest) => {
    const { data } = await octokit.rest.repos.listDeployments({ ...repo, environment, task, per_page: 100 })
    return data
      .map(({ payload }) => payloadSchema.safeParse(payloadIn(payload)).data)
      .find(refused => refused?.environment === environment && refused.digest === digest)?.run
  },
  keep: async ({ environment, digest, sha }) => {
    const { data } = await octokit.rest.repos.createDeployment({
      ...repo,
      ...{ ref: sha, task, environment, auto_merge: false, required_contexts: [] },
      description: 'slipway: a plan was refused, nothing was written',
      payload: { environment, digest, run: logUrl },
    })
    if (!('id' in data)) return
    await octokit.rest.repos.createDeploymentStatus({
      ...repo,
      ...{ deployment_id: data.id, state: 'failure', log_url: logUrl },
      description: `refused: plan ${digest.slice(0, 12)}, nothing was written`,
    })
  },
})
