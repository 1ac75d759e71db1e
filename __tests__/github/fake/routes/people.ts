import type { Handler } from '../answers.ts'
import { found, ok } from '../answers.ts'
import { team, user } from '../people.ts'

const since = '2020-01-01T00:00:00Z'

/** Everybody who is a collaborator has an account; nobody else has. */
const byName: Handler = (request, state) => {
  const login = request.path.username ?? ''
  found(state.collaborators.get(login))
  return ok({
    ...user(state.apiUrl, login),
    name: login,
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: since,
    updated_at: since,
  })
}

const teamByName: Handler = (request, state) => {
  const name = `${request.path.org}/${request.path.team_slug}`
  found(state.teams.has(name) ? name : undefined)
  const { organization_id: _, ...shape } = team(state.apiUrl, name)
  const org = request.path.org ?? ''
  return ok({
    ...shape,
    members_count: 1,
    repos_count: 1,
    created_at: since,
    updated_at: since,
    organization: organization(state.apiUrl, org),
  })
}

const organization = (apiUrl: string, login: string) => ({
  ...{
    login,
    id: 1,
    node_id: 'O_1',
    url: `${apiUrl}/orgs/${login}`,
    repos_url: `${apiUrl}/orgs/${login}/repos`,
  },
  ...{ events_url: `${apiUrl}/orgs/${login}/events`, hooks_url: `${apiUrl}/orgs/${login}/hooks` },
  ...{
    issues_url: `${apiUrl}/orgs/${login}/issues`,
    members_url: `${apiUrl}/orgs/${login}/members{/member}`,
  },
  public_members_url: `${apiUrl}/orgs/${login}/public_members{/member}`,
  ...{ avatar_url: 'https://avatars.githubusercontent.com/u/1?v=4', description: null },
  ...{ has_organization_projects: true, has_repository_projects: true, public_repos: 0, public_gists: 0 },
  ...{ followers: 0, following: 0, html_url: `https://github.com/${login}`, created_at: since },
  ...{ updated_at: since, archived_at: null, type: 'Organization' },
})

/** People and teams. */
export const people: Readonly<Record<string, Handler>> = {
  'users/get-by-username': byName,
  'teams/get-by-name': teamByName,
}
