import { Secret } from '../core/secret.ts'
import { waitFor } from './operations.ts'
import { budgetOf, pause } from './pauses.ts'
import { type Gcp, GcpError, notSeenYet, type Write } from './port.ts'
import { type ReaderOptions, sendList, sendRead } from './reader.ts'
import { retryAfterOf } from './transport.ts'

/** Busy instances and clusters are waited out as long as their operations may take; the rest is given minutes. */
const patience = { busy: 60 * 60_000, other: 8 * 60_000 } as const

/** A service that was switched on a moment ago still answers 403 for some minutes. */
const isWarmingUp = (error: GcpError, enabled: ReadonlySet<string>): boolean =>
  error.failure === 'disabled' && [...enabled].some(service => service.startsWith(`${error.api}.`))

/** Reads without memory, and writes. The composition root gives it to applying code only. */
export const createGcp = (options: ReaderOptions): Gcp => {
  const enabled = new Set<string>()
  const patiently = <T>(ask: () => Promise<T>): Promise<T> =>
    persist(
      options,
      ask,
      error => isWarmingUp(error, enabled),
      async () => undefined,
    )
  return {
    get: (api, path, query) => patiently(() => sendRead(options, { method: 'GET', api, path, query })),
    list: (api, path, items, query) => patiently(() => sendList(options, api, path, items, query)),
    read: (api, path, body, query) =>
      patiently(() => sendRead(options, { method: 'POST', api, path, body, query })),
    write: <T>({ lookUp, waitOut = () => false, ...request }: Write<T>) =>
      persist(
        options,
        () => options.transport.send<T>(request),
        error =>
          ['throttled', 'unavailable', 'busy'].includes(error.failure) ||
          isWarmingUp(error, enabled) ||
          waitOut(error),
        async error => (error.failure === 'unavailable' ? lookUp?.() : undefined),
      ),
    wait: (api, path, onProgress) => waitFor(options, api, path, onProgress),
    until: (what, limit, check) => until(options, what, limit, check),
    enabled: service => void enabled.add(service),
    payload: async (secret, version) => {
      const path = `/v1/${secret}/versions/${version}:access`
      const { payload } = await sendRead<{ payload: { data: string } }>(options, {
        method: 'GET',
        api: 'secretmanager',
        path,
      })
      return new Secret(Buffer.from(payload.data, 'base64').toString())
    },
  }
}

/** Tries until it works, the error is none to wait out, or patience is over; `taken` may find an earlier answer. */
const persist = async <T>(
  options: ReaderOptions,
  attempt: () => Promise<T>,
  isPassing: (error: GcpError) => boolean,
  taken: (error: GcpError) => Promise<T | undefined>,
): Promise<T> => {
  const budgets = {
    busy: budgetOf(options.clock, patience.busy, options.signal),
    other: budgetOf(options.clock, patience.other, options.signal),
  }
  for (let number = 1; ; number++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof GcpError) || !isPassing(error)) throw error
      const budget = error.failure === 'busy' ? budgets.busy : budgets.other
      if (!(await budget.spend(retryAfterOf(error) ?? pause(number, 1_000, 30_000, options.random))))
        throw error
      const earlier = await taken(error)
      if (earlier !== undefined) return earlier
    }
  }
}

const until = async <T>(
  options: ReaderOptions,
  what: string,
  limit: number,
  check: () => Promise<T | undefined>,
): Promise<T> => {
  const budget = budgetOf(options.clock, limit * 1000, options.signal)
  for (let number = 1; ; number++) {
    const found = await check()
    if (found !== undefined) return found
    if (await budget.spend(250 + pause(number, 500, 10_000, options.random))) continue
    throw new GcpError(`${what}: not seen after ${limit} seconds`, {
      api: 'cloudresourcemanager',
      failure: 'unavailable',
      status: 0,
      reason: '',
      answer: notSeenYet,
      advice: 'Google takes a while to show it. Run again: what was done is kept.',
    })
  }
}
