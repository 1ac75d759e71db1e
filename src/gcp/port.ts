import { SlipwayError } from '../core/problem.ts'
import type { Secret } from '../core/secret.ts'

/** The Google APIs that Slipway calls, by the first label of their host. */
export type Api =
  | 'serviceusage'
  | 'container'
  | 'iam'
  | 'cloudresourcemanager'
  | 'secretmanager'
  | 'sqladmin'
  | 'compute'
  | 'iamcredentials'
  | 'sts'

/** Query parameters; undefined ones are left out, lists are repeated. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** What went wrong, in the terms that code decides by; `other` is everything else. */
export type Failure =
  | 'absent' // 404 that is authorised, and the 403s that mean it
  | 'forbidden' // 401, 403: a permission is missing
  | 'disabled' // 403 SERVICE_DISABLED / accessNotConfigured
  | 'busy' // another operation runs on the same instance or cluster
  | 'conflict' // a precondition failed (etag, fingerprint, settingsVersion)
  | 'exists' // 409 already exists
  | 'throttled' // 429, rate limits
  | 'unavailable' // 5xx, connection lost, time-out
  | 'invalid' // 400
  | 'other'

/** The answer of something that was waited for in vain. */
export const notSeenYet = 'not seen yet'

/** An answer of a Google API that is not a success, or a finished operation that holds an error. */
export class GcpError extends SlipwayError {
  readonly api: Api
  readonly failure: Failure
  /** HTTP status; 0 if no answer came. */
  readonly status: number
  /** The most specific reason the body names (ErrorInfo.reason, errors[].reason or status), or ''. */
  readonly reason: string
  /** What the API said, one line. */
  readonly answer: string
  constructor(
    message: string,
    detail: {
      api: Api
      failure: Failure
      status: number
      reason: string
      answer: string
      advice?: string
      cause?: unknown
    },
  ) {
    super(message, { advice: detail.advice, cause: detail.cause })
    this.api = detail.api
    this.failure = detail.failure
    this.status = detail.status
    this.reason = detail.reason
    this.answer = detail.answer
  }
}

/**
 * Reads, and nothing else: every request must match a kind's `reads`, or a `ForbiddenRequestError` is thrown before
 * anything is sent. Answers are remembered for the life of the reader, so that several kinds can share one list call.
 * Paths begin with `/` and follow the API's host, for example `/v1/projects/p/instances`.
 */
export interface GcpReader {
  /** GETs one thing. @throws GcpError */
  get<T>(api: Api, path: string, query?: Query): Promise<T>
  /** GETs all pages of a list and joins the array found at `items` (missing: empty). @throws GcpError */
  list<T>(api: Api, path: string, items: string, query?: Query): Promise<readonly T[]>
  /** A read that the API wants as POST, for example `:getIamPolicy`. @throws GcpError */
  read<T>(api: Api, path: string, body: unknown, query?: Query): Promise<T>
}

/** A write. */
export interface Write<T> {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly api: Api
  readonly path: string
  readonly query?: Query
  readonly body?: unknown
  /**
   * Looks whether an earlier, unanswered attempt was taken. Called after a lost connection or a 5xx, before the write
   * is sent again; what it gives back (not undefined) stands for the answer.
   */
  readonly lookUp?: () => Promise<T | undefined>
  /** Errors to wait out besides 429, 5xx and busy, for example a member that IAM does not see yet. */
  readonly waitOut?: (error: GcpError) => boolean
}

/** Reads without memory, and writes. */
export interface Gcp extends GcpReader {
  /**
   * Sends a write; waits out 429, 5xx and busy with growing, jittered pauses as far as the budget goes.
   * @throws GcpError
   */
  write<T>(write: Write<T>): Promise<T>
  /**
   * Polls an operation with growing, jittered pauses until it is done. `path` is what a GET of it takes. Understands
   * the `status` of container, sqladmin and compute and the `done` of serviceusage.
   * @throws GcpError if it ended with an error.
   */
  wait(api: Api, path: string, onProgress?: (text: string) => void): Promise<void>
  /**
   * Asks again and again, with growing, jittered pauses, until `check` gives something; for what is eventually
   * consistent. `what` names it in the error. Limit in seconds.
   * @throws GcpError `unavailable` when the limit is over.
   */
  until<T>(what: string, limit: number, check: () => Promise<T | undefined>): Promise<T>
  /** Says that this run has switched a service on, so that its 403 SERVICE_DISABLED is waited out for some minutes. */
  enabled(service: string): void
  /** The payload of an enabled version of a Secret Manager secret. `secret` is `projects/P/secrets/S`. @throws GcpError */
  payload(secret: string, version: string): Promise<Secret>
}

/** A request that no kind's `reads` allows; never sent. A defect of Slipway, or an attempt to misuse it. */
export class ForbiddenRequestError extends SlipwayError {}
