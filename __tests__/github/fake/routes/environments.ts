import type { Handler } from '../answers.ts'
import { counted, found, invalid, ok } from '../answers.ts'
import type { Json, JsonObject } from '../json.ts'
import { flag, isObject, text } from '../json.ts'
import { personId, team, user } from '../people.ts'
import { nodeId, repoApi, repoHtml } from '../shape-repository.ts'
import type { Environment, State } from '../state.ts'

const rulesOf = (state: State, environment: Environment): readonly Json[] => {
  const rule = (offset: number, type: string, more: JsonObject = {}): JsonObject => {
    const id = environment.id * 10 + offset
    return { id, node_id: nodeId('GA', id), type, ...more }
  }
  const reviewers = environment.reviewers.map(name =>
    name.includes('/')
      ? { type: 'Team', reviewer: team(state.apiUrl, name) }
      : { type: 'User', reviewer: user(state.apiUrl, name) },
  )
  return [
    ...(environment.waitTimer > 0 ? [rule(1, 'wait_timer', { wait_timer: environment.waitTimer })] : []),
    ...(reviewers.length > 0
      ? [rule(2, 'required_reviewers', { prevent_self_review: environment.preventSelfReview, reviewers })]
      : []),
    ...(environment.branchPolicy === null ? [] : [rule(3, 'branch_policy')]),
  ]
}

const shape = (state: State, environment: Environment): JsonObject => ({
  id: environment.id,
  node_id: nodeId('EN', environment.id),
  name: environment.name,
  url: `${repoApi(state.apiUrl, state.repository)}/environments/${encodeURIComponent(environment.name)}`,
  html_url: `${repoHtml(state.repository)}/deployments/activity_log?environments_filter=${encodeURIComponent(environment.name)}`,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  protection_rules: rulesOf(state, environment),
  deployment_branch_policy: environment.branchPolicy,
})

/** Environment names do not care for case. */
export const environmentKey = (name: string): string => name.toLowerCase()

const one = (state: State, name: string | undefined): Environment =>
  found(state.environments.get(environmentKey(name ?? '')))

const list: Handler = (request, state) =>
  counted('environments', [...state.environments.values()], request, e => shape(state, e))

const get: Handler = (request, state) => ok(shape(state, one(state, request.path.environment_name)))

const reviewersOf = (state: State, body: JsonObject): readonly string[] | undefined => {
  if (!Array.isArray(body.reviewers)) return undefined
  return body.reviewers.map(reviewer => {
    const login = [...state.collaborators.keys(), ...state.teams].find(
      name => isObject(reviewer) && reviewer.id === personId(name),
    )
    if (login === undefined)
      throw invalid('Environment', 'reviewers', 'must have read access to the repository')
    return login
  })
}

const policyOf = (body: JsonObject): Environment['branchPolicy'] => {
  const policy = body.deployment_branch_policy
  if (!isObject(policy)) return null
  const protectedOnly = flag(policy, 'protected_branches') === true
  const custom = flag(policy, 'custom_branch_policies') === true
  if (protectedOnly === custom)
    throw invalid('Environment', 'deployment_branch_policy', 'must be one of the two')
  return { protected_branches: protectedOnly, custom_branch_policies: custom }
}

/** What is left out goes back to its default. */
const put: Handler = (request, state) => {
  const name = request.path.environment_name ?? ''
  const body = isObject(request.body) ? request.body : {}
  const before = state.environments.get(environmentKey(name))
  const environment: Environment = {
    id: before?.id ?? state.nextId(),
    name: before?.name ?? name,
    reviewers: reviewersOf(state, body) ?? [],
    preventSelfReview: flag(body, 'prevent_self_review') ?? false,
    waitTimer: typeof body.wait_timer === 'number' ? body.wait_timer : 0,
    branchPolicy: policyOf(body),
    branches: before?.branches ?? [],
  }
  state.environments.set(environmentKey(name), environment)
  return ok(shape(state, environment))
}

type BranchPolicy = Environment['branches'][number]

const policyShape = (policy: BranchPolicy): JsonObject => ({ ...policy, node_id: nodeId('GAB', policy.id) })

const policies: Handler = (request, state) =>
  counted('branch_policies', one(state, request.path.environment_name).branches, request, policyShape)

const createPolicy: Handler = (request, state) => {
  const environment = one(state, request.path.environment_name)
  found(environment.branchPolicy?.custom_branch_policies === true ? environment : undefined)
  const name = text(request.body, 'name') ?? ''
  if (environment.branches.some(b => b.name === name)) return { status: 303 }
  const type = text(request.body, 'type') === 'tag' ? 'tag' : 'branch'
  const policy: BranchPolicy = { id: state.nextId(), name, type }
  state.environments.set(environmentKey(environment.name), {
    ...environment,
    branches: [...environment.branches, policy],
  })
  return ok(policyShape(policy))
}

const deletePolicy: Handler = (request, state) => {
  const environment = one(state, request.path.environment_name)
  const id = Number(request.path.branch_policy_id)
  found(environment.branches.find(branch => branch.id === id))
  state.environments.set(environmentKey(environment.name), {
    ...environment,
    branches: environment.branches.filter(branch => branch.id !== id),
  })
  return { status: 204 }
}

/** GitHub environments. */
export const environments: Readonly<Record<string, Handler>> = {
  'repos/get-all-environments': list,
  'repos/get-environment': get,
  'repos/create-or-update-environment': put,
  'repos/list-deployment-branch-policies': policies,
  'repos/create-deployment-branch-policy': createPolicy,
  'repos/delete-deployment-branch-policy': deletePolicy,
}
