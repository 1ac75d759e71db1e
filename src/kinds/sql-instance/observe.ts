import type { JsonObject } from '../../core/json.ts'
import type { Address, Observed, Resource } from '../../core/resource.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { text } from '../kind.ts'
import { objectOf } from '../shared/codecs.ts'
import {
  type ApiInstance,
  type InstancePlace,
  isBroken,
  isLeaving,
  isStopped,
  stateAdvice,
  stateOf,
} from '../shared/sql/instances.ts'
import { observeInstances } from '../shared/sql/observe.ts'
import { unknown } from '../shared/unseen.ts'
import { instanceMark, instanceOutputs, instanceSpecOf } from './api.ts'

/** The instance that a spec names. */
export const placeOf = (spec: JsonObject): InstancePlace => ({
  project: text(spec, 'project'),
  name: text(spec, 'name'),
})

/** Looks at all instances, with one list a project. */
export const observeAll = (
  resources: readonly Resource[],
  gcp: GcpReader,
): Promise<ReadonlyMap<Address, Observed>> =>
  observeInstances(resources, gcp, { placeOf, permission: 'cloudsql.instances.list', seen })

const seen = ({ address, spec }: Resource, instance: ApiInstance): Observed => {
  const { instanceType = 'CLOUD_SQL_INSTANCE' } = instance
  if (instanceType !== 'CLOUD_SQL_INSTANCE')
    return unknown(
      `${address}: Cloud SQL instance ${instance.name} is a ${String(instanceType)}, and the file asks for one that stands alone.`,
      'Promote it first, or give this one another name.',
    )
  if (isBroken(instance))
    return {
      ...unknown(`${address} cannot be used: ${stateOf(instance)}.`, stateAdvice(instance)),
      ...(isLeaving(instance) ? { leaving: { mark: instanceMark(instance) } } : {}),
    }
  const { project } = placeOf(spec)
  switch (instance.state) {
    case 'PENDING_CREATE':
      return present(project, instance, { settling: 'being created' })
    case 'MAINTENANCE':
      return present(project, instance, { settling: 'in maintenance' })
    case 'REPAIRING':
      return present(project, instance, { settling: 'being repaired' })
    default:
      return present(project, instance, { about: aboutOf(instance) })
  }
}

const aboutOf = (instance: ApiInstance): string => {
  const { settingsVersion = '?' } = objectOf(instance.settings)
  return `settings version ${settingsVersion}${isStopped(instance) ? ', stopped' : ''}`
}

const present = (
  project: string,
  instance: ApiInstance,
  more: { readonly settling?: string; readonly about?: string },
): Observed => ({
  state: 'present',
  spec: instanceSpecOf(instance, project),
  mark: instanceMark(instance),
  outputs: instanceOutputs(instance),
  ...more,
})
