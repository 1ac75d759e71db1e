import { z } from 'zod'
import { SlipwayError } from '../core/problem.ts'

/** Why a run has neither an identity nor a token that writes. */
export type Restriction = 'fork' | 'dependabot'

/** What started the run, as far as Slipway acts on it. */
export type GitHubEvent =
  | {
      readonly name: 'pull_request'
      readonly number: number
      /** The commit at the head of the pull request. */
      readonly head: string
      /** The test merge commit. */
      readonly merge: string
      readonly restricted: Restriction | undefined
      /** Closed, merged or not: there is nothing left to plan. */
      readonly closed: boolean
    }
  | { readonly name: 'merge_group'; readonly ref: string; readonly head: string }
  | { readonly name: 'push' | 'workflow_dispatch'; readonly branch: string | undefined; readonly sha: string }
  | { readonly name: 'other'; readonly event: string; readonly sha: string }

const pullSchema = z.object({
  action: z.string(),
  number: z.number(),
  pull_request: z.object({
    head: z.object({ sha: z.string(), repo: z.object({ full_name: z.string() }).nullish() }),
    user: z.object({ login: z.string() }).nullish(),
  }),
})
const groupSchema = z.object({ merge_group: z.object({ head_ref: z.string(), head_sha: z.string() }) })
const repositorySchema = z.object({ repository: z.object({ default_branch: z.string() }) })

/**
 * Reads the event that started the run. What a fork or Dependabot brings is told by the pull request, not by the actor:
 * a re-run has another one. @throws SlipwayError for a payload that is not what GitHub sends.
 */
export const readEvent = (env: NodeJS.ProcessEnv, payload: unknown): GitHubEvent => {
  const { GITHUB_EVENT_NAME: name = '', GITHUB_REF: ref = '', GITHUB_SHA: sha = '' } = env
  switch (name) {
    case 'pull_request':
      return pullRequest(parsed(pullSchema, name, payload), env.GITHUB_REPOSITORY ?? '', sha)
    case 'merge_group': {
      const { merge_group: group } = parsed(groupSchema, name, payload)
      return { name, ref: group.head_ref, head: group.head_sha }
    }
    case 'push':
    case 'workflow_dispatch':
      return { name, sha, branch: /^refs\/heads\/(.+)$/.exec(ref)?.[1] }
    default:
      return { name: 'other', event: name, sha }
  }
}

/** The default branch of the repository that an event belongs to. @throws SlipwayError if the event does not say it. */
export const defaultBranchIn = (payload: unknown): string =>
  parsed(repositorySchema, 'this', payload).repository.default_branch

const pullRequest = (
  { action, number, pull_request: pull }: z.infer<typeof pullSchema>,
  repository: string,
  merge: string,
): GitHubEvent => {
  const fork = pull.head.repo?.full_name.toLowerCase() !== repository.toLowerCase()
  const bot = pull.user?.login === 'dependabot[bot]'
  return {
    name: 'pull_request',
    number,
    head: pull.head.sha,
    merge,
    restricted: fork ? 'fork' : bot ? 'dependabot' : undefined,
    closed: action === 'closed',
  }
}

const parsed = <T>(schema: z.ZodType<T>, name: string, payload: unknown): T => {
  const result = schema.safeParse(payload)
  if (result.success) return result.data
  const where = result.error.issues[0]?.path.join('.') ?? ''
  throw new SlipwayError(`The payload of ${name} event has no usable ${where}.`, {
    advice: 'Run Slipway on pull_request, merge_group, push and workflow_dispatch only.',
  })
}
