import type { Answer } from './answers.ts'
import { failure } from './answers.ts'

/** A planned deviation from the fake's normal behaviour. */
export interface Fault {
  /** Only this method. */
  readonly method?: string
  /** Only pathnames that match (without the query). */
  readonly path?: RegExp
  /** How often; once unless told. */
  readonly times?: number
  /** How many matching requests pass first. */
  readonly skip?: number
  /** `after`: the request has its effect, and then its answer is replaced (a write that was taken). */
  readonly when?: 'before' | 'after'
  /** What is answered; `reset` cuts the connection; left out: the normal answer. */
  readonly answer?: Answer | 'reset'
  /** Something that happens meanwhile, for example a push. */
  readonly meanwhile?: () => void
}

/** The faults still to come; `take` gives the one for a request and counts it. */
export interface Faults {
  readonly add: (fault: Fault) => void
  readonly clear: () => void
  readonly take: (method: string, pathname: string) => Fault | undefined
}

interface Waiting {
  readonly fault: Fault
  skip: number
  left: number
}

/** An empty list of faults. */
export const createFaults = (): Faults => {
  const waiting: Waiting[] = []
  const take = (method: string, pathname: string): Fault | undefined => {
    for (const one of waiting) {
      const { fault } = one
      if (one.left === 0 || (fault.method ?? method) !== method || fault.path?.test(pathname) === false)
        continue
      if (one.skip > 0) {
        one.skip -= 1
        continue
      }
      one.left -= 1
      return fault
    }
    return undefined
  }
  return {
    add: fault => void waiting.push({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 }),
    clear: () => void waiting.splice(0),
    take,
  }
}

const seconds = (): number => Math.floor(Date.now() / 1000)

/** The primary limit of a job token is used up until `resetIn` seconds from now. */
export const primaryLimit = (resetIn: number, status: 403 | 429 = 403): Answer => ({
  ...failure(status, 'API rate limit exceeded for installation ID 4711.'),
  headers: {
    'x-ratelimit-limit': '1000',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-used': '1000',
    'x-ratelimit-reset': String(seconds() + resetIn),
  },
})

/** The secondary limit, with `retry-after` in seconds if given. */
export const secondaryLimit = (retryAfter?: number, status: 403 | 429 = 403): Answer => ({
  ...failure(
    status,
    'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. ' +
      'Please retry your request again later. If you reach out to GitHub Support for help, please include the request ID.',
  ),
  ...(retryAfter !== undefined && { headers: { 'retry-after': String(retryAfter) } }),
})

/** GitHub's own trouble; a gateway answers in HTML. */
export const serverError = (status: 500 | 502 | 503 | 504 = 502): Answer =>
  status === 500
    ? failure(500, 'Server Error')
    : {
        status,
        raw: '<!DOCTYPE html><title>Unicorn! &middot; GitHub</title>',
        headers: { 'content-type': 'text/html' },
      }
