import type { Clock } from '../../core/clock.ts'
import { isObject, type Json, type JsonObject } from '../../core/json.ts'
import { SlipwayError, StoppedError } from '../../core/problem.ts'
import type { Secret } from '../../core/secret.ts'

/**
 * Names another way to an address, for runners that reach a server through a private network and for tests: a JSON
 * object from host to base URL, `{"203.0.113.9": "http://10.0.0.5:8080"}`; `*` is any other host, `{address}` in its URL
 * that host.
 */
export const overridesVariable = 'SLIPWAY_HEALTH_ENDPOINT_OVERRIDES'

/** What is asked, and what has to come. */
export interface HealthCheck {
  readonly url: string
  readonly status: string
  readonly version: string | undefined
  /** `user:password`. */
  readonly login: Secret | undefined
  readonly seconds: number
  readonly overrides: string | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
}

const pause = 3_000
const patience = 10_000
const most = 100_000

/**
 * Asks until the server says that it is well, and gives that in words: `healthy, version 0.13.0`.
 * @throws SlipwayError with the last answer.
 */
export const waitUntilHealthy = async (check: HealthCheck): Promise<string> => {
  const { clock, seconds, signal, url } = check
  const started = clock.now()
  for (;;) {
    const { well, words } = await ask(check)
    if (well) return words
    if (signal.aborted) throw new StoppedError(`The run was asked to stop before ${url} was well.`)
    if (clock.now() - started > seconds * 1000)
      throw new SlipwayError(
        `${url} is not well after ${Math.round((clock.now() - started) / 1000)} s: ${words}.`,
        {
          advice:
            'Everything was applied. See the log of the server’s pod, and whether its address can be reached from here.',
        },
      )
    await clock.sleep(pause, signal)
  }
}

interface Answer {
  readonly well: boolean
  readonly words: string
}

const ask = async (check: HealthCheck): Promise<Answer> => {
  const headers = check.login === undefined ? {} : { authorization: basic(check.login) }
  try {
    const target = targetOf(check)
    const answer = await fetch(target, { headers, redirect: 'error', signal: AbortSignal.timeout(patience) })
    const text = (await answer.text()).slice(0, most)
    if (answer.status !== 200) return { well: false, words: `it answers ${answer.status}` }
    return judged(text, check)
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return { well: false, words: `no answer (${cause instanceof Error ? cause.message : String(cause)})` }
  }
}

const basic = (login: Secret): string => `Basic ${Buffer.from(login.reveal()).toString('base64')}`

const targetOf = ({ url, overrides }: HealthCheck): URL => {
  const target = new URL(url)
  if (target.pathname === '/') target.pathname = '/api/health'
  const base = overrides === undefined ? undefined : json(overrides)
  const other = isObject(base) ? (base[target.host] ?? base['*']) : undefined
  if (typeof other !== 'string') return target
  return new URL(`${other.replace('{address}', target.host).replace(/\/$/, '')}${target.pathname}`)
}

const judged = (text: string, { status, version }: HealthCheck): Answer => {
  const body = json(text)
  const said: JsonObject = isObject(body) ? body : {}
  const words = `${String(said.status ?? 'no status')}${said.version === undefined ? '' : `, version ${String(said.version)}`}`
  // Without a login a server that wants one tells nobody its version.
  const rightVersion = version === undefined || said.version === undefined || said.version === version
  return {
    well: said.status === status && rightVersion,
    words: rightVersion ? words : `${words}, expected ${String(version)}`,
  }
}

const json = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
