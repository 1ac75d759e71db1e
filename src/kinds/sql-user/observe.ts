import type { Address, Observed, Present, Resource } from '../../core/resource.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { type ApiMember, observeInside } from '../shared/sql/inside.ts'
import type { ApiInstance, InstancePlace } from '../shared/sql/instances.ts'
import { userSpecOf } from './api.ts'
import { noteOf } from './note.ts'

/** Looks at all users: one list of instances a project, one list of users an instance. */
export const observeUsers = (
  resources: readonly Resource[],
  gcp: GcpReader,
): Promise<ReadonlyMap<Address, Observed>> => observeInside(resources, gcp, 'users', present)

/** Roles and passwords are write-only; the note on the instance says which version of the password was set. */
const present = (place: InstancePlace, user: ApiMember, instance: ApiInstance): Present => {
  const note = noteOf(instance, user.name)
  return {
    state: 'present',
    spec: {
      ...userSpecOf(user, place),
      ...(note === undefined ? {} : { mark: note.environment }),
      ...(note?.passwordVersion === undefined ? {} : { passwordVersion: note.passwordVersion }),
    },
    unknown: ['roles', 'password'],
    mark: note?.environment ?? null,
    outputs: {},
  }
}
