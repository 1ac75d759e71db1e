import { setTimeout as sleep } from 'node:timers/promises'
import { type Dispatcher, request } from 'undici'
import { dispatcherFor } from '../http/dispatcher.ts'
import { failureOf, noAnswer } from './failure.ts'
import type { Endpoint, KubernetesError } from './port.ts'

/** One request to an API server. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly accept?: string
  readonly contentType?: string
  readonly body?: string
  /** True if sending it twice does what sending it once does: then it is sent again when an answer is lost. */
  readonly repeatable: boolean
}

/** Sends calls to one API server. @throws KubernetesError for any answer that is not a success. */
export type Transport = (call: Call) => Promise<string>

/** What a transport is made of. */
export interface TransportOptions {
  readonly endpoint: Endpoint
  /** A bearer token that is good now; asked for before every call. */
  readonly token: () => Promise<string>
  /** Connections to it that are there already. */
  readonly dispatcher?: Dispatcher | undefined
  /** Waits that many milliseconds between attempts. */
  readonly pause?: (milliseconds: number) => Promise<void>
}

const attempts = 5
const longest = 10_000
const limits = { headersTimeout: 60_000, bodyTimeout: 60_000 }

/** HTTPS to one API server: the cluster's authority or the public ones, 429 and 5xx waited out. */
export const createTransport = ({
  endpoint,
  token,
  dispatcher = dispatcherFor(endpoint.url, endpoint),
  pause = sleep,
}: TransportOptions): Transport => {
  return async call => {
    for (let attempt = 1; ; attempt++) {
      const { failure, retryAfter, body } = await send(endpoint, dispatcher, token, call)
      if (failure === undefined) return body
      if (attempt === attempts || !worthRepeating(failure, call)) throw failure
      await pause(retryAfter ?? Math.min(longest, 250 * 2 ** attempt) * (0.5 + Math.random() / 2))
    }
  }
}

interface Sent {
  readonly failure?: KubernetesError
  readonly retryAfter?: number
  readonly body: string
}

const send = async (
  endpoint: Endpoint,
  dispatcher: Dispatcher,
  token: () => Promise<string>,
  { method, path, query = {}, accept = 'application/json', contentType, body }: Call,
): Promise<Sent> => {
  const url = new URL(path, endpoint.url)
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
  const headers = {
    accept,
    authorization: `Bearer ${await token()}`,
    'user-agent': 'slipway',
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
  }
  const asked = `${method} ${path}`
  try {
    const answer = await request(url, { method, headers, body: body ?? null, dispatcher, ...limits })
    const text = await answer.body.text()
    if (answer.statusCode < 300) return { body: text }
    const after = Number(answer.headers['retry-after'])
    const retryAfter = after > 0 ? { retryAfter: Math.min(after * 1000, longest) } : {}
    return { failure: failureOf(asked, answer.statusCode, text), ...retryAfter, body: '' }
  } catch (cause) {
    return { failure: noAnswer(asked, endpoint.url, cause), body: '' }
  }
}

/** 429 means that nothing was done; after a 5xx or silence only what is safe to repeat goes out again. */
const worthRepeating = ({ status }: KubernetesError, { repeatable }: Call): boolean =>
  status === 429 || (repeatable && (status === 0 || status >= 500))
