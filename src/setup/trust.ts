import { names, workflowPath } from './names.ts'

/** Whom a provider trusts. */
export interface Trust {
  /** `owner/name` */
  readonly repository: string
  readonly repositoryId: string
  readonly ownerId: string
  readonly branch: string
  /** Exact `job_workflow_ref`s that apply: `OWNER/REPO/.github/workflows/apply.yml@REF`. */
  readonly engines: readonly string[]
  /** GitHub environments that a job may name to apply. */
  readonly environments: readonly string[]
}

/** Events on which the apply workflow runs. */
export const applyEvents = ['push', 'workflow_dispatch'] as const

/** Events on which plans are made; a dispatched one plans a pull request by its number. */
export const planEvents = ['pull_request', 'merge_group', 'workflow_dispatch'] as const

/** A text as a literal of the expression language. */
const literal = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`

const listOf = (texts: readonly string[]): string => `[${texts.map(literal).join(', ')}]`

/**
 * The provider's condition (at most 4,096 characters of CEL). The applier is only for the exact apply workflows, on the
 * default branch, for a push or a dispatch, in a job that names one of the GitHub environments. Everything else of the
 * repository's workflow is at most the planner. Numeric ids, since names can be taken over by somebody else.
 */
export const conditionOf = ({
  repository,
  repositoryId,
  ownerId,
  branch,
  engines,
  environments,
}: Trust): string => {
  const isEngine = `assertion.job_workflow_ref in ${listOf(engines)}`
  const apply = [
    `assertion.ref == ${literal(`refs/heads/${branch}`)}`,
    `assertion.event_name in ${listOf(applyEvents)}`,
    `assertion.environment in ${listOf(environments)}`,
  ]
  const plan = [
    `assertion.event_name in ${listOf(planEvents)}`,
    `assertion.workflow_ref.startsWith(${literal(`${repository}/${workflowPath}@`)})`,
  ]
  return [
    `assertion.repository_id == ${literal(repositoryId)}`,
    `assertion.repository_owner_id == ${literal(ownerId)}`,
    `(${isEngine} ? ${apply.join(' && ')} : ${plan.join(' && ')})`,
  ].join(' && ')
}

/** The most characters that a condition may have (iam v1, WorkloadIdentityPoolProvider.attributeCondition). */
export const longestCondition = 4096

/** What the provider makes of a token's claims. The subject is short, since Google takes at most 127 bytes. */
export const mappingOf = ({ engines }: Pick<Trust, 'engines'>): Readonly<Record<string, string>> => ({
  'google.subject': "assertion.repository_id + ':' + assertion.run_id",
  'attribute.slipway': `assertion.job_workflow_ref in ${listOf(engines)} ? 'apply' : 'plan'`,
})

const quoted = /'((?:[^'\\]|\\.)*)'/g

const textsIn = (list: string): readonly string[] =>
  [...list.matchAll(quoted)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'))

/** The values that a condition compares a claim with, by `==` or `in [...]`. */
const comparedWith = (condition: string, claim: string): readonly string[] => {
  const pattern = new RegExp(`assertion\\.${claim} (?:== ('(?:[^'\\\\]|\\\\.)*')|in \\[([^\\]]*)\\])`, 'g')
  return [...new Set([...condition.matchAll(pattern)].flatMap(([, one, list]) => textsIn(one ?? list ?? '')))]
}

/** Engines that a condition trusts to apply. */
export const enginesIn = (condition: string): readonly string[] => comparedWith(condition, 'job_workflow_ref')

/** GitHub environments that a condition accepts. */
export const environmentsIn = (condition: string): readonly string[] => comparedWith(condition, 'environment')

/** The workflow of a `job_workflow_ref`, without its ref. */
export const workflowOf = (engine: string): string => engine.split('@')[0] ?? ''

/** The pool's text for people. */
export const poolTitle = 'Slipway'

/** The provider's text for people. */
export const providerTitle = `GitHub, ${names.pool}`
