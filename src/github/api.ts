import { getOctokit } from '@actions/github'
import type { Clock } from '../core/clock.ts'
import { SlipwayError } from '../core/problem.ts'
import { createTurns } from '../core/turns.ts'

/** GitHub's REST API for one repository. */
export interface GitHubApi {
  readonly octokit: ReturnType<typeof getOctokit>
  readonly repo: { readonly owner: string; readonly repo: string }
}

/** GitHub said no, or nothing, and went on doing so. */
export class GitHubError extends SlipwayError {
  /** HTTP status; 0 if no answer came. */
  readonly status: number
  constructor(
    message: string,
    detail: { readonly status: number; readonly advice?: string; readonly cause?: unknown },
  ) {
    super(message, { advice: detail.advice, cause: detail.cause })
    this.status = detail.status
  }
}

/** What a connection is made of. */
export interface GitHubOptions {
  readonly token: string
  /** `owner/name` */
  readonly repository: string
  /** `GITHUB_API_URL` */
  readonly apiUrl: string
  readonly clock: Clock
  readonly random: () => number
}

interface RequestError {
  readonly status?: number
  readonly message?: string
  readonly response?: {
    readonly headers?: Readonly<Record<string, string | number | undefined>>
    readonly data?: unknown
  }
}

const attempts = 6

/** Requests under way at a time: GitHub limits who has more than a hundred (REST, secondary limits), and several jobs run side by side. */
const places = 20

/**
 * Connects. Waits out rate limits as GitHub asks (`retry-after`, then `x-ratelimit-reset`, then a minute and more) and
 * 5xx with growing pauses (unless `request.once` says that a write must not be sent twice); every other failure becomes a `GitHubError` that names the missing permission.
 */
export const connect = ({ token, repository, apiUrl, clock, random }: GitHubOptions): GitHubApi => {
  const octokit = getOctokit(token, { baseUrl: apiUrl, log: silent })
  const turn = createTurns(places)
  octokit.hook.wrap('request', async (request, options) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await turn(() => Promise.resolve(request(options)))
      } catch (error) {
        const once = options.request?.once === true && !answered(error as RequestError)
        const pause = once ? undefined : pauseAfter(error as RequestError, attempt, clock.now(), random)
        if (pause === undefined || attempt >= attempts)
          throw errorOf(error as RequestError, shown(octokit.request.endpoint.parse(options)), clock.now())
        await clock.sleep(pause)
      }
    }
  })
  const [owner = '', repo = ''] = repository.split('/')
  return { octokit, repo: { owner, repo } }
}

/** `GET /repos/acme/infra/git/ref/heads/main`, as people read it. */
const shown = ({ method, url }: { readonly method: string; readonly url: string }): string =>
  `${method} ${decodeURIComponent(new URL(url).pathname)}`

/** Whether GitHub refused it for certain: after a 5xx or a lost connection it may have been taken. */
const answered = ({ status = 0 }: RequestError): boolean => status > 0 && status < 500

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** Whether GitHub asks for less, by its primary or a secondary limit; the words of the latter have changed over time. */
const isLimited = ({ status = 0, response, message = '' }: RequestError): boolean =>
  status === 429 ||
  (status === 403 &&
    (response?.headers?.['x-ratelimit-remaining'] === '0' ||
      response?.headers?.['retry-after'] !== undefined ||
      /rate limit/i.test(message)))

/** The pause in milliseconds before another attempt, or undefined if there is no use in one. At most two minutes. */
const pauseAfter = (error: RequestError, attempt: number, now: number, random: () => number) => {
  const { status = 0, response } = error
  const headers = response?.headers ?? {}
  const limited = isLimited(error)
  if (!limited && status !== 0 && status < 500) return undefined
  const growing = random() * Math.min(30_000, 1_000 * 2 ** attempt)
  if (!limited) return growing
  const asked = Number(headers['retry-after'])
  // Every answer says when the primary limit is renewed; it matters only once that one is used up.
  const used = headers['x-ratelimit-remaining'] === '0'
  const reset = used ? Number(headers['x-ratelimit-reset']) * 1000 - now : Number.NaN
  const wanted = Number.isFinite(asked)
    ? asked * 1000
    : Number.isFinite(reset) && reset > 0
      ? reset
      : 60_000 + growing
  return wanted > 120_000 ? undefined : wanted
}

const errorOf = (error: RequestError, request: string, now: number): GitHubError => {
  const { status = 0, message = 'no answer' } = error
  const answer = status === 0 ? message : `${status} ${message}`
  return new GitHubError(`GitHub: ${request}: ${answer}`, {
    status,
    advice: adviceFor(error, now),
  })
}

const adviceFor = (error: RequestError, now: number): string => {
  const { status = 0, message = '', response } = error
  const headers = response?.headers ?? {}
  if (isLimited(error))
    return `Run the job again ${laterBy(headers, now)}: the limit is the repository's, for all its workflows.`
  if (status === 401)
    return 'The token is no longer good: run the job again, and give it a token of this repository.'
  if (status === 403 && /not accessible by integration/i.test(message))
    return `Give the job ${permissionIn(headers['x-accepted-github-permissions'])} (README, permissions).`
  if (status === 403)
    return 'GitHub’s words say why: a locked conversation, a rule of the organisation or its list of addresses, or a permission that the job lacks (README, permissions).'
  if (status === 404)
    return 'It is gone, or the job’s token may not see it: see what permissions the job needs (README, permissions), then run it again.'
  if (status >= 400 && status < 500)
    return 'Running it again does not help if the answer stays; please report it with this text.'
  return 'Run the job again; https://www.githubstatus.com says what is down.'
}

/** `in 12 minutes`, where GitHub says until when. */
const laterBy = (headers: NonNullable<RequestError['response']>['headers'] & object, now: number): string => {
  const asked = Number(headers['retry-after']) * 1000
  const reset = Number(headers['x-ratelimit-reset']) * 1000 - now
  const wait = Number.isFinite(asked) ? asked : headers['x-ratelimit-remaining'] === '0' ? reset : Number.NaN
  const minutes = Math.max(1, Math.ceil(wait / 60_000))
  return Number.isFinite(minutes)
    ? `in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`
    : 'in a few minutes'
}

/** `issues=write; pull_requests=write` as a workflow writes it: `issues: write` or `pull-requests: write`. */
const permissionIn = (accepted: string | number | undefined): string => {
  const names = String(accepted ?? '')
    .split(';')
    .map(one => one.trim().replaceAll('_', '-').replace('=', ': '))
    .filter(one => one !== '')
  if (names.length === 0) return 'the permission that this call needs'
  return `the permission ${names.map(name => `\`${name}\``).join(' or ')}`
}

/** The answer, or undefined for a 404, or a 410 of what has expired. */
export const unlessAbsent = async <T>(ask: Promise<T>): Promise<T | undefined> =>
  ask.catch(error => {
    if (error instanceof GitHubError && (error.status === 404 || error.status === 410)) return undefined
    throw error
  })
