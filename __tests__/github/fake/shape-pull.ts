import { diffEntries } from './diff.ts'
import type { JsonObject } from './json.ts'
import { isObject } from './json.ts'
import { user } from './people.ts'
import { commitsBetween } from './shape-commit.ts'
import { nodeId, repoApi, repoHtml, repositoryShape } from './shape-repository.ts'
import type { Pull, Repository, State } from './state.ts'

const side = (state: State, repository: Repository, ref: string, sha: string): JsonObject => ({
  label: `${repository.owner}:${ref}`,
  ref,
  sha,
  user: user(state.apiUrl, repository.owner, repository.fork ? undefined : 'Organization'),
  repo: repositoryShape(state.apiUrl, repository),
})

const links = (api: string, html: string, pull: Pull): Readonly<Record<string, string>> => ({
  self: `${api}/pulls/${pull.number}`,
  html: `${html}/pull/${pull.number}`,
  issue: `${api}/issues/${pull.number}`,
  comments: `${api}/issues/${pull.number}/comments`,
  review_comments: `${api}/pulls/${pull.number}/comments`,
  review_comment: `${api}/pulls/comments{/number}`,
  commits: `${api}/pulls/${pull.number}/commits`,
  statuses: `${api}/statuses/${pull.headSha}`,
})

const UNASSIGNED = {
  ...{ assignee: null, assignees: [], requested_reviewers: [], requested_teams: [] },
  ...{ labels: [], milestone: null, auto_merge: null, active_lock_reason: null },
}

/** GitHub's `pull-request-simple`: lists, and the pull requests of a commit. */
export const pullSimple = (state: State, pull: Pull): JsonObject => {
  const html = repoHtml(state.repository)
  const all = links(repoApi(state.apiUrl, state.repository), html, pull)
  return {
    url: all.self,
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    html_url: all.html,
    diff_url: `${html}/pull/${pull.number}.diff`,
    patch_url: `${html}/pull/${pull.number}.patch`,
    issue_url: all.issue,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: user(state.apiUrl, pull.author),
    body: pull.body,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeSha,
    ...UNASSIGNED,
    draft: pull.draft,
    commits_url: all.commits,
    review_comments_url: all.review_comments,
    review_comment_url: all.review_comment,
    comments_url: all.comments,
    statuses_url: all.statuses,
    head: side(state, pull.headRepository, pull.headRef, pull.headSha),
    base: side(state, state.repository, pull.baseRef, pull.baseSha),
    _links: Object.fromEntries(Object.entries(all).map(([name, href]) => [name, { href }])),
    author_association: pull.headRepository.fork ? 'NONE' : 'MEMBER',
  }
}

/** GitHub's `pull-request` (pulls/get, event payloads). */
export const pullShape = (state: State, pull: Pull): JsonObject => {
  const base = state.git.attempt(['merge-base', pull.baseSha, pull.headSha]) ?? pull.baseSha
  const files = diffEntries(state, base, pull.headSha).filter(isObject)
  const sum = (key: string): number => files.reduce((total, file) => total + Number(file[key] ?? 0), 0)
  const merged = pull.mergedAt !== null
  const mergeable = pull.state === 'open' ? pull.mergeSha !== null : null
  return {
    ...pullSimple(state, pull),
    merged,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeable === null ? 'unknown' : mergeable ? 'clean' : 'dirty',
    merged_by: pull.mergedBy === null ? null : user(state.apiUrl, pull.mergedBy),
    comments: [...state.comments.values()].filter(c => c.pull === pull.number).length,
    review_comments: 0,
    maintainer_can_modify: pull.headRepository.fork,
    commits: commitsBetween(state.git, base, pull.headSha).length,
    additions: sum('additions'),
    deletions: sum('deletions'),
    changed_files: files.length,
  }
}
