import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { Answer } from './answers.ts'

/** A request with its body read. */
export interface Incoming {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** A loopback server. */
export interface Listener {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
  readonly close: () => Promise<void>
}

const readText = async (message: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

const send = (response: ServerResponse, answer: Answer | 'reset'): void => {
  if (answer === 'reset') {
    response.destroy()
    return
  }
  const json = answer.body === undefined ? undefined : JSON.stringify(answer.body)
  const payload = answer.raw ?? json ?? ''
  const type = answer.raw === undefined ? 'application/json; charset=utf-8' : 'application/octet-stream'
  response.writeHead(answer.status, {
    ...(payload !== '' && { 'content-type': type }),
    'content-length': String(Buffer.byteLength(payload)),
    ...answer.headers,
  })
  response.end(payload)
}

const plainHeaders = (message: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]))

const handle = async (
  message: IncomingMessage,
  origin: string,
  serve: (incoming: Incoming) => Answer | 'reset',
): Promise<Answer | 'reset'> => {
  const url = new URL(message.url ?? '/', origin)
  const text = await readText(message)
  return serve({ method: message.method ?? 'GET', url, headers: plainHeaders(message), text })
}

const close = (server: Server): Promise<void> =>
  new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** Serves on a free loopback port; what `serve` throws becomes a 500 with the stack. */
export const listen = async (serve: (incoming: Incoming) => Answer | 'reset'): Promise<Listener> => {
  let origin = ''
  const server = createServer((message, response) => {
    handle(message, origin, serve).then(
      answer => send(response, answer),
      (error: unknown) =>
        send(response, { status: 500, raw: error instanceof Error ? String(error.stack) : 'error' }),
    )
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  origin = `http://127.0.0.1:${address.port}`
  return { origin, close: () => close(server) }
}
