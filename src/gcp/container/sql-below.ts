import type { Observed } from '../../core/resource.ts'
import { GcpError, type GcpReader } from '../port.ts'
import { unknown, unseen } from './look.ts'
import {
  type ApiInstance,
  findInstance,
  type InstancePlace,
  isStopped,
  isUnknownInstance,
  lookedAtSql,
  stateAdvice,
  stateOf,
} from './sql-instances.ts'

/**
 * Looks at something inside an instance, `what` for people. Where there is no instance, or one that is just being
 * made, nothing is inside; a stopped one answers errors, so nobody knows.
 */
export const lookInside = async (
  gcp: GcpReader,
  place: InstancePlace,
  what: string,
  look: (instance: ApiInstance) => Promise<Observed>,
): Promise<Observed> => {
  try {
    const instance = await findInstance(gcp, place)
    if (instance === undefined) return { state: 'absent' }
    if (isUnknownInstance(instance)) return instance
    return closed(instance, what) ?? (await look(instance))
  } catch (error) {
    if (error instanceof GcpError && error.failure === 'absent') return { state: 'absent' }
    return unseen(error, lookedAtSql(place, what))
  }
}

/** Why an instance cannot be looked into, or undefined. */
const closed = (instance: ApiInstance, what: string): Observed | undefined => {
  const state = String(instance.state)
  if (state === 'PENDING_CREATE') return { state: 'absent', assumed: 'its instance is still being created' }
  if (['FAILED', 'SUSPENDED', 'PENDING_DELETE'].includes(state))
    return unknown(`${what} cannot be seen: ${stateOf(instance)}.`, stateAdvice(state))
  if (!isStopped(instance)) return undefined
  return unknown(
    `${what} cannot be seen: Cloud SQL instance ${instance.name} is stopped (activation: NEVER).`,
    `Start it: gcloud sql instances patch ${instance.name} --activation-policy=ALWAYS.`,
  )
}
