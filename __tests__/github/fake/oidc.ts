import { randomBytes, randomUUID } from 'node:crypto'
import type { Answer } from './answers.ts'
import type { Incoming } from './http.ts'
import type { JsonObject } from './json.ts'

/** The issuer of job identities. */
export const ISSUER = 'https://token.actions.githubusercontent.com'

/** Observed life of a job's JWT, in seconds. */
const LIFE = 300

/** A job that may ask for identity tokens. */
export interface OidcJob {
  /** `ACTIONS_ID_TOKEN_REQUEST_URL` */
  readonly requestUrl: string
  /** `ACTIONS_ID_TOKEN_REQUEST_TOKEN`, which is the job's runtime token too. */
  readonly requestToken: string
  /** After this the token is refused, as for a completed job. */
  readonly complete: () => void
}

/** The endpoint that mints JWTs for jobs. */
export interface OidcIssuer {
  readonly open: (claims: JsonObject) => OidcJob
  readonly serve: (incoming: Incoming) => Answer
  /** Audiences asked for, in order. */
  readonly audiences: readonly string[]
}

const encode = (part: JsonObject): string => Buffer.from(JSON.stringify(part)).toString('base64url')

/** Shaped as GitHub's RS256 tokens; the signature is noise. */
const jwt = (claims: JsonObject, audience: string): string => {
  const now = Math.floor(Date.now() / 1000)
  const header = encode({ typ: 'JWT', alg: 'RS256', x5t: 'fake', kid: 'fake-key' })
  const times = { nbf: now - 300, exp: now + LIFE, iat: now }
  const payload = encode({ jti: randomUUID(), aud: audience, iss: ISSUER, ...claims, ...times })
  return `${header}.${payload}.${randomBytes(256).toString('base64url')}`
}

/** Claims of a JWT, unchecked. */
export const decodeClaims = (token: string): JsonObject =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))

interface Open {
  readonly claims: JsonObject
  readonly token: string
  done: boolean
}

/** An issuer whose jobs ask below `origin()`/idtoken. */
export const createIssuer = (origin: () => string, defaultAudience: string): OidcIssuer => {
  const jobs = new Map<string, Open>()
  const audiences: string[] = []
  const open = (claims: JsonObject): OidcJob => {
    const id = randomUUID()
    const token = `eyJ0eXAiOiJKV1QifQ.${randomBytes(48).toString('base64url')}.${randomBytes(32).toString('base64url')}`
    const job: Open = { claims, token, done: false }
    jobs.set(id, job)
    const requestUrl = `${origin()}/idtoken/${id}?api-version=2.0`
    const complete = (): void => {
      job.done = true
    }
    return { requestUrl, requestToken: token, complete }
  }
  const serve = ({ url, headers }: Incoming): Answer => {
    const job = jobs.get(url.pathname.replace('/idtoken/', ''))
    const isHolder = job !== undefined && headers.authorization === `Bearer ${job.token}`
    if (!isHolder) return { status: 401, body: { message: 'Unauthorized' } }
    if (job.done)
      return { status: 403, body: { message: "Can't issue ID_TOKEN for job in 'Completed' state" } }
    const audience = url.searchParams.get('audience') ?? defaultAudience
    audiences.push(audience)
    const value = jwt(job.claims, audience)
    return { status: 200, body: { count: value.length, value } }
  }
  return { open, serve, audiences }
}
