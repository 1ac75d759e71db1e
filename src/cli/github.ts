import { wallClock } from '../core/clock.ts'
import { connect, type GitHubApi } from '../github/index.ts'
import type { Terminal } from './context.ts'
import { gitHubRepository } from './repository.ts'

/** The repository of a terminal on GitHub. */
export interface Remote {
  /** `owner/name` */
  readonly repository: string
  /** `https://github.com` */
  readonly server: string
  /** Undefined without a token to ask with. */
  readonly api: GitHubApi | undefined
}

/** What the remote `origin` and the environment say of GitHub; undefined if `origin` is not there. */
export const remoteOf = async ({ cwd, env }: Pick<Terminal, 'cwd' | 'env'>): Promise<Remote | undefined> => {
  const server = new URL(env.GITHUB_SERVER_URL || 'https://github.com')
  const repository = await gitHubRepository(cwd, server.hostname)
  if (repository === undefined) return undefined
  const token = env.GITHUB_TOKEN || env.GH_TOKEN
  const apiUrl = env.GITHUB_API_URL || 'https://api.github.com'
  const api = token
    ? connect({ token, repository, apiUrl, clock: wallClock, random: Math.random })
    : undefined
  return { repository, server: server.origin, api }
}
