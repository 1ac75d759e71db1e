import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../src/core/clock.ts'
import type { ReaderOptions } from '../../src/gcp/reader.ts'
import { createTransport } from '../../src/gcp/transport.ts'

/** One answer of the loopback server; `reset` closes the connection instead, `silence` keeps it, `half` stops inside. */
export type Answer =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | 'reset'
  | 'silence'
  | 'half'

/** A request as the server saw it. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly body: unknown
}

/** A clock that runs only when someone sleeps, and remembers how long. */
export const sleepingClock = (): Clock & { readonly slept: number[] } => {
  let now = 0
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    sleep: async milliseconds => {
      slept.push(milliseconds)
      now += milliseconds
    },
  }
}

/** A server that gives the answers in turn, the last one for ever. */
export const serve = async (answers: readonly Answer[], timeout?: number) => {
  const seen: Seen[] = []
  const server = createServer((request, response) => void handle(request, response, answers, seen))
  await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const base = `http://127.0.0.1:${port}/`
  const names = [
    'CONTAINER',
    'SQL',
    'IAM',
    'CLOUDRESOURCEMANAGER',
    'SERVICEUSAGE',
    'COMPUTE',
    'SECRETMANAGER',
  ]
  const env = Object.fromEntries(names.map(name => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${name}`, base]))
  const clock = sleepingClock()
  const transport = createTransport({ env, token: async () => 'token', clock, ...(timeout && { timeout }) })
  const options: ReaderOptions = { transport, clock, random: () => 0.5 }
  return { seen, clock, options, close: () => new Promise<void>(done => void server.close(() => done())) }
}

const handle = async (
  request: IncomingMessage,
  response: ServerResponse,
  answers: readonly Answer[],
  seen: Seen[],
) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  seen.push({
    method: request.method ?? '',
    url: request.url ?? '',
    body: text === '' ? undefined : JSON.parse(text),
  })
  const answer = answers[Math.min(seen.length, answers.length) - 1] ?? 'reset'
  if (answer === 'reset') return void request.socket.destroy()
  if (answer === 'silence') return
  if (answer === 'half') {
    response.writeHead(200, { 'content-type': 'application/json' })
    return void response.write('{"name": ')
  }
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
  response.end(
    answer.body === undefined
      ? ''
      : typeof answer.body === 'string'
        ? answer.body
        : JSON.stringify(answer.body),
  )
}
