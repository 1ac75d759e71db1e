import { createHash } from 'node:crypto'
import type { JsonObject } from './json.ts'

const KNOWN: Readonly<Record<string, number>> = {
  'github-actions[bot]': 41898282,
  'dependabot[bot]': 49699333,
}

/** The numeric id of a login: GitHub's own for the known bots, else derived from the name. */
export const personId = (login: string): number =>
  KNOWN[login] ?? 1000 + (createHash('sha256').update(login).digest().readUInt32BE(0) % 9_000_000)

/** GitHub's `simple-user`. */
export const user = (apiUrl: string, login: string, type?: 'Organization'): JsonObject => {
  const bot = login.endsWith('[bot]')
  const api = `${apiUrl}/users/${encodeURIComponent(login)}`
  return {
    login,
    id: personId(login),
    node_id: Buffer.from(`04:User${personId(login)}`).toString('base64'),
    avatar_url: `https://avatars.githubusercontent.com/u/${personId(login)}?v=4`,
    gravatar_id: '',
    url: api,
    html_url: bot ? `https://github.com/apps/${login.slice(0, -5)}` : `https://github.com/${login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: type ?? (bot ? 'Bot' : 'User'),
    user_view_type: 'public',
    site_admin: false,
  }
}

/** GitHub's `team`, for a name like `acme/platform`. */
export const team = (apiUrl: string, name: string): JsonObject => {
  const [org = '', slug = ''] = name.split('/')
  const api = `${apiUrl}/organizations/${personId(org)}/team/${personId(name)}`
  return {
    id: personId(name),
    node_id: Buffer.from(`04:Team${personId(name)}`).toString('base64'),
    name: slug,
    slug,
    description: null,
    privacy: 'closed',
    permission: 'pull',
    url: api,
    html_url: `https://github.com/orgs/${org}/teams/${slug}`,
    members_url: `${api}/members{/member}`,
    repositories_url: `${api}/repos`,
    type: 'organization',
    organization_id: personId(org),
    parent: null,
  }
}
