import type { ApiName } from './apis.ts'
import type { Json } from './json.ts'

/** One request as the emulator saw it. Bodies are kept whole: this is a test's view, not a log file. */
export interface RequestEntry {
  readonly number: number
  readonly time: number
  readonly httpMethod: string
  /** Path and query as sent. */
  readonly url: string
  /** Path below the API's prefix, decoded, without the query. */
  readonly path: string
  readonly api?: ApiName
  /** Discovery id such as `container.projects.locations.clusters.create`, when a route matched. */
  readonly method?: string
  /** The route's path template. */
  readonly template?: string
  readonly project?: string
  readonly identity?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Json
  /** HTTP code of the answer; absent while it is being handled and when the connection was cut before any work. */
  readonly status?: number
  readonly response?: Json
  /** Kind of the injected fault, if one hit. */
  readonly fault?: string
}

/** All requests so far. */
export class RequestLog {
  readonly #entries = new Map<number, RequestEntry>()
  #next = 0

  /** Adds an entry and returns it with its number. */
  open(entry: Omit<RequestEntry, 'number'>): RequestEntry {
    const opened = { ...entry, number: this.#next++ }
    this.#entries.set(opened.number, opened)
    return opened
  }

  /** Adds what became known of an entry and returns it; one that was cleared away meanwhile stays away. */
  amend(entry: RequestEntry, more: Partial<RequestEntry>): RequestEntry {
    const amended = { ...entry, ...more, number: entry.number }
    if (this.#entries.has(entry.number)) this.#entries.set(entry.number, amended)
    return amended
  }

  get all(): readonly RequestEntry[] {
    return [...this.#entries.values()]
  }

  /** Those that were meant to change something and succeeded; policy reads and waits by POST do not count. */
  get writes(): readonly RequestEntry[] {
    const reads =
      /:getIamPolicy$|:testIamPermissions$|\/wait$|:generateAccessToken$|:queryTestablePermissions$|\/token$/
    return this.all.filter(
      ({ httpMethod, path, status }) =>
        httpMethod !== 'GET' && !reads.test(path) && status !== undefined && status < 300,
    )
  }

  clear(): void {
    this.#entries.clear()
  }
}
