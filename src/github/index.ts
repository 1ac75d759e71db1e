import type { Hosting } from '../core/hosting.ts'
import { type GitHubApi, unlessAbsent } from './api.ts'
import { writeComment } from './comment.ts'
import { createFiles, firstParentsOf, headOf } from './files.ts'
import { pullOf, pullsMergedAs } from './pulls.ts'
import { createRecords } from './records.ts'
import { createRefusals } from './refusals.ts'
import { reviewOf } from './review.ts'

export { connect, type GitHubApi } from './api.ts'
export { defaultBranchIn, type GitHubEvent, type Restriction, readEvent } from './event.ts'
export { queuedPulls } from './queue.ts'
export { planFile } from './review.ts'

/** What the hosting is made of besides the connection. */
export interface HostingOptions {
  readonly defaultBranch: string
  /** Path of the workflow file whose plan runs count. */
  readonly workflow: string
  /** Login that this token comments as: `github-actions[bot]` for the job's own. */
  readonly author: string
  /** Address of this run. */
  readonly logUrl: string
}

/** GitHub as the host of files, pull requests, plans and records. Its methods throw GitHubError. */
export const createHosting = (
  api: GitHubApi,
  { defaultBranch, workflow, author, logUrl }: HostingOptions,
): Hosting => ({
  defaultBranch,
  ...createFiles(api),
  head: branch => headOf(api, branch),
  firstParents: (until, since) => firstParentsOf(api, until, since),
  pull: number => pullOf(api, number),
  pullsMergedAs: commits => pullsMergedAs(api, new Set(commits), defaultBranch),
  review: pull => reviewOf(api, pull, { workflow, author }),
  comment: (pull, replace) => writeComment(api, pull, author, replace),
  protection: environment => protectionOf(api, environment),
  records: createRecords(api, { branch: defaultBranch, logUrl }),
  refusals: createRefusals(api, logUrl),
})

const protectionOf = async (
  { octokit, repo }: GitHubApi,
  name: string,
): Promise<'absent' | 'gated' | 'open'> => {
  const found = await unlessAbsent(octokit.rest.repos.getEnvironment({ ...repo, environment_name: name }))
  if (found === undefined) return 'absent'
  const rules = found.data.protection_rules ?? []
  return rules.some(({ type }) => type === 'required_reviewers' || type === 'wait_timer') ? 'gated' : 'open'
}
