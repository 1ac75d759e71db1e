import { type GitHubApi, GitHubError } from '../github/api.ts'
import { codeOwnersPaths } from '../setup/codeowners.ts'
import { identitiesPath } from '../setup/names.ts'
import type { Seen, SeenActions, SeenEnvironment, SeenIdentities, SeenRepository } from '../setup/seen.ts'
import type { RepositoryFacts, Reviewer } from '../setup/wishes.ts'
import { lookAtGitHub } from './look.ts'
import { rulesOn } from './observe-rules.ts'

/** What the repository is, by its ids. @throws GitHubError */
export const repositoryFacts = async ({ octokit, repo }: GitHubApi): Promise<RepositoryFacts> => {
  const { data } = await octokit.rest.repos.get(repo)
  return {
    name: data.full_name,
    id: String(data.id),
    ownerId: String(data.owner.id),
    branch: data.default_branch,
  }
}

/** A person (`octocat`) or a team (`acme/platform`) by name. @throws GitHubError if there is none. */
export const reviewerNamed = async ({ octokit }: GitHubApi, name: string): Promise<Reviewer> => {
  const [org = '', slug] = name.replace(/^@/, '').split('/')
  if (slug === undefined) {
    const { data } = await octokit.rest.users.getByUsername({ username: org })
    return { type: 'User', id: data.id, name: data.login }
  }
  const { data } = await octokit.rest.teams.getByName({ org, team_slug: slug })
  return { type: 'Team', id: data.id, name: `${org}/${data.slug}` }
}

/** What to look at. */
export interface RepositoryLook {
  readonly branch: string
  /** Names of environments. */
  readonly environments: readonly string[]
  /** Reads `.github/slipway.yaml`. */
  readonly parseIdentities: (text: string) => SeenIdentities
}

/** Looks at the repository's side of the set-up. Reads only. @throws GitHubError for what is neither absent nor forbidden. */
export const observeRepository = async (
  api: GitHubApi,
  { branch, environments, parseIdentities }: RepositoryLook,
): Promise<SeenRepository> => {
  const [found, variables, { rules, protection }, codeOwners, identities, actions] = await Promise.all([
    Promise.all(environments.map(async name => [name, await environmentOf(api, name)] as const)),
    variablesOf(api),
    rulesOn(api, branch),
    codeOwnersOf(api, branch),
    lookAtGitHub('contents: read', async () => parseIdentities(await textAt(api, branch, identitiesPath))),
    actionsOf(api),
  ])
  return {
    environments: Object.fromEntries(found),
    variables,
    rules,
    protection,
    codeOwners,
    identities,
    actions,
  }
}

const environmentOf = ({ octokit, repo }: GitHubApi, name: string): Promise<Seen<SeenEnvironment>> =>
  lookAtGitHub('actions: read', async () => {
    const at = { ...repo, environment_name: name }
    const { data } = await octokit.rest.repos.getEnvironment(at)
    const rules = data.protection_rules ?? []
    const reviewing = rules.find(rule => 'reviewers' in rule && rule.type === 'required_reviewers')
    const waiting = rules.find(rule => 'wait_timer' in rule && rule.type === 'wait_timer')
    const policy = data.deployment_branch_policy
    const branches =
      policy?.custom_branch_policies === true
        ? await octokit.paginate(octokit.rest.repos.listDeploymentBranchPolicies, { ...at, per_page: 100 })
        : []
    return {
      reviewers: reviewersIn(reviewing !== undefined && 'reviewers' in reviewing ? reviewing.reviewers : []),
      preventSelfReview:
        reviewing !== undefined &&
        'prevent_self_review' in reviewing &&
        reviewing.prevent_self_review === true,
      waitTimer: waiting !== undefined && 'wait_timer' in waiting ? (waiting.wait_timer ?? 0) : 0,
      branches: !policy
        ? 'all'
        : policy.protected_branches
          ? 'protected'
          : branches.map(({ id = 0, name: pattern = '', type = 'branch' }) => ({ id, name: pattern, type })),
    }
  })

/** The shapes of users and teams that are read. */
interface Reviewing {
  readonly type?: string
  readonly reviewer?: {
    readonly id?: number
    readonly login?: string
    readonly slug?: string
    readonly html_url?: string | null
  }
}

const reviewersIn = (reviewers: readonly Reviewing[] | undefined): readonly Reviewer[] =>
  (reviewers ?? []).map(({ type, reviewer }) => ({
    type: type === 'Team' ? 'Team' : 'User',
    id: reviewer?.id ?? 0,
    name: reviewer?.login ?? `${orgIn(reviewer?.html_url)}${reviewer?.slug ?? ''}`,
  }))

/** `https://github.com/orgs/acme/teams/platform` names the organisation. */
const orgIn = (url: string | null | undefined): string => {
  const org = /\/orgs\/([^/]+)\//.exec(url ?? '')?.[1]
  return org === undefined ? '' : `${org}/`
}

const variablesOf = ({ octokit, repo }: GitHubApi): Promise<Seen<Readonly<Record<string, string>>>> =>
  lookAtGitHub('variables: read', async () => {
    const found = await octokit.paginate(octokit.rest.actions.listRepoVariables, { ...repo, per_page: 30 })
    return Object.fromEntries(found.map(({ name, value }) => [name, value]))
  })

const textAt = async ({ octokit, repo }: GitHubApi, ref: string, path: string): Promise<string> => {
  const { data } = await octokit.rest.repos.getContent({ ...repo, path, ref })
  if (Array.isArray(data) || data.type !== 'file' || !('content' in data))
    throw new GitHubError(`GitHub: ${path} is not a file`, { status: 404 })
  return Buffer.from(data.content, 'base64').toString()
}

const codeOwnersOf = async (api: GitHubApi, branch: string): Promise<SeenRepository['codeOwners']> => {
  for (const path of codeOwnersPaths) {
    const found = await lookAtGitHub('contents: read', async () => {
      const text = await textAt(api, branch, path)
      const { data } = await api.octokit.rest.repos.codeownersErrors({ ...api.repo, ref: branch })
      const errors = data.errors.map(
        ({ line, kind, message }) => `line ${line}: ${kind}: ${message.split('\n')[0]}`,
      )
      return { path, text, errors }
    })
    if (found.state !== 'absent') return found
  }
  return { state: 'absent' }
}

const actionsOf = ({ octokit, repo }: GitHubApi): Promise<Seen<SeenActions>> =>
  lookAtGitHub(
    'administration: read',
    async () => {
      const { data } = await octokit.rest.actions.getGithubActionsPermissionsRepository(repo)
      const { data: workflow } =
        await octokit.rest.actions.getGithubActionsDefaultWorkflowPermissionsRepository(repo)
      const selected =
        data.enabled && data.allowed_actions === 'selected'
          ? (await octokit.rest.actions.getAllowedActionsRepository(repo)).data
          : undefined
      const limited = data.enabled && (data.allowed_actions ?? 'all') !== 'all'
      return {
        enabled: data.enabled,
        approves: workflow.can_approve_pull_request_reviews,
        allowed: limited
          ? {
              patterns: selected?.patterns_allowed ?? [],
              gitHubOwned: selected?.github_owned_allowed ?? false,
              verified: selected?.verified_allowed ?? false,
            }
          : undefined,
      }
    },
    () => true,
  )
