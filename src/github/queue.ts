import { SlipwayError } from '../core/problem.ts'
import type { GitHubApi } from './api.ts'
import { firstParentsOf } from './files.ts'

/** What a merge group is made of. */
export interface QueuedPulls {
  /** Numbers of its pull requests, the one that was queued last first. */
  readonly pulls: readonly number[]
  /** The commit of the branch that the first of them is built on. */
  readonly base: string
}

const entry = /^refs\/heads\/gh-readonly-queue\/(.+)\/pr-(\d+)-([0-9a-f]{40})$/

/**
 * The pull requests of a merge group. GitHub names none but in the ref, `gh-readonly-queue/BRANCH/pr-N-BASE`; where BASE
 * is the head of another entry, that one's are in the group too. @throws GitHubError, SlipwayError if the way does not
 * end on the branch: then nobody knows what the group holds.
 */
export const queuedPulls = async (api: GitHubApi, ref: string, branch: string): Promise<QueuedPulls> => {
  const { octokit, repo } = api
  const prefix = `heads/gh-readonly-queue/${branch}/`
  const { data } = await octokit.rest.git.listMatchingRefs({ ...repo, ref: prefix })
  const refs = new Map(data.map(one => [one.object.sha, one.ref]))
  const pulls: number[] = []
  for (let next: string | undefined = ref; next !== undefined; ) {
    const [, into, number, base = ''] = entry.exec(next) ?? []
    if (number === undefined || into !== branch || pulls.includes(Number(number))) break
    pulls.push(Number(number))
    next = refs.get(base)
    if (next === undefined && (await firstParentsOf(api, branch, base)) !== undefined) return { pulls, base }
  }
  throw new SlipwayError(`The pull requests of the merge group ${ref} cannot be told from its name.`, {
    advice: 'Take them out of the queue and queue them again.',
  })
}
