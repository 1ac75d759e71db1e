import { actionsApp, emailOf, names, providerName, requiredCheck } from './names.ts'
import {
  ifSeen,
  type SeenEnvironment,
  type SeenIdentities,
  type SeenProject,
  type SeenRepository,
  type SeenRules,
} from './seen.ts'
import type { GitHubStep } from './steps.ts'
import type { Wishes } from './wishes.ts'

/** What is missing or different in the repository. What could not be looked at gives no step. */
export const gitHubSteps = (
  wishes: Wishes,
  projects: readonly SeenProject[],
  seen: SeenRepository,
): readonly GitHubStep[] => [
  ...variableSteps(projects, seen),
  ...guardedEnvironments(wishes).flatMap(name => environmentSteps(wishes, name, seen)),
  ...rulesetSteps(seen),
]

/** Names of the environments that need a GitHub environment. */
export const guardedEnvironments = ({ projects, unprotected }: Wishes): readonly string[] =>
  unprotected ? [] : projects.flatMap(({ environments }) => environments)

/** Identities of one project are variables; those of several stand in a file. */
export const wantedVariables = (
  projects: readonly Pick<SeenProject, 'id' | 'number'>[],
): Readonly<Record<string, string>> => {
  const [only, ...others] = projects
  if (only?.number === undefined || others.length > 0) return {}
  return {
    SLIPWAY_PROVIDER: providerName(only.number),
    SLIPWAY_PLANNER: emailOf('planner', only.id),
    SLIPWAY_APPLIER: emailOf('applier', only.id),
  }
}

const variableSteps = (
  projects: readonly SeenProject[],
  { variables, identities }: SeenRepository,
): readonly GitHubStep[] => {
  const found = ifSeen(variables)
  if (variables.state === 'unchecked' || identities.state === 'unchecked') return []
  if (projects.every(({ id }) => namedIn(ifSeen(identities), id) !== undefined)) return []
  return Object.entries(wantedVariables(projects))
    .filter(([name, value]) => found?.[name] !== value)
    .map(([name, value]) => ({ do: 'set-variable', name, value, exists: found?.[name] !== undefined }))
}

/** What the repository's file says of a project. */
export const namedIn = (identities: SeenIdentities | undefined, project: string) =>
  identities !== undefined && 'projects' in identities && Object.hasOwn(identities.projects, project)
    ? identities.projects[project]
    : undefined

/** The file that names the identities of several projects; undefined where variables do. */
export const wantedIdentities = (
  projects: readonly Pick<SeenProject, 'id' | 'number'>[],
): string | undefined => {
  if (projects.length < 2) return undefined
  const entries = projects.flatMap(({ id, number }) =>
    number === undefined
      ? []
      : [
          `  ${id}:`,
          `    provider: ${providerName(number)}`,
          `    planner: ${emailOf('planner', id)}`,
          `    applier: ${emailOf('applier', id)}`,
        ],
  )
  return `${['projects:', ...entries].join('\n')}\n`
}

/** True if jobs of other branches than protected ones cannot be the environment's. */
const limitsBranches = (branches: SeenEnvironment['branches'], { protection }: SeenRepository): boolean =>
  branches === 'protected'
    ? protection.state === 'unchecked' || ifSeen(protection) === true
    : branches !== 'all'

const environmentSteps = (wishes: Wishes, name: string, seen: SeenRepository): readonly GitHubStep[] => {
  const environment = seen.environments[name]
  if (environment === undefined || environment.state === 'unchecked') return []
  const found = ifSeen(environment)
  const reviewers = found === undefined || found.reviewers.length === 0 ? wishes.reviewers : found.reviewers
  const limited = found !== undefined && limitsBranches(found.branches, seen)
  const isWhole = found !== undefined && found.reviewers.length > 0 && limited
  const branches = found !== undefined && Array.isArray(found.branches) ? found.branches : []
  const { branch } = wishes.repository
  const needsBranch =
    !(limited && found?.branches === 'protected') && !branches.some(one => one.name === branch)
  return [
    ...(isWhole
      ? []
      : [
          {
            do: 'set-environment',
            name,
            exists: found !== undefined,
            reviewers,
            preventSelfReview: found?.preventSelfReview ?? false,
            waitTimer: found?.waitTimer ?? 0,
            protectedOnly: limited && found?.branches === 'protected',
          } as const,
        ]),
    ...(needsBranch ? [{ do: 'add-branch', environment: name, branch } as const] : []),
  ]
}

/** What a merge into the default branch must need. */
export const demands = ['pullRequest', 'codeOwners', 'check'] as const

/** One of them. */
export type Demand = (typeof demands)[number]

/** True if a source demands it. */
export const isDemanded = (demand: Demand, rules: SeenRules): boolean =>
  demand === 'check' ? rules.checks.includes(requiredCheck) : rules[demand]

/** True if a source demands it of everybody, as far as can be seen. */
export const holdsForAll = (demand: Demand, sources: readonly SeenRules[]): boolean =>
  sources.some(rules => isDemanded(demand, rules) && (rules.bypass ?? []).length === 0)

const rulesetSteps = ({ rules }: SeenRepository): readonly GitHubStep[] => {
  if (rules.state === 'unchecked') return []
  const { sources, own } = ifSeen(rules) ?? { sources: [], own: undefined }
  return demands.every(demand => holdsForAll(demand, sources)) ? [] : [{ do: 'set-ruleset', id: own }]
}

/** The ruleset of the default branch (REST, repos/create-repo-ruleset). Nobody bypasses it. */
export const rulesetBody = {
  name: names.ruleset,
  target: 'branch',
  enforcement: 'active',
  bypass_actors: [],
  conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
  rules: [
    { type: 'deletion' },
    { type: 'non_fast_forward' },
    {
      type: 'pull_request',
      parameters: {
        required_approving_review_count: 1,
        dismiss_stale_reviews_on_push: true,
        require_code_owner_review: true,
        require_last_push_approval: false,
        required_review_thread_resolution: false,
      },
    },
    {
      type: 'required_status_checks',
      parameters: {
        strict_required_status_checks_policy: false,
        required_status_checks: [{ context: requiredCheck, integration_id: actionsApp }],
      },
    },
  ],
} as const

/** The body that makes a GitHub environment (REST, repos/create-or-update-environment): what is left out is reset. */
export const environmentBody = ({
  reviewers,
  preventSelfReview,
  waitTimer,
  protectedOnly,
}: Extract<GitHubStep, { do: 'set-environment' }>) => ({
  wait_timer: waitTimer,
  prevent_self_review: preventSelfReview,
  reviewers: reviewers.map(({ type, id }) => ({ type, id })),
  deployment_branch_policy: { protected_branches: protectedOnly, custom_branch_policies: !protectedOnly },
})
