import { type ApiName, apis } from './apis.ts'
import {
  ApiError,
  invalidRequest,
  permissionDenied,
  rateLimited,
  serviceDisabled,
  unauthenticated,
} from './errors.ts'
import { allowed, type Identity } from './identities.ts'
import { isObject, type Json } from './json.ts'
import type { OperationFailure } from './operations.ts'
import { partial } from './partial.ts'
import type { Quota } from './quota.ts'
import type { Call, World } from './route.ts'
import type { Match } from './router.ts'
import type { Project } from './store.ts'
import { checkBody, checkQuery, checkResponse } from './validate.ts'

/** A request whose route is known. */
export interface Matched {
  readonly match: Match
  readonly query: URLSearchParams
  readonly body: Json
  readonly authorization: string | undefined
  readonly origin: string
  readonly failure: OperationFailure | undefined
}

const anyone: Identity = { email: 'anonymous', permissions: [], impersonates: [] }

/** Whose request it is. Throws 401. */
export function identify(world: World, { match, authorization }: Matched): Identity {
  if (match.route.anonymous) return anyone
  const identity = world.identities.authenticate(authorization)
  if (identity === undefined) throw unauthenticated()
  return identity
}

/** The id or number of the project that the path names; undefined for paths that name none. */
export function projectName(world: World, { params }: Match): string | undefined {
  const { projectsId, project, projectId, resource, v1Id1, serviceAccountsId } = params
  const named = projectsId ?? project ?? projectId ?? v1Id1 ?? resource
  if (named !== '-') return named
  return (
    world.store.serviceAccount(serviceAccountsId ?? '')?.project.id ??
    /@(.+)\.iam\./.exec(serviceAccountsId ?? '')?.[1]
  )
}

function findProject(world: World, match: Match): Project {
  const name = projectName(world, match)
  const project = name === undefined ? world.store.all[0] : world.store.find(name)
  if (project !== undefined) return project
  const { service } = apis[match.route.api]
  throw permissionDenied(
    match.route.permission ?? 'resourcemanager.projects.get',
    `projects/${name}`,
    service,
  )
}

function checkEnabled(world: World, api: ApiName, project: Project): void {
  const { service, title } = apis[api]
  const since = project.services.get(service)
  if (since !== undefined && since + world.settings.servicePropagation <= world.clock.now()) return
  throw serviceDisabled(service, title, project.number)
}

function checkRequest({ match, query, body }: Matched): void {
  const violations = [
    ...checkQuery(match.api, match.method, query),
    ...checkBody(match.api, match.method, body),
  ]
  if (violations.length > 0) throw invalidRequest(violations)
}

/**
 * Answers a request: who asks, quota, whether the API is on, whether the request fits its description, whether the
 * caller may, and then the route's own code. Throws an ApiError for every answer other than 200.
 */
export async function answer(world: World, quota: Quota, request: Matched): Promise<Json> {
  const { match, query, body, origin, failure } = request
  const { api, permission, anonymous, handle } = match.route
  const identity = identify(world, request)
  await world.operations.settle()
  const project = findProject(world, match)
  if (world.settings.quotas && !quota.admit(api, project.id)) {
    throw rateLimited(apis[api].service, api === 'compute')
  }
  if (!anonymous) checkEnabled(world, api, project)
  checkRequest(request)
  if (permission !== undefined && !allowed(identity, permission)) {
    throw permissionDenied(permission, `projects/${project.id}`, apis[api].service)
  }
  const call: Call = {
    world,
    project,
    identity,
    params: match.params,
    query,
    body: isObject(body) ? body : {},
    origin,
    failure,
  }
  const result = await handle(call)
  const wrong = checkResponse(match.api, match.method, result)
  world.violations.push(...wrong.map(({ description }) => `${match.route.method}: ${description}`))
  const fields = query.get('fields')
  return fields === null ? result : partial(result, fields)
}

/**
 * The answer to a method that no route serves. A client takes it for "absent", so closing fails for it unless whoever
 * started the emulator has named the request.
 */
export const unknownMethod = (world: World, httpMethod: string, path: string): ApiError => {
  const message = `Method not found: ${httpMethod} ${path} is not emulated.`
  const { notEmulated } = world.settings
  if (notEmulated !== 'any' && !notEmulated.includes(`${httpMethod} ${path}`)) world.violations.push(message)
  return new ApiError(404, message, { status: 'NOT_FOUND' })
}
