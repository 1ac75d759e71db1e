import type { Pull } from '../core/hosting.ts'
import type { GitHubApi } from './api.ts'

interface PullData {
  readonly number: number
  readonly state: string
  readonly mergeable?: boolean | null
  readonly head: { readonly sha: string }
  readonly base: { readonly ref: string }
  readonly merged_at?: string | null
  readonly merge_commit_sha?: string | null
  readonly merged_by?: { readonly login: string } | null
  readonly user: { readonly login: string } | null
}

const pullFrom = (data: PullData): Pull => {
  const { number, head, base, merged_at, merge_commit_sha: commit, merged_by, user, state, mergeable } = data
  const merges = state === 'open' && mergeable !== false && commit
  return {
    number,
    head: head.sha,
    base: base.ref,
    merged: merged_at ? (commit ?? undefined) : undefined,
    actor: (merged_by ?? user)?.login ?? 'ghost',
    ...(merges ? { testMerge: merges } : {}),
  }
}

/** One pull request. @throws GitHubError */
export const pullOf = async ({ octokit, repo }: GitHubApi, number: number): Promise<Pull> => {
  const { data } = await octokit.rest.pulls.get({ ...repo, pull_number: number })
  return pullFrom(data)
}

/** So many closed pull requests are looked through, newest first. */
const horizon = 500

/** Pull requests whose merge is one of `commits` of `branch`, oldest number first. @throws GitHubError */
export const pullsMergedAs = async (
  { octokit, repo }: GitHubApi,
  commits: ReadonlySet<string>,
  branch: string,
): Promise<readonly Pull[]> => {
  const query = {
    ...repo,
    state: 'closed',
    base: branch,
    sort: 'updated',
    direction: 'desc',
    per_page: 100,
  } as const
  const found: Pull[] = []
  let seen = 0
  for await (const { data } of octokit.paginate.iterator(octokit.rest.pulls.list, query)) {
    found.push(...data.map(pullFrom).filter(({ merged }) => merged !== undefined && commits.has(merged)))
    seen += data.length
    if (seen >= horizon || found.length >= commits.size) break
  }
  return found.sort((a, b) => a.number - b.number)
}
