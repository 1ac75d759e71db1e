import type { JsonObject } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { Outputs } from '../../core/reference.ts'
import type { Secret } from '../../core/secret.ts'
import { type ApplyingPorts, text, type Work } from '../kind.ts'
import { waitUntilHealthy } from './health.ts'
import { timeoutOf } from './spec.ts'

const healthSeconds = 300

/** Asks the server how it is, if the file says where, and gives what others may refer to. @throws SlipwayError, GcpError */
export const outputsOf = async (work: Work, ports: ApplyingPorts): Promise<Outputs> => {
  const health = work.spec.health as JsonObject | undefined
  if (health === undefined) return {}
  const url = text(health, 'url')
  const { status, version } = (health.expect ?? {}) as JsonObject
  work.progress(`asking ${url}`)
  const words = await waitUntilHealthy({
    url,
    status: String(status),
    version: typeof version === 'string' ? version : undefined,
    login: await loginOf(work, ports, health),
    seconds: Math.min(healthSeconds, timeoutOf(work.spec)),
    overrides: ports.run.healthOverrides,
    clock: ports.run.clock,
    signal: work.signal,
  })
  return { url: new URL(url).origin, health: words }
}

const loginOf = async (
  work: Work,
  ports: ApplyingPorts,
  { login }: JsonObject,
): Promise<Secret | undefined> => {
  if (login === undefined || login === null) return undefined
  if (typeof login !== 'string') {
    const secret = ports.value(text(login as JsonObject, 'env'))
    ports.redactor.add(secret)
    return secret
  }
  const { name, version } = work.outputs(login) ?? {}
  if (typeof name !== 'string' || typeof version !== 'string')
    throw new SlipwayError(`${work.address}: ${login} has no version yet, so its health cannot be asked.`, {
      advice: 'Run it again: the secret is made by the same file.',
    })
  const full = name.startsWith('projects/') ? name : `projects/${text(work.spec, 'project')}/secrets/${name}`
  const secret = await ports.gcp.payload(full, version)
  ports.redactor.add(secret)
  return secret
}
