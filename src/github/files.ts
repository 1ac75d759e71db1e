import type { Hosting } from '../core/hosting.ts'
import type { GitHubApi } from './api.ts'
import { GitHubError } from './api.ts'

/** Git's mode of an ordinary file; links (120000) and submodules (160000) are left out. */
const ordinary = new Set(['100644', '100755'])

/** What a repository holds at a commit. Every method throws GitHubError. */
export type Files = Pick<Hosting, 'files' | 'text' | 'parents'>

/**
 * Reads a repository. What Git names by a SHA never changes, so it is asked for once: a repository's token has 1,000 requests an hour
 * (REST, rate limits), and most commits have most files in common.
 */
export const createFiles = (api: GitHubApi): Files => {
  const root = once(commit => treeOf(api, commit, {}))
  const whole = once(tree => treeOf(api, tree, { recursive: '1' }))
  return {
    files: async (commit, folder) => {
      const found = (await root(commit)).find(({ path, type }) => path === folder && type === 'tree')
      const entries = found?.sha === undefined ? [] : await whole(found.sha)
      return entries.flatMap(({ path, sha, mode }) =>
        sha !== undefined && ordinary.has(mode ?? '') ? [{ path: `${folder}/${path}`, blob: sha }] : [],
      )
    },
    text: once(blob => textOf(api, blob)),
    parents: once(commit => parentsOf(api, commit)),
  }
}

/** Asks once for each SHA; a failure is forgotten. */
const once = <T>(ask: (sha: string) => Promise<T>): ((sha: string) => Promise<T>) => {
  const known = new Map<string, Promise<T>>()
  return sha => {
    const earlier = known.get(sha)
    if (earlier !== undefined) return earlier
    const asked = ask(sha)
    known.set(sha, asked)
    asked.catch(() => known.delete(sha))
    return asked
  }
}

/** Entries of a tree, or of a commit's root. @throws GitHubError, also if there are too many to be listed whole. */
const treeOf = async (
  { octokit, repo }: GitHubApi,
  sha: string,
  options: { readonly recursive?: '1' },
): Promise<Awaited<ReturnType<typeof octokit.rest.git.getTree>>['data']['tree']> => {
  const { data } = await octokit.rest.git.getTree({ ...repo, tree_sha: sha, ...options })
  if (!data.truncated) return data.tree
  throw new GitHubError(`the file list of ${sha} is too long for GitHub to give whole`, {
    status: 200,
    advice: 'Keep environments in a repository of their own.',
  })
}

const textOf = async ({ octokit, repo }: GitHubApi, blob: string): Promise<string> => {
  const { data } = await octokit.rest.git.getBlob({ ...repo, file_sha: blob })
  return Buffer.from(data.content, 'base64').toString('utf8')
}

const parentsOf = async ({ octokit, repo }: GitHubApi, commit: string): Promise<readonly string[]> => {
  const { data } = await octokit.rest.git.getCommit({ ...repo, commit_sha: commit })
  return data.parents.map(({ sha }) => sha)
}

/** The commit at the head of a branch. @throws GitHubError */
export const headOf = async ({ octokit, repo }: GitHubApi, branch: string): Promise<string> => {
  const { data } = await octokit.rest.git.getRef({ ...repo, ref: `heads/${branch}` })
  return data.object.sha
}

/** As far back as a history is followed. */
const horizon = 1_000

/**
 * First-parent commits of `until`, newest first, up to and without `since`. Undefined if `since` is not among the last
 * 1,000: then it is no trustworthy commit of this branch. Without `since` those of the last hundred commits.
 */
export const firstParentsOf = async (
  api: GitHubApi,
  until: string,
  since: string | undefined,
): Promise<readonly string[] | undefined> => {
  const parents = new Map<string, string | undefined>()
  const first = await learn(api, until, parents)
  if (since === undefined) return chain(first, parents)
  const found: string[] = []
  for (let next: string | undefined = first; next !== since; next = parents.get(next)) {
    if (next === undefined || found.length >= horizon) return undefined
    if (!parents.has(next)) await learn(api, next, parents)
    found.push(next)
  }
  return found
}

const chain = (first: string, parents: ReadonlyMap<string, string | undefined>): readonly string[] => {
  const found: string[] = []
  for (
    let next: string | undefined = first;
    next !== undefined && parents.has(next);
    next = parents.get(next)
  )
    found.push(next)
  return found
}

/** Learns the first parents of a commit (or branch) and of those listed with it, a hundred a request; gives its SHA. */
const learn = async (
  { octokit, repo }: GitHubApi,
  start: string,
  parents: Map<string, string | undefined>,
): Promise<string> => {
  const { data } = await octokit.rest.repos.listCommits({ ...repo, sha: start, per_page: 100 })
  for (const commit of data) parents.set(commit.sha, commit.parents[0]?.sha)
  const sha = data[0]?.sha ?? start
  if (!parents.has(sha)) parents.set(sha, undefined)
  return sha
}
