import { type Api, type Failure, type Gcp, GcpError, notSeenYet, type Query } from '../../../src/gcp/port.ts'

/** A request as the fake saw it. */
export interface Seen {
  readonly method: string
  readonly api: Api
  readonly path: string
  readonly query: Query
  readonly body: unknown
}

/** An error as the client makes it. */
export const failing = (api: Api, failure: Failure, answer: string, status = 400): GcpError =>
  new GcpError(`${api}: ${answer}`, { api, failure, status, reason: '', answer })

const tries = 40

/** Asks again and again, without a pause. */
const until = async <T>(what: string, _limit: number, check: () => Promise<T | undefined>): Promise<T> => {
  for (let number = 0; number < tries; number++) {
    const found = await check()
    if (found !== undefined) return found
  }
  const detail = { api: 'iam', failure: 'unavailable', status: 0, reason: '', answer: notSeenYet } as const
  throw new GcpError(`${what}: not seen`, detail)
}

/** A `Gcp` over a function that answers requests or throws; nothing is remembered, nothing takes time. */
export const fakeGcp = (
  answer: (request: Seen) => unknown,
): Gcp & { readonly seen: readonly Seen[]; readonly on: readonly string[] } => {
  const seen: Seen[] = []
  const on: string[] = []
  const ask = async <T>(
    method: string,
    api: Api,
    path: string,
    query: Query = {},
    body?: unknown,
  ): Promise<T> => {
    const request = { method, api, path, query, body }
    seen.push(request)
    return answer(request) as T
  }
  return {
    seen,
    on,
    get: (api, path, query) => ask('GET', api, path, query),
    list: async <T>(api: Api, path: string, items: string, query?: Query) =>
      (await ask<Record<string, readonly T[]>>('GET', api, path, query))[items] ?? [],
    read: (api, path, body, query) => ask('POST', api, path, query, body),
    write: async ({ method, api, path, query, body, lookUp, waitOut }) => {
      for (let number = 0; ; number++) {
        try {
          return await ask(method, api, path, query, body)
        } catch (error) {
          if (!(error instanceof GcpError) || number >= tries) throw error
          const isLost = error.failure === 'unavailable'
          if (!isLost && waitOut?.(error) !== true) throw error
          const earlier = isLost ? await lookUp?.() : undefined
          if (earlier !== undefined) return earlier
        }
      }
    },
    wait: async (api, path) => void (await ask('GET', api, path)),
    until,
    enabled: service => void on.push(service),
    payload: async () => {
      throw new Error('no kind of these reads a payload')
    },
  }
}
