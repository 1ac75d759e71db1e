import { type Api, type Failure, GcpError } from './port.ts'

/** The parts of Google's error envelope that are read; which of them are present varies by API and age. */
interface ErrorBody {
  readonly error?: {
    readonly code?: number
    readonly message?: string
    readonly status?: string
    readonly errors?: readonly { readonly reason?: string; readonly message?: string }[]
    readonly details?: readonly {
      readonly reason?: string
      readonly metadata?: Readonly<Record<string, string>>
    }[]
  }
}

/** What a request was about, for messages. */
export interface Sent {
  readonly api: Api
  readonly method: string
  readonly path: string
}

/** Makes the error of an answer. `body` is parsed JSON, or text where it was none. */
export const errorOf = (sent: Sent, status: number, body: unknown): GcpError => {
  const error = typeof body === 'object' && body !== null ? (body as ErrorBody).error : undefined
  const reasons = [
    ...(error?.details ?? []).map(({ reason }) => reason),
    ...(error?.errors ?? []).map(({ reason }) => reason),
    error?.status,
  ].filter(reason => reason !== undefined && reason !== '')
  const answer = oneLine(
    error?.message ?? (typeof body === 'string' && body !== '' ? body : `HTTP ${status}`),
  )
  const failure = classify(status, reasons as string[], answer)
  const metadata = (error?.details ?? []).map(detail => detail.metadata).find(found => found !== undefined)
  const advice = isUsedUp(reasons as string[], answer) ? quotaAdvice : adviceFor(failure, answer, metadata)
  return new GcpError(`${sent.method} ${sent.api} ${sent.path}: ${status} ${answer}`, {
    api: sent.api,
    failure,
    status,
    reason: reasons[0] ?? '',
    answer,
    ...(advice === undefined ? {} : { advice }),
  })
}

/** Makes the error of a request that got no answer. */
export const lost = (sent: Sent, cause: unknown): GcpError => {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const answer = inner instanceof Error ? inner.message : String(inner)
  return new GcpError(`${sent.method} ${sent.api} ${sent.path}: no answer: ${answer}`, {
    api: sent.api,
    failure: 'unavailable',
    status: 0,
    reason: '',
    answer,
    cause,
  })
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 600)

/** Facts: the table of error bodies per API; reasons before texts, texts only where the API gives nothing else. */
const classify = (status: number, reasons: readonly string[], answer: string): Failure => {
  const has = (...wanted: readonly string[]) => wanted.some(reason => reasons.includes(reason))
  if (has('SERVICE_DISABLED', 'accessNotConfigured')) return 'disabled'
  if (has('operationInProgress', 'CLUSTER_ALREADY_HAS_OPERATION') || isBusyText(status, answer)) return 'busy'
  if (
    has('rateLimitExceeded', 'RATE_LIMIT_EXCEEDED', 'CONCURRENT_OPERATIONS_QUOTA_EXCEEDED') ||
    status === 429
  )
    return 'throttled'
  if (status >= 500) return 'unavailable'
  if (status === 403 && isUsedUp(reasons, answer)) return 'other'
  if (has('instanceDoesNotExist', 'notFound', 'NOT_FOUND') || status === 404) return 'absent'
  if (has('alreadyExists', 'ALREADY_EXISTS', 'instanceAlreadyExists')) return 'exists'
  if (has('conditionNotMet', 'ABORTED') || status === 412 || /fingerprint mismatch/i.test(answer))
    return 'conflict'
  if (status === 401 || status === 403) return 'forbidden'
  if (status === 409) return 'conflict'
  return status === 400 ? 'invalid' : 'other'
}

const isBusyText = (status: number, answer: string): boolean =>
  status === 400 && /running incompatible operation|Please wait and try again once it is done/i.test(answer)

/** What there may be of something is used up, which GKE says as a 403 with the reason `forbidden`. */
const isUsedUp = (reasons: readonly string[], answer: string): boolean =>
  reasons.some(reason => /^quota_?exceeded$/i.test(reason)) ||
  /insufficient (\w+ )?quota|quota '[^']+' exceeded/i.test(answer)

/** What to do about a quota that is used up. */
export const quotaAdvice = 'Ask for more of the quota that the message names, or use less of it.'

const adviceFor = (
  failure: Failure,
  answer: string,
  metadata: Readonly<Record<string, string>> | undefined,
) => {
  switch (failure) {
    case 'disabled':
      return `Switch the API on${metadata?.activationUrl === undefined ? '' : `: ${metadata.activationUrl}`}; it takes a few minutes to take effect.`
    case 'forbidden':
      return `Give the identity the permission that the answer names${permissionIn(answer)}.`
    case 'throttled':
      return 'Wait a minute and run again; other users of the project share this quota.'
    case 'unavailable':
      return 'Run again: what was begun is picked up.'
    default:
      return undefined
  }
}

/** Hosts and e-mails are no permissions. */
const permissionIn = (answer: string): string => {
  const found = /(?<![\w@/.:-])[a-z]+(?:\.[a-zA-Z]+){2,}(?![\w/:-])/.exec(answer)?.[0]
  return found === undefined ? '' : ` (${found})`
}
