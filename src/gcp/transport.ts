import { type Dispatcher, request } from 'undici'
import type { Clock } from '../core/clock.ts'
import { dispatcherFor } from '../http/dispatcher.ts'
import { endpointOf } from './endpoints.ts'
import { errorOf, lost } from './failure.ts'
import { retryAfter } from './pauses.ts'
import type { Api, GcpError, Query } from './port.ts'

/** One request. */
export interface Request {
  readonly method: string
  readonly api: Api
  readonly path: string
  readonly query?: Query | undefined
  readonly body?: unknown
}

/** Sends one request once. */
export interface Transport {
  /** The parsed body of a success. @throws GcpError, with the pause that the API asked for in `retryAfterOf`. */
  send<T>(request: Request): Promise<T>
  /** How many requests were sent. */
  readonly calls: () => number
}

/** What a transport is made of. */
export interface TransportOptions {
  readonly env: NodeJS.ProcessEnv
  readonly token: () => Promise<string>
  readonly clock: Clock
  /** Milliseconds after which a request without an answer is given up. */
  readonly timeout?: number
  /** Called with every request as it is sent, for the log; never with bodies or headers. */
  readonly onSend?: (request: Request) => void
}

const pauses = new WeakMap<GcpError, number>()

/** The pause in milliseconds that came with an error, if the API asked for one. */
export const retryAfterOf = (error: GcpError): number | undefined => pauses.get(error)

/** A transport over HTTPS, by a proxy if there is one. A redirect is an error: no Google API answers with one. */
export const createTransport = (options: TransportOptions): Transport => {
  const dispatcher = connections()
  let calls = 0
  return {
    calls: () => calls,
    send: async <T>(sent: Request): Promise<T> => {
      const token = await options.token()
      options.onSend?.(sent)
      calls += 1
      const { status, body, header } = await exchange(sent, token, dispatcher, options)
      if (status >= 200 && status < 300) return body as T
      const error = errorOf(sent, status, body)
      const asked = retryAfter(header, options.clock.now())
      if (asked !== undefined) pauses.set(error, asked)
      throw error
    },
  }
}

/** One set of connections for each origin. HTTP/1.1, since an answer that is lost then is lost alone. */
const connections = (): ((url: URL) => Dispatcher) => {
  const known = new Map<string, Dispatcher>()
  return ({ origin }) => {
    const dispatcher = known.get(origin) ?? dispatcherFor(origin, { allowH2: false })
    known.set(origin, dispatcher)
    return dispatcher
  }
}

const exchange = async (
  sent: Request,
  token: string,
  dispatcher: (url: URL) => Dispatcher,
  { env, timeout = 60_000 }: TransportOptions,
) => {
  const signal = AbortSignal.timeout(timeout)
  try {
    const url = urlOf(sent, env)
    const { statusCode, headers, body } = await request(url, {
      method: sent.method as Dispatcher.HttpMethod,
      dispatcher: dispatcher(url),
      signal,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'user-agent': 'slipway',
      },
      body: sent.body === undefined ? null : JSON.stringify(sent.body),
    })
    const header = headers['retry-after']
    return { status: statusCode, body: parsed(await body.text()), header: header?.toString() ?? null }
  } catch (cause) {
    throw lost(sent, signal.aborted ? new Error(`nothing for ${timeout / 1000} seconds`) : cause)
  }
}

const parsed = (text: string): unknown => {
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const urlOf = ({ api, path, query = {} }: Request, env: NodeJS.ProcessEnv): URL => {
  const url = new URL(path.replace(/^\/(compute\/v1\/)?/, ''), endpointOf(api, env))
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) url.searchParams.append(name, String(one))
    }
  }
  return url
}
