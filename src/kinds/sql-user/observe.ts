import type { Address, Observed, Resource } from '../../core/resource.ts'
import { lookInside } from '../../gcp/container/sql-below.ts'
import { type InstancePlace, instancePath } from '../../gcp/container/sql-instances.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { text } from '../kind.ts'
import { type ApiUser, placeOf, userSpecOf } from './api.ts'
import { type Note, noteOf } from './note.ts'

/** Looks at all users: one list of instances a project, one list of users an instance. */
export const observeUsers = async (
  resources: readonly Resource[],
  gcp: GcpReader,
): Promise<ReadonlyMap<Address, Observed>> =>
  new Map(
    await Promise.all(
      resources.map(async wanted => [wanted.address, await observeOne(wanted, gcp)] as const),
    ),
  )

const observeOne = ({ spec }: Resource, gcp: GcpReader): Promise<Observed> => {
  const [place, name] = [placeOf(spec), text(spec, 'name')]
  const what = `user ${name} of Cloud SQL instance ${place.name}`
  return lookInside(gcp, place, what, async instance => {
    const users = await gcp.list<ApiUser>('sqladmin', `${instancePath(place)}/users`, 'items')
    const found = users.find(user => user.name === name)
    return found === undefined ? { state: 'absent' } : present(place, found, noteOf(instance, name))
  })
}

/** Roles and passwords are write-only; the note on the instance says which version of the password was set. */
const present = (place: InstancePlace, user: ApiUser, note: Note | undefined): Observed => ({
  state: 'present',
  spec: {
    ...userSpecOf(user, place),
    ...(note === undefined ? {} : { mark: note.environment }),
    ...(note?.passwordVersion === undefined ? {} : { passwordVersion: note.passwordVersion }),
  },
  unknown: ['roles', 'password'],
  mark: note?.environment ?? null,
  outputs: {},
})
