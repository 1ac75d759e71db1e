import type { Answer, ApiRequest, Handler } from '../answers.ts'
import { ApiError, failure, found, invalid, listed, ok } from '../answers.ts'
import { isAncestor } from '../git.ts'
import type { JsonObject } from '../json.ts'
import { flag, isObject, text } from '../json.ts'
import { namedCommit } from '../shape-commit.ts'
import { deploymentShape, deploymentStatusShape } from '../shape-deployment.ts'
import type { Deployment, DeploymentStatus, State } from '../state.ts'
import { latestRuns } from '../state.ts'

const MAX_DESCRIPTION = 140

const one = (state: State, id: string | undefined): Deployment => found(state.deployments.get(Number(id)))

/** Newest first. `environment=none` and `task=none` mean "any", as GitHub's defaults say. */
const list: Handler = (request, state) => {
  const wanted = (key: 'sha' | 'ref' | 'task' | 'environment', d: Deployment): boolean => {
    const value = request.query[key]
    return value === undefined || value === 'none' || value === d[key]
  }
  const all = [...state.deployments.values()]
    .filter(d => wanted('sha', d) && wanted('ref', d) && wanted('task', d) && wanted('environment', d))
    .sort((a, b) => b.id - a.id)
  return listed(all, request, d => deploymentShape(state, d))
}

const get: Handler = (request, state) => ok(deploymentShape(state, one(state, request.path.deployment_id)))

const checkDescription = (resource: string, description: string): void => {
  if (description.length <= MAX_DESCRIPTION) return
  throw invalid(resource, 'description', `description is too long (maximum is ${MAX_DESCRIPTION} characters)`)
}

/** `auto_merge` (default true): a ref that lacks commits of the default branch is merged first, and no deployment is made. */
const autoMerge = (state: State, ref: string, sha: string): Answer | undefined => {
  const main = state.repository.defaultBranch
  const tip = found(namedCommit(state, main))
  if (isAncestor(state.git, tip, sha)) return undefined
  const isBranch = state.git.attempt(['rev-parse', '--verify', '--quiet', `refs/heads/${ref}`]) !== undefined
  const clean = state.git.attempt(['merge-tree', '--write-tree', sha, tip]) !== undefined
  if (!isBranch || !clean) return failure(409, `Conflict merging ${main} into ${ref}.`)
  return { status: 202, body: { message: `Auto-merged ${main} into ${ref} on deployment.` } }
}

interface Context {
  readonly context: string
  readonly state: string
}

/** Statuses of the commit and, as checks, the runs on it that have not succeeded. */
const contextsOf = (state: State, sha: string): readonly Context[] => [
  ...(state.statuses.get(sha) ?? []),
  ...latestRuns(state)
    .filter(run => run.headSha === sha)
    .map(run => ({
      context: run.name,
      state: run.status === 'completed' ? (run.conclusion ?? '') : 'pending',
    })),
]

/** `required_contexts` left out means every context of the commit; an empty list means none. */
const unmetContexts = (request: ApiRequest, state: State, ref: string, sha: string): Answer | undefined => {
  const required = isObject(request.body) ? request.body.required_contexts : undefined
  const present = contextsOf(state, sha)
  const wanted = Array.isArray(required)
    ? required.map(
        name => present.find(c => c.context === name) ?? { context: String(name), state: 'missing' },
      )
    : present
  if (wanted.every(c => c.state === 'success')) return undefined
  const error = {
    contexts: wanted.map(c => ({ ...c })),
    resource: 'Deployment',
    field: 'required_contexts',
    code: 'invalid',
  }
  return failure(409, `Conflict: Commit status checks failed for ${ref}.`, [error])
}

const payloadOf = (body: JsonObject): string | JsonObject => {
  const { payload } = body
  return isObject(payload) || typeof payload === 'string' ? payload : {}
}

const create: Handler = (request, state) => {
  const body = isObject(request.body) ? request.body : {}
  const ref = text(body, 'ref') ?? ''
  const sha = namedCommit(state, ref)
  if (sha === undefined) throw new ApiError(failure(422, `No ref found for: ${ref}`))
  checkDescription('Deployment', text(body, 'description') ?? '')
  const merged = flag(body, 'auto_merge') === false ? undefined : autoMerge(state, ref, sha)
  const refused = merged ?? unmetContexts(request, state, ref, sha)
  if (refused !== undefined) return refused
  const environment = text(body, 'environment') ?? 'production'
  const deployment: Deployment = {
    id: state.nextId(),
    sha,
    ref,
    task: text(body, 'task') ?? 'deploy',
    payload: payloadOf(body),
    environment,
    description: text(body, 'description') ?? null,
    creator: request.login,
    transient: flag(body, 'transient_environment') ?? false,
    production: flag(body, 'production_environment') ?? environment === 'production',
    at: state.now(),
    statuses: [],
  }
  state.deployments.set(deployment.id, deployment)
  return { status: 201, body: deploymentShape(state, deployment) }
}

const listStatuses: Handler = (request, state) => {
  const deployment = one(state, request.path.deployment_id)
  return listed([...deployment.statuses].reverse(), request, s => deploymentStatusShape(state, deployment, s))
}

const getStatus: Handler = (request, state) => {
  const deployment = one(state, request.path.deployment_id)
  const status = found(deployment.statuses.find(s => s.id === Number(request.path.status_id)))
  return ok(deploymentStatusShape(state, deployment, status))
}

const withStatus = (state: State, deployment: Deployment, status: DeploymentStatus): Deployment => {
  const changed = { ...deployment, statuses: [...deployment.statuses, status] }
  state.deployments.set(changed.id, changed)
  return changed
}

/** A success retires older deployments of the environment that are neither transient nor production. */
const retireOlder = (state: State, current: Deployment, status: DeploymentStatus): void => {
  for (const other of state.deployments.values()) {
    const same = other.id < current.id && other.environment === status.environment
    if (!same || other.transient || other.production || other.statuses.at(-1)?.state !== 'success') continue
    withStatus(state, other, {
      ...status,
      id: state.nextId(),
      state: 'inactive',
      description: '',
      environmentUrl: '',
    })
  }
}

const createStatus: Handler = (request, state) => {
  const deployment = one(state, request.path.deployment_id)
  const body = request.body
  const description = text(body, 'description') ?? ''
  checkDescription('DeploymentStatus', description)
  const status: DeploymentStatus = {
    id: state.nextId(),
    state: text(body, 'state') ?? '',
    description,
    environment: text(body, 'environment') ?? deployment.environment,
    environmentUrl: text(body, 'environment_url') ?? '',
    logUrl: text(body, 'log_url') ?? text(body, 'target_url') ?? '',
    creator: request.login,
    at: state.now(),
  }
  if (status.state === 'success' && flag(body, 'auto_inactive') !== false)
    retireOlder(state, deployment, status)
  return { status: 201, body: deploymentStatusShape(state, withStatus(state, deployment, status), status) }
}

/** Deployments and their statuses. */
export const deployments: Readonly<Record<string, Handler>> = {
  'repos/list-deployments': list,
  'repos/get-deployment': get,
  'repos/create-deployment': create,
  'repos/list-deployment-statuses': listStatuses,
  'repos/get-deployment-status': getStatus,
  'repos/create-deployment-status': createStatus,
}
