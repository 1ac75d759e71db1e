import type { Absent, Address, Observed, Present, Resource } from '../../core/resource.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { type Marks, marksOf } from '../shared/identity.ts'
import { type ApiMember, listInside, observeInside } from '../shared/sql/inside.ts'
import {
  type ApiInstance,
  type InstancePlace,
  instanceIdentity,
  isStopped,
  listInstances,
  placeOf,
} from '../shared/sql/instances.ts'
import { userSpecOf } from './api.ts'
import { noteOf, noteSpecOf } from './note.ts'

/** Looks at all users: one list of instances a project, one list of users an instance. */
export const observeUsers = (
  resources: readonly Resource[],
  gcp: GcpReader,
): Promise<ReadonlyMap<Address, Observed>> => observeInside(resources, gcp, 'users', present, absent)

/** Users that are there, by the notes on their instances; only of instances that the resources are in and that run. */
export const userMarks = async (
  gcp: GcpReader,
  project: string,
  resources: readonly Resource[],
): Promise<Marks> => {
  const names = new Set(
    resources.flatMap(({ spec }) => (spec.instance === undefined ? [] : [placeOf(spec).name])),
  )
  const { instances } = await listInstances(gcp, project)
  const running = instances.filter(one => names.has(one.name) && one.state === 'RUNNABLE' && !isStopped(one))
  const found = await Promise.all(
    running.map(async instance => {
      const place = { project, name: instance.name }
      const users = (await listInside(gcp, place, 'users')) ?? []
      return users.map(({ name }) => ({
        identity: `${instanceIdentity(place)}/users/${name}`,
        mark: noteOf(instance, name)?.environment ?? null,
      }))
    }),
  )
  return marksOf(
    found.flat(),
    ({ identity }) => identity,
    ({ mark }) => mark,
  )
}

/** A note without a user is what a run leaves that dies between taking away the one and the other. */
const absent = (name: string, instance: ApiInstance): Absent => {
  const note = noteOf(instance, name)
  const about = 'the user is gone; its note on the instance is not'
  return {
    state: 'absent',
    ...(note === undefined ? {} : { leftover: { mark: note.environment, about } }),
  }
}

/** Roles and passwords are write-only; the note on the instance says which version of the password was set. */
const present = (place: InstancePlace, user: ApiMember, instance: ApiInstance): Present => {
  const note = noteOf(instance, user.name)
  return {
    state: 'present',
    spec: {
      ...userSpecOf(user, place),
      ...noteSpecOf(instance, user.name),
    },
    unknown: ['roles', 'password'],
    mark: note?.environment ?? null,
    outputs: {},
  }
}
