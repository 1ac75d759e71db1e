import type { Answer, ApiRequest, Handler } from './answers.ts'
import { ApiError, failure } from './answers.ts'
import type { Match } from './descriptions.ts'
import { checkRequest, checkResponse, match, operationIds } from './descriptions.ts'
import type { Faults } from './faults.ts'
import type { Incoming } from './http.ts'
import type { Json } from './json.ts'
import type { Permissions } from './permissions.ts'
import { refusal } from './permissions.ts'
import { comments, minimize } from './routes/comments.ts'
import { commits } from './routes/commits.ts'
import { contents } from './routes/contents.ts'
import { deployments } from './routes/deployments.ts'
import { environments } from './routes/environments.ts'
import { gitDatabase } from './routes/git.ts'
import { people } from './routes/people.ts'
import { pulls } from './routes/pulls.ts'
import { badCredentials, isOurs, repository } from './routes/repository.ts'
import { rulesets } from './routes/rulesets.ts'
import { runs } from './routes/runs.ts'
import { settings } from './routes/settings.ts'
import type { State } from './state.ts'

/** Who a token stands for. */
export interface Caller {
  readonly login: string
  readonly permissions: Permissions
}

/** One request as the fake saw it. */
export interface LoggedRequest {
  readonly method: string
  readonly pathname: string
  readonly query: Readonly<Record<string, string>>
  readonly body: Json | undefined
  /** GitHub's operation id; undefined for an unknown path. */
  readonly operation: string | undefined
  readonly status: number | 'reset'
}

/** A deviation from GitHub's description, by the client (`request`) or by the fake itself (`response`). */
export interface Violation {
  readonly of: 'request' | 'response'
  readonly operation: string
  readonly problem: string
}

const handlers: Readonly<Record<string, Handler>> = {
  ...{ ...comments, ...commits, ...contents, ...deployments, ...environments },
  ...{ ...gitDatabase, ...pulls, ...repository, ...runs },
  ...{ ...people, ...rulesets, ...settings },
}

/** Described operations that no handler answers; none, which a test asserts. */
export const unanswered: readonly string[] = operationIds.filter(id => handlers[id] === undefined)

/** What the API needs to know of its surroundings. */
export interface ApiOptions {
  readonly state: State
  readonly faults: Faults
  readonly callerOf: (token: string) => Caller | undefined
  readonly log: LoggedRequest[]
  readonly violations: Violation[]
  /** Counts the requests that were held against GitHub's description. */
  readonly checked: { requests: number }
}

const parseBody = (text: string): Json | undefined => {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError(failure(400, 'Problems parsing JSON'))
  }
}

const tokenOf = (incoming: Incoming): string =>
  /^(?:bearer|token) (.+)$/i.exec(incoming.headers.authorization ?? '')?.[1] ?? ''

const requestOf = (
  incoming: Incoming,
  matched: Match,
  body: Json | undefined,
  { login, permissions }: Caller,
): ApiRequest => ({
  operation: matched.operation,
  url: incoming.url,
  path: matched.path,
  query: Object.fromEntries(incoming.url.searchParams),
  body,
  accept: incoming.headers.accept ?? '',
  login,
  isAdmin: permissions.administration === 'write',
})

const answerGraphql = (options: ApiOptions, caller: Caller, body: Json | undefined): Answer =>
  refusal('graphql', caller.permissions, !options.state.repository.private) ?? minimize(body, options.state)

const answerRest = (
  options: ApiOptions,
  incoming: Incoming,
  caller: Caller,
  body: Json | undefined,
): Answer => {
  const { state, violations, checked } = options
  const matched = match(incoming.method, incoming.url.pathname)
  if (matched === undefined) {
    const operation = `${incoming.method} ${incoming.url.pathname}`
    violations.push({ of: 'request', operation, problem: 'is not an operation that the fake has' })
    return failure(404, 'Not Found')
  }
  const { id } = matched.operation
  const handler = handlers[id]
  const inRepository = matched.path.repo !== undefined
  const isForeign = inRepository && !isOurs(state, matched.path.owner, matched.path.repo)
  if (handler === undefined || isForeign) return failure(404, 'Not Found')
  const refused = refusal(id, caller.permissions, !state.repository.private)
  if (refused !== undefined) return refused
  const request = requestOf(incoming, matched, body, caller)
  const problems = checkRequest(matched, request.query, body)
  checked.requests += 1
  violations.push(...problems.map(problem => ({ of: 'request', operation: id, problem }) as const))
  if (problems.length > 0) return failure(422, `Invalid request.\n\n${problems.join('\n')}`)
  const answer = handler(request, state)
  const own = checkResponse(matched.operation, answer.status, answer.body)
  violations.push(...own.map(problem => ({ of: 'response', operation: id, problem }) as const))
  return answer
}

const settle = (work: () => Answer): Answer => {
  try {
    return work()
  } catch (error) {
    if (error instanceof ApiError) return error.answer
    throw error
  }
}

const answer = (options: ApiOptions, incoming: Incoming): Answer =>
  settle(() => {
    const caller = options.callerOf(tokenOf(incoming))
    if (caller === undefined) return badCredentials
    if (incoming.headers['user-agent'] === undefined)
      return failure(403, 'Request forbidden by administrative rules.')
    const body = parseBody(incoming.text)
    return incoming.url.pathname === '/graphql'
      ? answerGraphql(options, caller, body)
      : answerRest(options, incoming, caller, body)
  })

const RATE = { 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': '990', 'x-ratelimit-used': '10' }

const withHeaders = (reply: Answer, number: number): Answer => ({
  ...reply,
  headers: {
    ...RATE,
    'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 3600),
    'x-ratelimit-resource': 'core',
    'x-github-request-id': `FAKE:${number}`,
    'x-github-media-type': 'github.v3; format=json',
    ...reply.headers,
  },
})

/** Answers one request: faults first, then token, permission, schema, handler; logs it. */
export const serveApi = (options: ApiOptions, incoming: Incoming): Answer | 'reset' => {
  const { method, url } = incoming
  const fault = options.faults.take(method, url.pathname)
  fault?.meanwhile?.()
  const early = fault?.when === 'after' ? undefined : fault?.answer
  const normal = early === undefined ? answer(options, incoming) : undefined
  const reply = early ?? fault?.answer ?? normal ?? failure(500, 'Server Error')
  options.log.push({
    method,
    pathname: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body: settleBody(incoming.text),
    operation: url.pathname === '/graphql' ? 'graphql' : match(method, url.pathname)?.operation.id,
    status: reply === 'reset' ? 'reset' : reply.status,
  })
  return reply === 'reset' ? 'reset' : withHeaders(reply, options.log.length)
}

const settleBody = (text: string): Json | undefined => {
  try {
    return parseBody(text)
  } catch {
    return text
  }
}
