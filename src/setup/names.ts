/** How the parts of a set-up are called. Whoever wants other names sets up by hand. */
export const names = {
  pool: 'slipway',
  provider: 'github',
  planner: 'slipway-planner',
  applier: 'slipway-applier',
  /** Id of the custom role; a role of one project. */
  connectRole: 'slipwayConnect',
  /** Title of the condition on what the applier may grant. */
  grantsCondition: 'slipway-grants',
  /** The ruleset on GitHub. */
  ruleset: 'slipway',
} as const

/** The caller's workflow. Its path is part of what Google Cloud is told to trust. */
export const workflowPath = '.github/workflows/slipway.yml'

/** Where a repository with several projects names its identities. */
export const identitiesPath = '.github/slipway.yaml'

/** The check that a merge needs: the caller's job `plan`, and in it the job named `slipway`. */
export const requiredCheck = 'plan / slipway'

/** Id of GitHub Actions among GitHub's apps: no other app, and no token with `statuses: write`, can report the check. */
export const actionsApp = 15368

/** Who signs the tokens of jobs on github.com. */
export const issuer = 'https://token.actions.githubusercontent.com'

/** The two identities. */
export type Part = 'planner' | 'applier'

/** The e-mail of an identity in a project. */
export const emailOf = (part: Part, project: string): string =>
  `${names[part]}@${project}.iam.gserviceaccount.com`

/** The pool's full name; Google wants the project's number in it. */
export const poolName = (number: string): string =>
  `projects/${number}/locations/global/workloadIdentityPools/${names.pool}`

/** The provider's full name, as workflows take it. */
export const providerName = (number: string): string => `${poolName(number)}/providers/${names.provider}`

/** Whom the provider makes of a job: the value of `attribute.slipway`. */
export const federatedMember = (number: string, part: Part): string =>
  `principalSet://iam.googleapis.com/${poolName(number)}/attribute.slipway/${part === 'planner' ? 'plan' : 'apply'}`
