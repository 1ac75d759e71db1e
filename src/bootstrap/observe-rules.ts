import type { GitHubApi } from '../github/api.ts'
import { names } from '../setup/names.ts'
import type { SeenRepository, SeenRules } from '../setup/seen.ts'
import { lookAtGitHub } from './look.ts'

/** What demands something of a change of a branch: rulesets, and branch protection of the older kind. */
export const rulesOn = async (
  api: GitHubApi,
  branch: string,
): Promise<Pick<SeenRepository, 'rules' | 'protection'>> => {
  const [rulesets, own, classic] = await Promise.all([
    lookAtGitHub('metadata: read', () => rulesetsOn(api, branch)),
    lookAtGitHub('metadata: read', () => ownRuleset(api)),
    lookAtGitHub('administration: read', () => protectionOf(api, branch), isHidden),
  ])
  const protection =
    classic.state === 'seen'
      ? { state: 'seen' as const, value: true }
      : classic.state === 'absent'
        ? { state: 'seen' as const, value: false }
        : classic
  if (rulesets.state === 'unchecked') return { rules: rulesets, protection }
  if (own.state === 'unchecked') return { rules: own, protection }
  const sources = [
    ...(rulesets.state === 'seen' ? rulesets.value : []),
    ...(classic.state === 'seen' ? [classic.value] : []),
  ]
  return {
    rules: { state: 'seen', value: { sources, own: own.state === 'seen' ? own.value : undefined } },
    protection,
  }
}

/** Without `administration: read` GitHub says "Not Found"; "Branch not protected" is for those who may know. */
const isHidden = (message: string): boolean => !/not protected/i.test(message)

const ownRuleset = async ({ octokit, repo }: GitHubApi): Promise<number | undefined> => {
  const found = await octokit.paginate(octokit.rest.repos.getRepoRulesets, {
    ...repo,
    includes_parents: false,
    per_page: 100,
  })
  return found.find(({ name, target }) => name === names.ruleset && (target ?? 'branch') === 'branch')?.id
}

/** The parts of a rule that count. */
interface Rule {
  readonly type?: string
  readonly ruleset_id?: number
  readonly parameters?: unknown
}

const rulesetsOn = async (api: GitHubApi, branch: string): Promise<readonly SeenRules[]> => {
  const { octokit, repo } = api
  const rules: readonly Rule[] = await octokit.paginate(octokit.rest.repos.getBranchRules, {
    ...repo,
    branch,
    per_page: 100,
  })
  const groups = Map.groupBy(rules, ({ ruleset_id: id = 0 }) => id)
  return Promise.all(
    [...groups].map(async ([id, members]): Promise<SeenRules> => {
      // One of the organization may be hidden from who may see that it is in force.
      const found = await lookAtGitHub('administration: write', () =>
        octokit.rest.repos.getRepoRuleset({ ...repo, ruleset_id: id, includes_parents: true }),
      )
      const data = found.state === 'seen' ? found.value.data : undefined
      return {
        source: `ruleset ${data?.name ?? id}`,
        pullRequest: members.some(({ type }) => type === 'pull_request'),
        codeOwners: members.some(rule => asksOwners(rule)),
        checks: members.flatMap(checksOf),
        bypass: data?.bypass_actors?.map(bypassName),
      }
    }),
  )
}

const asksOwners = ({ type, parameters }: Rule): boolean =>
  type === 'pull_request' &&
  (parameters as { readonly require_code_owner_review?: boolean } | undefined)?.require_code_owner_review ===
    true

const checksOf = ({ type, parameters }: Rule): readonly string[] =>
  type === 'required_status_checks'
    ? (
        (
          parameters as
            | { readonly required_status_checks?: readonly { readonly context: string }[] }
            | undefined
        )?.required_status_checks ?? []
      ).map(({ context }) => context)
    : []

/** Ids of the roles that every repository has (REST, repository rulesets: bypass actors). */
const roleNames: Readonly<Record<number, string>> = { 2: 'maintainers', 4: 'writers', 5: 'administrators' }

const bypassName = ({
  actor_type: type,
  actor_id: id,
}: {
  readonly actor_type: string
  readonly actor_id?: number | null
}): string => {
  if (type === 'RepositoryRole') return roleNames[id ?? 0] ?? `the repository role ${id}`
  if (type === 'OrganizationAdmin') return 'owners of the organization'
  if (type === 'DeployKey') return 'deploy keys'
  return `${type.toLowerCase()} ${id}`
}

const protectionOf = async ({ octokit, repo }: GitHubApi, branch: string): Promise<SeenRules> => {
  const { data } = await octokit.rest.repos.getBranchProtection({ ...repo, branch })
  const reviews = data.required_pull_request_reviews
  const allowed = reviews?.bypass_pull_request_allowances
  return {
    source: 'branch protection',
    pullRequest: reviews !== undefined,
    codeOwners: reviews?.require_code_owner_reviews === true,
    checks: (data.required_status_checks?.checks ?? []).map(({ context }) => context),
    bypass: [
      ...(data.enforce_admins?.enabled === true ? [] : ['administrators']),
      ...(allowed?.users ?? []).map(({ login }) => login),
      ...(allowed?.teams ?? []).map(({ slug }) => `team ${slug}`),
      ...(allowed?.apps ?? []).map(app => `app ${app?.slug ?? ''}`),
    ],
  }
}
