import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { apis } from './apis.ts'
import { ApiError, rateLimited, serverError } from './errors.ts'
import type { Fault, Faults } from './faults.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { answer, projectName, unknownMethod } from './pipeline.ts'
import type { Quota } from './quota.ts'
import type { RequestEntry, RequestLog } from './requests.ts'
import type { World } from './route.ts'
import type { Match, Router } from './router.ts'

/** Moments at which a test can step in, for instance to kill the client; each is awaited. */
export interface Hooks {
  readonly onRequest?: (entry: RequestEntry) => void | Promise<void>
  /** The work is done, the answer is not sent. */
  readonly afterHandled?: (entry: RequestEntry) => void | Promise<void>
  /** The answer is sent. */
  readonly afterAnswered?: (entry: RequestEntry) => void | Promise<void>
}

/** What the HTTP server is made of. */
export interface ServerParts {
  readonly world: World
  readonly router: Router
  readonly faults: Faults
  readonly requests: RequestLog
  readonly quota: Quota
  readonly hooks: Hooks
}

interface Exchange {
  readonly parts: ServerParts
  readonly request: IncomingMessage
  readonly url: URL
  readonly body: Json
  readonly fault: Fault | undefined
}

async function readBody(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array))
  const text = Buffer.concat(chunks).toString()
  if (text.trim() === '') return {}
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return fromForm(new URLSearchParams(text))
  }
  try {
    return JSON.parse(text) as Json
  } catch {
    return `unreadable: ${text}`
  }
}

/** OAuth clients send the token exchange as a form with snake-case names; STS takes both. */
const fromForm = (form: URLSearchParams): JsonObject =>
  Object.fromEntries(
    [...form].map(([key, value]) => [
      key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  )

function headersOf(request: IncomingMessage): Readonly<Record<string, string>> {
  const entries = Object.entries(request.headers).filter(([key]) => key !== 'authorization')
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]))
}

function describeMatch(
  world: World,
  match: Match | undefined,
  authorization: string | undefined,
): Partial<RequestEntry> {
  const identity = world.identities.authenticate(authorization)?.email
  const project = match && projectName(world, match)
  return {
    ...(match && { method: match.route.method, template: match.method.path }),
    ...(project !== undefined && { project: world.store.find(project)?.id ?? project }),
    ...(identity !== undefined && { identity }),
  }
}

const sleep = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

/** Throws what an injected fault answers instead of the real thing. */
async function strike(fault: Fault | undefined, service: string, compute: boolean): Promise<void> {
  if (fault?.kind === 'delay') await sleep(fault.delay ?? 50)
  if (fault?.kind === 429) throw rateLimited(service, compute, fault.retryAfter)
  if (fault?.kind === 500 || fault?.kind === 503) throw serverError(fault.kind, fault.retryAfter)
}

async function respond({ parts, request, url, body, fault }: Exchange): Promise<Json> {
  const { world, router, quota } = parts
  const located = router.locate(url.pathname)
  const httpMethod = request.method ?? 'GET'
  const match = located && router.match(located.api, httpMethod, located.path)
  await strike(fault, located ? apis[located.api].service : 'unknown', located?.api === 'compute')
  if (match === undefined) throw unknownMethod(world, httpMethod, url.pathname)
  const failing = fault?.kind === 'operation-error'
  const matched = {
    match,
    query: url.searchParams,
    body,
    authorization: request.headers.authorization,
    origin: `http://${request.headers.host}`,
    failure: failing ? (fault.failure ?? { code: 'INTERNAL', message: 'The operation failed.' }) : undefined,
  }
  return answer(world, quota, matched)
}

function open(parts: ServerParts, request: IncomingMessage, url: URL, body: Json): RequestEntry {
  const { world, router, requests } = parts
  const located = router.locate(url.pathname)
  const httpMethod = request.method ?? 'GET'
  const match = located && router.match(located.api, httpMethod, located.path)
  return requests.open({
    time: world.clock.now(),
    httpMethod,
    url: `${url.pathname}${url.search}`,
    path: decodeURIComponent(located?.path ?? url.pathname),
    ...(located && { api: located.api }),
    ...describeMatch(world, match, request.headers.authorization),
    headers: headersOf(request),
    ...(!(isObject(body) && Object.keys(body).length === 0) && { body }),
  })
}

interface Answer {
  readonly status: number
  readonly body: Json
  readonly retryAfter?: number | undefined
}

async function toAnswer(exchange: Exchange): Promise<Answer> {
  try {
    return { status: 200, body: await respond(exchange) }
  } catch (error) {
    if (error instanceof ApiError) {
      return { status: error.code, body: error.body, retryAfter: error.facts.retryAfter }
    }
    const message = wordsOf(error)
    // A client would take this for an ordinary 500 and wait it out, so that nobody would ever hear of it.
    exchange.parts.world.violations.push(`${exchange.request.method} ${exchange.url.pathname}: ${message}`)
    return { status: 500, body: new ApiError(500, `emulator bug: ${message}`, { status: 'INTERNAL' }).body }
  }
}

const wordsOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)

function send(response: ServerResponse, { status, body, retryAfter }: Answer): Promise<void> {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    server: 'ESF',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  })
  return new Promise(resolve => {
    response.once('close', resolve)
    response.end(text, () => resolve())
  })
}

/** Answers nothing until the client goes away. */
const givenUp = (response: ServerResponse): Promise<void> =>
  new Promise(resolve => {
    if (response.destroyed) resolve()
    else response.once('close', resolve)
  })

async function exchange(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { requests, faults, hooks } = parts
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const body = await readBody(request)
  const latency = parts.world.settings.latency()
  if (latency > 0) await sleep(latency)
  const opened = open(parts, request, url, body)
  await hooks.onRequest?.(opened)
  const fault = faults.take(opened)
  const entry = fault === undefined ? opened : requests.amend(opened, { fault: String(fault.kind) })
  if (fault?.kind === 'reset') {
    request.socket.destroy()
    return
  }
  const result = await toAnswer({ parts, request, url, body, fault })
  const handled = requests.amend(entry, { status: result.status, response: result.body })
  await hooks.afterHandled?.(handled)
  if (fault?.kind === 'reset-after-success') request.socket.destroy()
  else if (fault?.kind === 'hang-after-success') await givenUp(response)
  else await send(response, result)
  await hooks.afterAnswered?.(handled)
}

/** The HTTP server, not yet listening. */
export function createEmulatorServer(parts: ServerParts): Server {
  return createServer((request, response) => {
    exchange(parts, request, response).catch((error: unknown) => {
      // A client that dies while it sends is what some tests are about.
      if (!(request.errored === error && request.destroyed)) {
        parts.world.violations.push(`${request.method} ${request.url}: ${wordsOf(error)}`)
        process.stderr.write(`emulator: ${wordsOf(error)}\n`)
      }
      request.socket.destroy()
    })
  })
}
