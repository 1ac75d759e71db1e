import { z } from 'zod'
import type { JsonObject } from '../../../core/json.ts'
import type { Absent, Address, Observed, Present, Resource } from '../../../core/resource.ts'
import type { GcpReader } from '../../../gcp/port.ts'
import { text } from '../../kind.ts'
import { unlessAbsent } from '../calls.ts'
import { understood } from '../understood.ts'
import { unknown } from '../unseen.ts'
import {
  type ApiInstance,
  type InstancePlace,
  instancePath,
  isBroken,
  isLeaving,
  isStopped,
  placeOf,
  stateAdvice,
  stateOf,
} from './instances.ts'
import { observeInstances } from './observe.ts'

/** What is inside an instance. */
export type Collection = 'databases' | 'users'

/** A database or a user as sqladmin v1 lists it; the rest is read by the tables of fields. */
export interface ApiMember extends JsonObject {
  readonly name: string
}

const membersSchema = z.array(z.looseObject({ name: z.string() }))

/** The databases or users of an instance, undefined if the instance is not there. @throws GcpError */
export const listInside = async (
  gcp: GcpReader,
  place: InstancePlace,
  collection: Collection,
): Promise<readonly ApiMember[] | undefined> => {
  const path = `${instancePath(place)}/${collection}`
  const found = await unlessAbsent(() => gcp.list<ApiMember>('sqladmin', path, 'items'))
  if (found !== undefined) understood(membersSchema, found, 'sqladmin', path)
  return found
}

/**
 * Looks at databases or users: one list of instances a project, one list an instance. In one that is just being made
 * nothing is inside; a stopped one answers errors, so nobody knows.
 */
export const observeInside = (
  resources: readonly Resource[],
  gcp: GcpReader,
  collection: Collection,
  present: (place: InstancePlace, member: ApiMember, instance: ApiInstance) => Present,
  absent: (name: string, instance: ApiInstance) => Absent = () => ({ state: 'absent' }),
): Promise<ReadonlyMap<Address, Observed>> =>
  observeInstances(resources, gcp, {
    placeOf,
    permission: `cloudsql.${collection}.list`,
    seen: async ({ address, spec }, instance) => {
      const shut = closed(address, instance)
      if (shut !== undefined) return shut
      const place = placeOf(spec)
      const members = (await listInside(gcp, place, collection)) ?? []
      const wanted = text(spec, 'name')
      const member = members.find(({ name }) => name === wanted)
      return member === undefined ? absent(wanted, instance) : present(place, member, instance)
    },
  })

/** Why an instance cannot be looked into, or undefined. */
const closed = (address: Address, instance: ApiInstance): Observed | undefined => {
  if (instance.state === 'PENDING_CREATE')
    return { state: 'absent', assumed: 'its instance is still being created' }
  if (isBroken(instance))
    return {
      ...unknown(`${address} cannot be seen: ${stateOf(instance)}.`, stateAdvice(instance)),
      // What is inside goes with it.
      ...(isLeaving(instance) ? { leaving: {} } : {}),
    }
  if (!isStopped(instance)) return undefined
  return unknown(
    `${address} cannot be seen: Cloud SQL instance ${instance.name} is stopped (activation: NEVER).`,
    `Start it: gcloud sql instances patch ${instance.name} --activation-policy=ALWAYS.`,
  )
}
