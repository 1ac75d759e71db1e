import type { OperationFailure } from './operations.ts'
import type { RequestEntry } from './requests.ts'

/**
 * What goes wrong. The numbers are HTTP codes; `reset-after-success` does the work and then cuts the connection,
 * `hang-after-success` does it and never answers.
 */
export type FaultKind =
  | 429
  | 500
  | 503
  | 'reset'
  | 'reset-after-success'
  | 'hang-after-success'
  | 'delay'
  | 'operation-error'

/** Which requests a fault hits. */
export interface FaultPattern {
  readonly method?: string
  /** Tried on the path below the API's prefix. */
  readonly path?: RegExp
  /** Skip the first `nth - 1` requests that match. */
  readonly nth?: number
}

/** A fault to inject. */
export interface Fault {
  readonly match: FaultPattern | ((request: RequestEntry) => boolean)
  readonly kind: FaultKind
  /** How often; once when left out. */
  readonly times?: number
  /** Seconds, for 429, 500 and 503. */
  readonly retryAfter?: number
  /** Milliseconds of real time, for `delay`; 50 when left out. */
  readonly delay?: number
  /** How the operation ends, for `operation-error`. */
  readonly failure?: OperationFailure
}

/** Faults that strike by themselves, the same ones for the same seed and the same requests. */
export interface RandomFaults {
  /** 0 to 1, for each request. */
  readonly probability: number
  readonly seed: number
  readonly kinds: readonly FaultKind[]
}

interface Armed {
  readonly fault: Fault
  skip: number
  left: number
}

const matches = (match: Fault['match'], request: RequestEntry): boolean =>
  typeof match === 'function'
    ? match(request)
    : (match.method === undefined || match.method === request.httpMethod) &&
      (match.path === undefined || match.path.test(request.path))

/** mulberry32: small, fast, good enough for picking requests. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The faults that are armed. */
export class Faults {
  readonly #armed: Armed[] = []
  #random: (() => Fault | undefined) | undefined

  /** Arms a fault. */
  add(fault: Fault): void {
    const nth = typeof fault.match === 'function' ? 1 : (fault.match.nth ?? 1)
    this.#armed.push({ fault, skip: nth - 1, left: fault.times ?? 1 })
  }

  /** Lets faults strike at random; `undefined` stops them. */
  random(options: RandomFaults | undefined): void {
    if (options === undefined) {
      this.#random = undefined
      return
    }
    const next = randomNumbers(options.seed)
    this.#random = () => {
      if (next() >= options.probability) return undefined
      const kind = options.kinds[Math.floor(next() * options.kinds.length)]
      return kind === undefined ? undefined : { match: () => true, kind }
    }
  }

  /** The fault that hits this request, used up by it. */
  take(request: RequestEntry): Fault | undefined {
    for (const armed of this.#armed) {
      if (armed.left <= 0 || !matches(armed.fault.match, request)) continue
      if (armed.skip > 0) {
        armed.skip--
        continue
      }
      armed.left--
      return armed.fault
    }
    return this.#random?.()
  }

  /** Whether every armed fault has struck as often as it was to. */
  get spent(): boolean {
    return this.#armed.every(({ left }) => left <= 0)
  }

  clear(): void {
    this.#armed.length = 0
    this.#random = undefined
  }
}
