import { attributesOf, type Federating } from '../core/cel/index.ts'
import { workflowPath } from './names.ts'
import { applyEvents, planEvents, type Trust, workflowOf } from './trust.ts'

/** The claims of a job's token that conditions look at. */
export type Claims = Readonly<Record<string, string>>

/** Whom a job becomes. */
const becomes = (provider: Federating, claims: Claims): 'applier' | 'planner' | 'nobody' => {
  const value = attributesOf(provider, claims)?.['attribute.slipway']
  return value === 'apply' ? 'applier' : value === 'plan' ? 'planner' : 'nobody'
}

/** Claims of the job that applies an environment after a merge. */
export const applyClaims = (
  { repository, repositoryId, ownerId, branch, engines }: Trust,
  environment: string,
): Claims => ({
  repository,
  repository_id: repositoryId,
  repository_owner: repository.split('/')[0] ?? '',
  repository_owner_id: ownerId,
  ref: `refs/heads/${branch}`,
  event_name: 'push',
  environment,
  job_workflow_ref: engines[0] ?? '',
  workflow_ref: `${repository}/${workflowPath}@refs/heads/${branch}`,
  run_id: '1',
  sub: `repo:${repository}:environment:${environment}`,
})

/** Claims of the job that plans a pull request. */
export const planClaims = (trust: Trust): Claims => {
  const { environment: _, ...claims } = applyClaims(trust, '')
  return {
    ...claims,
    ref: 'refs/pull/1/merge',
    event_name: 'pull_request',
    job_workflow_ref: `${workflowOf(trust.engines[0] ?? '').replace(/apply\.yml$/, 'plan.yml')}@refs/heads/main`,
    workflow_ref: `${trust.repository}/${workflowPath}@refs/pull/1/merge`,
    sub: `repo:${trust.repository}:pull_request`,
  }
}

/** Something that a provider lets happen and should not, or the other way round. */
export interface Weakness {
  readonly id: string
  readonly what: string
  readonly effect: string
}

const without = ({ environment: _, ...claims }: Claims): Claims => claims

/** Values to try in claims: some that nobody would write, and those that the expressions themselves mention. */
interface Trials {
  readonly repositories: readonly string[]
  readonly owners: readonly string[]
  readonly refs: readonly string[]
  readonly events: readonly string[]
  readonly environments: readonly string[]
}

const foreignEvents = ['pull_request', 'pull_request_target', 'issue_comment', 'workflow_run', 'schedule']

const trialsFor = ({ condition, mapping }: Federating, trust: Trust): Trials => {
  const texts = [condition, ...Object.values(mapping)].flatMap(text => [
    ...[...text.matchAll(/'([^']*)'/g), ...text.matchAll(/"([^"]*)"/g)].map(([, said = '']) => said),
  ])
  const said = (pattern: RegExp, but: readonly string[]) => [
    ...new Set(texts.filter(text => pattern.test(text) && !but.includes(text))),
  ]
  return {
    repositories: ['1', ...said(/^\d+$/, [trust.repositoryId])],
    owners: ['1', ...said(/^\d+$/, [trust.ownerId])],
    refs: [
      ...['refs/heads/somebody', `refs/heads/${trust.branch}-2`],
      ...said(/^refs\//, [`refs/heads/${trust.branch}`]),
    ],
    events: [...foreignEvents, ...said(/^[a-z_]+$/, applyEvents)],
    environments: ['somebody-made-it-up', ...said(/^[\w -]+$/, trust.environments)],
  }
}

/** The same job in other repositories, of the same owner and of others. */
const elsewhere = (claims: Claims, { ownerId }: Trust, { repositories, owners }: Trials): readonly Claims[] =>
  repositories.flatMap(id =>
    [ownerId, ...owners].map(owner => ({
      ...claims,
      ...{ repository_id: id, repository: 'somebody/else', repository_owner_id: owner },
    })),
  )

interface Probe extends Weakness {
  readonly must: 'applier' | 'planner' | 'never'
  readonly claims: readonly Claims[]
}

/** Jobs that must not become the applier, each wrong in one thing. */
const applierProbes = (trust: Trust, goods: readonly Claims[], trials: Trials): readonly Probe[] => {
  const { repository, branch } = trust
  const applier = (
    id: string,
    what: string,
    effect: string,
    spoil: (good: Claims) => readonly Claims[],
  ): Probe => ({
    ...{ id: `provider/${id}`, what: `the provider ${what}`, effect, must: 'never' },
    claims: goods.flatMap(spoil),
  })
  return [
    applier(
      'any-repository',
      'does not look at repository_id',
      'A workflow of another repository can become the applier.',
      good => elsewhere(good, trust, trials),
    ),
    applier(
      'any-owner',
      'does not look at repository_owner_id',
      'After a transfer the new owner of the repository can apply.',
      good => trials.owners.map(owner => ({ ...good, repository_owner_id: owner })),
    ),
    applier(
      'any-branch',
      'does not look at the branch',
      'Whoever can push a branch can apply from it, unmerged and unreviewed.',
      good =>
        trials.refs.map(ref => ({ ...good, ref, workflow_ref: `${repository}/${workflowPath}@${ref}` })),
    ),
    applier('any-event', 'does not look at the event', 'A job on a comment or a schedule can apply.', good =>
      trials.events.map(event => ({ ...good, event_name: event })),
    ),
    applier(
      'no-environment',
      'does not ask for one of the GitHub environments',
      'A job that names none, or one that nobody protects, applies without a reviewer.',
      good => [without(good), ...trials.environments.map(environment => ({ ...good, environment }))],
    ),
    applier(
      'any-workflow',
      'does not ask for the exact apply workflow',
      'Any workflow on the default branch can become the applier, whatever it runs.',
      good => [
        { ...good, job_workflow_ref: `${repository}/${workflowPath}@refs/heads/${branch}` },
        { ...good, job_workflow_ref: `${workflowOf(good.job_workflow_ref ?? '')}@refs/heads/somebody` },
      ],
    ),
  ]
}

/** Jobs that must not become the planner. */
const plannerProbes = (trust: Trust, trials: Trials): readonly Probe[] => {
  const good = planClaims(trust)
  const planner = (id: string, what: string, effect: string, claims: readonly Claims[]): Probe => ({
    ...{ id: `provider/planner-${id}`, what: `the provider ${what}`, effect, must: 'never', claims },
  })
  return [
    planner(
      'any-repository',
      'gives the planner to other repositories',
      'A workflow of another repository can read the project.',
      elsewhere(good, trust, trials),
    ),
    planner(
      'any-workflow',
      `gives the planner to other workflows than ${workflowPath}`,
      'Every workflow of the repository can read the project.',
      [{ ...good, workflow_ref: `${trust.repository}/.github/workflows/other.yml@refs/pull/1/merge` }],
    ),
    planner(
      'any-event',
      'gives the planner to jobs on any event',
      'A job on a push, a comment or a schedule can read the project.',
      ['push', ...trials.events]
        .filter(event => !(planEvents as readonly string[]).includes(event))
        .map(event => ({ ...good, event_name: event })),
    ),
  ]
}

/** Jobs that must get in. */
const goodProbes = (trust: Trust): readonly Probe[] => [
  ...trust.environments.flatMap(environment =>
    trust.engines.map(engine => ({
      id: 'provider/refuses-apply',
      what: `the provider refuses the job that applies ${environment} with ${engine}`,
      effect: `${environment} cannot be applied.`,
      must: 'applier' as const,
      claims: applyEvents.map(event => ({
        ...applyClaims(trust, environment),
        event_name: event,
        job_workflow_ref: engine,
      })),
    })),
  ),
  {
    id: 'provider/refuses-plan',
    what: 'the provider refuses jobs that plan',
    effect: 'Pull requests cannot be planned.',
    must: 'planner',
    claims: planEvents.map(event => ({ ...planClaims(trust), event_name: event })),
  },
]

/**
 * Tries tokens on a provider: those of the workflow, and others that differ from them in one thing each.
 * @throws CelError if the provider's expressions cannot be understood.
 */
export const weaknessesOf = (provider: Federating, trust: Trust): readonly Weakness[] => {
  const goods = trust.environments.flatMap(environment =>
    trust.engines.map(engine => ({ ...applyClaims(trust, environment), job_workflow_ref: engine })),
  )
  const trials = trialsFor(provider, trust)
  const probes = [
    ...applierProbes(trust, goods, trials),
    ...plannerProbes(trust, trials),
    ...goodProbes(trust),
  ]
  return probes
    .filter(({ id, must, claims }) => {
      const result = claims.map(one => becomes(provider, one))
      if (must !== 'never') return result.some(one => one !== must)
      return result.includes(id.startsWith('provider/planner-') ? 'planner' : 'applier')
    })
    .map(({ id, what, effect }) => ({ id, what, effect }))
}
