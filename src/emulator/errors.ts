import type { Json, JsonObject } from './json.ts'

/** What identifies an error besides its HTTP code; which parts are present varies by API as in reality. */
export interface ErrorFacts {
  /** google.rpc.Code name. SQL and compute leave it out of their own errors. */
  readonly status?: string
  /** Fills `errors[]`; APIs of the newer style (Secret Manager) have none. */
  readonly reason?: string
  readonly domain?: string
  /** Where `errors[]` says more is to be found. */
  readonly extendedHelp?: string
  readonly details?: readonly JsonObject[]
  /** Seconds for a Retry-After header. */
  readonly retryAfter?: number
}

/** An answer other than 2xx. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: number
  readonly facts: ErrorFacts

  constructor(code: number, message: string, facts: ErrorFacts) {
    super(message)
    this.code = code
    this.facts = facts
  }

  /** Google's envelope: `error{code, message, errors[], status, details[]}`. */
  get body(): JsonObject {
    const { status, reason, domain = 'global', extendedHelp, details } = this.facts
    const { code, message } = this
    const errors: Json | undefined =
      reason === undefined ? undefined : [{ message, domain, reason, extendedHelp }]
    return { error: { code, message, errors, status, details } }
  }
}

/** google.rpc.ErrorInfo. */
export const errorInfo = (reason: string, domain: string, metadata: JsonObject): JsonObject => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain,
  metadata,
})

/** 400 with google.rpc.BadRequest, as the gateway answers a request that does not fit the API's description. */
export function invalidRequest(violations: readonly { field: string; description: string }[]): ApiError {
  const message = violations.map(({ description }) => description).join('\n')
  return new ApiError(400, message, {
    status: 'INVALID_ARGUMENT',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: violations.map(({ field, description }) => ({ field, description })),
      },
    ],
  })
}

/** 400 INVALID_ARGUMENT of an API's own making. */
export const badRequest = (message: string): ApiError =>
  new ApiError(400, message, { status: 'INVALID_ARGUMENT', reason: 'badRequest' })

/** 400 FAILED_PRECONDITION. */
export const failedPrecondition = (message: string, details?: readonly JsonObject[]): ApiError =>
  new ApiError(400, message, {
    status: 'FAILED_PRECONDITION',
    reason: 'failedPrecondition',
    ...(details && { details }),
  })

/** 404 NOT_FOUND in the older style with `errors[]`. */
export const notFound = (message: string): ApiError =>
  new ApiError(404, message, { status: 'NOT_FOUND', reason: 'notFound' })

/** 409 ALREADY_EXISTS. */
export const alreadyExists = (message: string): ApiError =>
  new ApiError(409, message, { status: 'ALREADY_EXISTS', reason: 'alreadyExists' })

/** 401: no token, or one that nobody issued. */
export const unauthenticated = (): ApiError =>
  new ApiError(
    401,
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid ' +
      'authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    { status: 'UNAUTHENTICATED', reason: 'authError' },
  )

/** 403: the caller lacks `permission` on `resource`. */
export const permissionDenied = (permission: string, resource: string, service: string): ApiError =>
  new ApiError(403, `Permission '${permission}' denied on resource '${resource}' (or it may not exist).`, {
    status: 'PERMISSION_DENIED',
    reason: 'forbidden',
    details: [errorInfo('IAM_PERMISSION_DENIED', service, { permission, resource })],
  })

/** 403 SERVICE_DISABLED, with both the old reason and the new ErrorInfo. */
export function serviceDisabled(service: string, title: string, projectNumber: string): ApiError {
  const activationUrl = `https://console.developers.google.com/apis/api/${service}/overview?project=${projectNumber}`
  const message =
    `${title} has not been used in project ${projectNumber} before or it is disabled. Enable it by visiting ` +
    `${activationUrl} then retry. If you enabled this API recently, wait a few minutes for the action to ` +
    'propagate to our systems and retry.'
  const metadata = { service, consumer: `projects/${projectNumber}`, activationUrl, serviceTitle: title }
  return new ApiError(403, message, {
    status: 'PERMISSION_DENIED',
    reason: 'accessNotConfigured',
    domain: 'usageLimits',
    extendedHelp: 'https://console.developers.google.com',
    details: [errorInfo('SERVICE_DISABLED', 'googleapis.com', metadata)],
  })
}

/** 429 of a per-minute quota; compute says the same thing as a 403. */
export function rateLimited(service: string, compute: boolean, retryAfter?: number): ApiError {
  const metadata = {
    service,
    quota_metric: `${service}/default_requests`,
    quota_limit: 'defaultPerMinutePerProject',
  }
  const message = `Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service '${service}'.`
  return new ApiError(compute ? 403 : 429, message, {
    status: compute ? 'PERMISSION_DENIED' : 'RESOURCE_EXHAUSTED',
    reason: 'rateLimitExceeded',
    domain: 'usageLimits',
    details: [errorInfo('RATE_LIMIT_EXCEEDED', 'googleapis.com', metadata)],
    ...(retryAfter !== undefined && { retryAfter }),
  })
}

/** 500 or 503. */
export const serverError = (code: 500 | 503, retryAfter?: number): ApiError =>
  new ApiError(code, code === 500 ? 'Internal error encountered.' : 'The service is currently unavailable.', {
    status: code === 500 ? 'INTERNAL' : 'UNAVAILABLE',
    reason: 'backendError',
    ...(retryAfter !== undefined && { retryAfter }),
  })

/** 501: a real request that this emulator does not know how to answer. Never a silent success. */
export const notEmulated = (what: string): ApiError =>
  new ApiError(501, `The emulator does not implement ${what}.`, { status: 'UNIMPLEMENTED' })
