import { isObject, type Json } from '../core/json.ts'
import { KubernetesError } from './port.ts'

/** The error of an answer that is not a success. `asked` is the method and path. */
export const failureOf = (asked: string, status: number, body: string): KubernetesError => {
  const answer = parsed(body)
  const field = (key: string): string => {
    const value = isObject(answer) ? answer[key] : undefined
    return typeof value === 'string' ? value : ''
  }
  const said = field('message') || body.slice(0, 300).replace(/\s+/g, ' ').trim() || 'nothing'
  const details = isObject(answer) ? answer.details : undefined
  const advice = adviceFor(status, said)
  return new KubernetesError(`${asked} failed with ${status}: ${said}`, {
    status,
    reason: field('reason'),
    ...(details === undefined ? {} : { details }),
    ...(advice === undefined ? {} : { advice }),
  })
}

/** The error of a request that got no answer. */
export const noAnswer = (asked: string, url: string, cause: unknown): KubernetesError =>
  new KubernetesError(`${asked} got no answer from ${url}: ${wordsOf(cause)}`, {
    status: 0,
    reason: '',
    advice:
      'Check that the runner can reach the cluster: its DNS endpoint with external traffic allowed, or an address in its authorised networks.',
    cause,
  })

const adviceFor = (status: number, said: string): string | undefined => {
  if (status === 401)
    return 'The token was refused: check the identity, and that it has container.clusters.connect.'
  if (status === 403)
    return `Grant what is missing, for example roles/container.viewer to the planner or roles/container.admin to the applier${/secrets/.test(said) ? ' (the planner never reads Secrets)' : ''}.`
  if (status === 429 || status >= 500) return 'The API server is busy or being upgraded: run it again.'
  return undefined
}

const wordsOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  return cause.message === '' && 'code' in cause ? String(cause.code) : cause.message
}

const parsed = (body: string): Json | undefined => {
  try {
    return JSON.parse(body) as Json
  } catch {
    return undefined
  }
}
