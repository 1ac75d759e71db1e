import type { Clock } from '../core/clock.ts'
import { budgetOf, pause, type Random } from './pauses.ts'
import { type Api, ForbiddenRequestError, GcpError, type GcpReader, type Query } from './port.ts'
import { type Request, retryAfterOf, type Transport } from './transport.ts'

/** What a reader is made of. */
export interface ReaderOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly signal?: AbortSignal
}

const patience = 120_000

/** Sends a read, waiting out 429 and 5xx for up to two minutes. @throws GcpError */
export const sendRead = async <T>(
  { transport, clock, random, signal }: ReaderOptions,
  request: Request,
): Promise<T> => {
  const budget = budgetOf(clock, patience, signal)
  for (let attempt = 1; ; attempt++) {
    try {
      return await transport.send<T>(request)
    } catch (error) {
      if (!(error instanceof GcpError) || !['throttled', 'unavailable'].includes(error.failure)) throw error
      if (!(await budget.spend(retryAfterOf(error) ?? pause(attempt, 500, 20_000, random)))) throw error
    }
  }
}

/** Reads all pages of a list. @throws GcpError */
export const sendList = async <T>(
  options: ReaderOptions,
  api: Api,
  path: string,
  items: string,
  query: Query = {},
) => {
  const found: T[] = []
  let pageToken: string | undefined
  do {
    const page = await sendRead<Record<string, unknown>>(options, {
      method: 'GET',
      api,
      path,
      query: { ...query, pageToken },
    })
    found.push(...((page[items] as T[] | undefined) ?? []))
    pageToken =
      typeof page.nextPageToken === 'string' && page.nextPageToken !== '' ? page.nextPageToken : undefined
  } while (pageToken !== undefined)
  return found as readonly T[]
}

/** Turns `GET container /v1/projects/{}/locations/-/clusters` into a test of requests. */
const allows = (template: string): ((method: string, api: Api, path: string) => boolean) => {
  const [method, api, path = ''] = template.split(' ')
  const pattern = path.split('{}').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const matcher = new RegExp(`^${pattern.join(segment)}$`)
  return (wantedMethod, wantedApi, wantedPath) =>
    method === wantedMethod &&
    api === wantedApi &&
    !climbing.test(wantedPath) &&
    !unseen.test(wantedPath) &&
    matcher.test(wantedPath)
}

/** One path segment; projects of a domain are `example.com:name`. */
const segment = '(?:[a-z0-9.-]+\\.[a-z]+:)?[^/?#:\\\\]+'

/**
 * By which a URL could leave the template it matched: dot segments, plain or encoded, also before a `:verb`; encoded slashes;
 * blanks and control characters, some of which URLs drop (`.\n.` becomes `..`).
 */
const climbing = /(^|\/)(\.|%2e){1,2}(\/|:|$)|%2f|%5c|[^!-~\u00a0-\uffff]/i

/** Blanks and control characters: a URL drops some of them, so that what is sent would not be what was matched. */
const unseen = /[^!-~]/

/** Secret payloads are out of reach whatever a template says. */
const neverRead = /:access$|:generateAccessToken$|:signJwt$|:signBlob$/

/**
 * A reader that sends nothing but what `reads` allows (law 6), and each request once.
 * @throws ForbiddenRequestError from its methods, before anything is sent.
 */
export const createReader = (options: ReaderOptions, reads: readonly string[]): GcpReader => {
  const tests = reads.map(allows)
  const known = new Map<string, Promise<unknown>>()
  const checked = (method: string, api: Api, path: string): void => {
    if (!neverRead.test(path) && tests.some(test => test(method, api, path))) return
    throw new ForbiddenRequestError(`planning may not send ${method} ${api} ${path}`, {
      advice:
        'This is a defect of Slipway, or an attempt to make a plan write: nothing was sent. Please report it.',
    })
  }
  const once = <T>(key: readonly unknown[], ask: () => Promise<T>): Promise<T> => {
    const name = JSON.stringify(key)
    const asked = known.get(name) ?? ask()
    known.set(name, asked)
    return asked as Promise<T>
  }
  return {
    get: async (api, path, query) => {
      checked('GET', api, path)
      return once(['get', api, path, query], () => sendRead(options, { method: 'GET', api, path, query }))
    },
    list: async <T>(api: Api, path: string, items: string, query?: Query) => {
      checked('GET', api, path)
      return once(['list', api, path, items, query], () => sendList<T>(options, api, path, items, query))
    },
    read: async (api, path, body, query) => {
      checked('POST', api, path)
      return once(['read', api, path, body, query], () =>
        sendRead(options, { method: 'POST', api, path, body, query }),
      )
    },
  }
}
