import type { JsonObject } from '../../../core/json.ts'
import type { Address, Observed, Resource } from '../../../core/resource.ts'
import type { GcpReader } from '../../../gcp/port.ts'
import { observeGroups } from '../observe-groups.ts'
import { silent, unseen } from '../unseen.ts'
import { type ApiInstance, type InstancePlace, listInstances } from './instances.ts'

/** How a kind finds itself in an instance. */
export interface LookInInstance {
  /** The instance that a spec names. */
  readonly placeOf: (spec: JsonObject) => InstancePlace
  /** What the read of it needs, named if the API does not name it itself. */
  readonly permission: string
  /** What an instance that is there says of a resource. */
  readonly seen: (resource: Resource, instance: ApiInstance) => Observed | Promise<Observed>
}

/**
 * Looks at instances or what is in them, with one list a project. Where there is no instance there is nothing in it;
 * where a region did not answer, nobody knows.
 */
export const observeInstances = (
  resources: readonly Resource[],
  gcp: GcpReader,
  { placeOf, permission, seen }: LookInInstance,
): Promise<ReadonlyMap<Address, Observed>> =>
  observeGroups(resources, {
    group: ({ spec }) => placeOf(spec).project,
    read: ({ spec }) => listInstances(gcp, placeOf(spec).project),
    one: (resource, { instances, silent: regions }) => {
      const { name } = placeOf(resource.spec)
      const instance = instances.find(found => found.name === name)
      if (instance !== undefined) return seen(resource, instance)
      return regions.length === 0 ? { state: 'absent' } : silent(resource.address, 'Cloud SQL', regions)
    },
    missed: ({ address, spec }, error) =>
      unseen(error, { address, project: placeOf(spec).project, permission, role: 'roles/cloudsql.viewer' }),
  })
