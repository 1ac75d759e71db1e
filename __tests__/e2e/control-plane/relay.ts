import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { Agent, request as ask, createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { makeCertificates } from '../../../src/emulator/kubernetes/certificate.ts'
import type { AuditEntry } from '../../../src/emulator/kubernetes/handler.ts'
import type { Asked, RequestHooks } from '../../../src/emulator/kubernetes/hooks.ts'
import { isDryRun } from '../../../src/emulator/kubernetes/objects.ts'
import { routeOf, verbOf } from '../../../src/emulator/kubernetes/request.ts'
import type { ControlPlane } from './start.ts'

/** A way to an API server that knows of every write; HTTP/1.1, to which clients come down. */
export interface Relay {
  /** `127.0.0.1:PORT` */
  readonly endpoint: string
  /** PEM of its own authority. */
  readonly authority: string
  /** Called around each write from now on, but for renewals of Leases, as by the emulated API server. */
  hooks: RequestHooks | undefined
  /** What was written so far and taken, oldest first; dry runs, reviews and renewals are not among it. */
  readonly writes: readonly AuditEntry[]
  close(): Promise<void>
}

type Upstream = Pick<ControlPlane, 'endpoint' | 'authority'>

/** Starts one in front of an API server. */
export const startRelay = async (upstream: Upstream): Promise<Relay> => {
  const { ca, certificate, key } = makeCertificates(Date.now())
  const agent = new Agent({ keepAlive: true, timeout: idle, ca: upstream.authority })
  const writes: AuditEntry[] = []
  const server = createServer({ cert: certificate, key }, (request, response) => {
    answer(request, response).catch(() => request.socket.destroy())
  })
  // A client's idle connection must not be cut under its next request.
  server.keepAliveTimeout = 0
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = askedIn(request)
    if (asked === undefined) return passOn(forward(upstream, agent, request), request, response)
    const body = await buffer(request)
    const renews = isRenewal(asked, body)
    const hooks = renews ? undefined : relay.hooks
    if (hooks?.onRequest?.(asked) === 'cut') return void request.socket.destroy()
    const made = await answerOf(forward(upstream, agent, request), body)
    if (!asked.dryRun && !renews && made.code < 300) writes.push({ ...asked, code: made.code })
    if (hooks?.afterHandled?.(asked) === 'cut') return void request.socket.destroy()
    response.writeHead(made.code, { ...made.headers, 'content-length': made.body.length })
    response.end(made.body, () => hooks?.afterAnswered?.(asked))
  }
  await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
  const relay: Relay = {
    endpoint: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    authority: ca,
    hooks: undefined,
    writes,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>(done => void server.close(() => done()))
      agent.destroy()
    },
  }
  return relay
}

/** How long a connection to the API server may be idle, milliseconds; Go's servers cut theirs after 90 seconds. */
const idle = 30_000

const reading = new Set(['get', 'list', 'watch'])

/** What a request would write; undefined for reads, and for questions that are asked with POST. */
const askedIn = ({ method = 'GET', url = '/', headers }: IncomingMessage): Asked | undefined => {
  const { pathname, searchParams } = new URL(url, 'https://127.0.0.1')
  const route = routeOf(pathname)
  if (route === undefined || /^auth(entication|orization)\.k8s\.io\//.test(route.groupVersion))
    return undefined
  const verb = verbOf(method, route, searchParams)
  if (reading.has(verb)) return undefined
  const { namespace, name, plural, subresource } = route
  return {
    // Whom a token stands for is the API server's to know; here it is the program that asks.
    user: String(headers['user-agent']).replace(/[/ ].*/, ''),
    verb,
    resource: subresource === '' ? plural : `${plural}/${subresource}`,
    namespace,
    name,
    dryRun: isDryRun(searchParams),
    agent: String(headers['user-agent'] ?? ''),
  }
}

/** How often a Lease is renewed says how fast the machine is, not what a run does. */
const isRenewal = ({ verb, resource }: Asked, body: Buffer): boolean =>
  verb === 'patch' && resource === 'leases' && body.includes('"renewTime"')

type Forwarded = ReturnType<typeof ask>

/** Begins to ask the API server the same; the body is still to be sent. */
const forward = (
  { endpoint }: Upstream,
  agent: Agent,
  { method, url, headers }: IncomingMessage,
): Forwarded => {
  const [hostname, port] = endpoint.split(':')
  return ask({ hostname, port, agent, method, path: url, headers: ofHop(headers) })
}

const answerTo = (asking: Forwarded): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => void asking.once('response', resolve).on('error', reject))

/** Without what holds between two machines only. */
const ofHop = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !/^(connection|keep-alive|transfer-encoding|host)$/.test(name),
    ),
  )

interface Answer {
  readonly code: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Sends the body, and waits for the whole answer. */
const answerOf = async (asking: Forwarded, body: Buffer): Promise<Answer> => {
  const answer = await answerTo(asking.end(body))
  return { code: answer.statusCode ?? 0, headers: ofHop(answer.headers), body: await buffer(answer) }
}

/** As it comes: a watch goes on for as long as both sides want. */
const passOn = async (
  asking: Forwarded,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  response.once('close', () => asking.destroy())
  const answered = answerTo(asking)
  request.pipe(asking)
  const answer = await answered
  response.writeHead(answer.statusCode ?? 0, ofHop(answer.headers))
  response.flushHeaders()
  await pipeline(answer, response)
}
