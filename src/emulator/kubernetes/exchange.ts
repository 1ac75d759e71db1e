import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'

/** A request by HTTP/1.1 or HTTP/2. */
export type Request = IncomingMessage | Http2ServerRequest

/** What the answers of both have in common. */
export interface Response {
  statusCode: number
  readonly headersSent: boolean
  setHeader(name: string, value: string): unknown
  writeHead(code: number, headers?: Readonly<Record<string, string | number>>): unknown
  /** HTTP/1.1 sends nothing before the first line of the body otherwise. */
  flushHeaders?(): void
  write(text: string): unknown
  end(): unknown
  /** `sent` is called when all of it has been handed over. */
  end(text: string, sent?: () => void): unknown
  on(event: 'close', listener: () => void): unknown
}
