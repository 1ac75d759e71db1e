import type { Pull } from '../core/hosting.ts'
import type { GitHubApi } from './api.ts'

interface PullData {
  readonly number: number
  readonly head: { readonly sha: string }
  readonly base: { readonly ref: string }
  readonly merged_at?: string | null
  readonly merge_commit_sha?: string | null
  readonly merged_by?: { readonly login: string } | null
  readonly user: { readonly login: string } | null
}

const pullFrom = ({ number, head, base, merged_at, merge_commit_sha, merged_by, user }: PullData): Pull => ({
  number,
  head: head.sha,
  base: base.ref,
  merged: merged_at ? (merge_commit_sha ?? undefined) : undefined,
  actor: (merged_by ?? user)?.login ?? 'ghost',
})

/** One pull request. @throws GitHubError */
export const pullOf = async ({ octokit, repo }: GitHubApi, number: number): Promise<Pull> => {
  const { data } = await octokit.rest.pulls.get({ ...repo, pull_number: number })
  return pullFrom(data)
}

/** Merged pull requests of a commit of `branch`; open ones, and those of other branches, are left out. @throws GitHubError */
export const pullsOfCommit = async (
  { octokit, repo }: GitHubApi,
  commit: string,
  branch: string,
): Promise<readonly Pull[]> => {
  const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({
    ...repo,
    commit_sha: commit,
    per_page: 100,
  })
  return data.map(pullFrom).filter(({ merged, base }) => merged !== undefined && base === branch)
}
