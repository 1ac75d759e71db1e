import type { JsonObject } from './json.ts'
import { user } from './people.ts'
import type { Repository } from './state.ts'

/** `owner/name`. */
export const fullName = (repository: Repository): string => `${repository.owner}/${repository.name}`

/** The REST address of a repository. */
export const repoApi = (apiUrl: string, repository: Repository): string =>
  `${apiUrl}/repos/${fullName(repository)}`

/** The web address of a repository. */
export const repoHtml = (repository: Repository): string => `https://github.com/${fullName(repository)}`

/** GitHub's node id form. */
export const nodeId = (kind: string, id: number | string): string =>
  `${kind}_${Buffer.from(String(id)).toString('base64url')}`

const PLAIN =
  'contributors deployments downloads events forks hooks languages merges stargazers subscribers subscription tags teams'
const TEMPLATED: Readonly<Record<string, string>> = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  statuses_url: '/statuses/{sha}',
  trees_url: '/git/trees{/sha}',
}

/** GitHub's `minimal-repository`, as it stands inside workflow runs. */
export const minimalRepository = (apiUrl: string, repository: Repository): JsonObject => {
  const api = repoApi(apiUrl, repository)
  return {
    id: repository.id,
    node_id: nodeId('R', repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
    owner: user(apiUrl, repository.owner, repository.fork ? undefined : 'Organization'),
    html_url: repoHtml(repository),
    description: null,
    fork: repository.fork,
    url: api,
    ...Object.fromEntries(PLAIN.split(' ').map(name => [`${name}_url`, `${api}/${name}`])),
    ...Object.fromEntries(Object.entries(TEMPLATED).map(([name, tail]) => [name, `${api}${tail}`])),
  }
}

const since = '2026-01-01T00:00:00Z'

/** GitHub's `repository`, as it stands inside pull requests and event payloads. */
export const repositoryShape = (apiUrl: string, repository: Repository): JsonObject => ({
  ...minimalRepository(apiUrl, repository),
  created_at: since,
  updated_at: since,
  pushed_at: since,
  git_url: `git://github.com/${fullName(repository)}.git`,
  ssh_url: `git@github.com:${fullName(repository)}.git`,
  clone_url: `${repoHtml(repository)}.git`,
  svn_url: repoHtml(repository),
  homepage: null,
  size: 12,
  stargazers_count: 0,
  watchers_count: 0,
  language: null,
  has_issues: true,
  has_projects: true,
  has_downloads: true,
  has_wiki: false,
  has_pages: false,
  has_discussions: false,
  forks_count: 0,
  mirror_url: null,
  archived: false,
  disabled: false,
  open_issues_count: 0,
  license: null,
  allow_forking: true,
  is_template: false,
  web_commit_signoff_required: false,
  topics: [],
  visibility: repository.private ? 'private' : 'public',
  forks: 0,
  open_issues: 0,
  watchers: 0,
  default_branch: repository.defaultBranch,
})

/** GitHub's `full-repository` (repos/get). */
export const fullRepository = (apiUrl: string, repository: Repository): JsonObject => ({
  ...repositoryShape(apiUrl, repository),
  permissions: { admin: false, maintain: false, push: false, triage: false, pull: false },
  temp_clone_token: '',
  network_count: 0,
  subscribers_count: 1,
  organization: user(apiUrl, repository.owner, 'Organization'),
})
