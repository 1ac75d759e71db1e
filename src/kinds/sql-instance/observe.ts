import type { JsonObject } from '../../core/json.ts'
import type { Address, Observed, Resource } from '../../core/resource.ts'
import { objectOf } from '../../gcp/container/codecs.ts'
import { unknown, unseen } from '../../gcp/container/look.ts'
import {
  type ApiInstance,
  findInstance,
  type InstancePlace,
  isUnknownInstance,
  lookedAtSql,
  stateAdvice,
  stateOf,
} from '../../gcp/container/sql-instances.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { text } from '../kind.ts'
import { instanceMark, instanceOutputs, instanceSpecOf } from './api.ts'

/** The instance that a spec names. */
export const placeOf = (spec: JsonObject): InstancePlace => ({
  project: text(spec, 'project'),
  name: text(spec, 'name'),
})

/** Looks at all instances, with one list a project. */
export const observeInstances = async (
  resources: readonly Resource[],
  gcp: GcpReader,
): Promise<ReadonlyMap<Address, Observed>> =>
  new Map(
    await Promise.all(
      resources.map(async ({ address, spec }) => [address, await observeOne(placeOf(spec), gcp)] as const),
    ),
  )

const observeOne = async (place: InstancePlace, gcp: GcpReader): Promise<Observed> => {
  try {
    const instance = await findInstance(gcp, place)
    if (instance === undefined) return { state: 'absent' }
    return isUnknownInstance(instance) ? instance : seen(place, instance)
  } catch (error) {
    return unseen(error, lookedAtSql(place, `Cloud SQL instance ${place.name}`))
  }
}

const seen = (place: InstancePlace, instance: ApiInstance): Observed => {
  const { instanceType = 'CLOUD_SQL_INSTANCE' } = instance
  if (instanceType !== 'CLOUD_SQL_INSTANCE')
    return unknown(
      `Cloud SQL instance ${place.name} is a ${String(instanceType)}, and the file asks for one that stands alone.`,
      'Promote it first, or give this one another name.',
    )
  switch (instance.state) {
    case 'FAILED':
    case 'SUSPENDED':
    case 'PENDING_DELETE':
      return unknown(`${stateOf(instance)}.`, stateAdvice(instance.state))
    case 'PENDING_CREATE':
      return present(place, instance, { settling: 'being created' })
    case 'MAINTENANCE':
      return present(place, instance, { settling: 'in maintenance' })
    case 'REPAIRING':
      return present(place, instance, { settling: 'being repaired' })
    default:
      return present(place, instance, { about: aboutOf(instance) })
  }
}

const aboutOf = ({ settings }: ApiInstance): string => {
  const { settingsVersion = '?', activationPolicy } = objectOf(settings)
  return `settings version ${settingsVersion}${activationPolicy === 'NEVER' ? ', stopped' : ''}`
}

const present = (
  { project }: InstancePlace,
  instance: ApiInstance,
  more: { readonly settling?: string; readonly about?: string },
): Observed => ({
  state: 'present',
  spec: instanceSpecOf(instance, project),
  mark: instanceMark(instance),
  outputs: instanceOutputs(instance),
  ...more,
})
