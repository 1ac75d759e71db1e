import { ApiError, badRequest, errorInfo } from '../errors.ts'
import { type JsonObject, listAt } from '../json.ts'
import type { OperationRecord } from '../operations.ts'
import { page } from '../paging.ts'
import type { Call } from '../route.ts'
import { param } from '../route.ts'
import type { Project } from '../store.ts'
import { knownServices, withDependencies } from './catalogue.ts'
import { alreadyDone, pending } from './operations.ts'

/** A service as `services.get` shows it; the real `config` is long and is left at its name. */
export function serviceView(project: Project, service: string): JsonObject {
  const parent = `projects/${project.number}`
  const state = project.services.has(service) ? 'ENABLED' : 'DISABLED'
  return { name: `${parent}/services/${service}`, parent, state, config: { name: service } }
}

function notAService(service: string): ApiError {
  const message = `Not found or permission denied for service(s): ${service}.`
  return new ApiError(403, message, {
    status: 'PERMISSION_DENIED',
    reason: 'forbidden',
    details: [
      errorInfo('SERVICE_CONFIG_NOT_FOUND_OR_PERMISSION_DENIED', 'serviceusage.googleapis.com', {
        services: service,
      }),
    ],
  })
}

/** serviceusage v1, services.list; understands the filters `state:ENABLED` and `state:DISABLED`. */
export function listServices({ project, query }: Call): JsonObject {
  const filter = query.get('filter') ?? ''
  const wanted = /^(?:state:(ENABLED|DISABLED))?$/.exec(filter)
  if (wanted === null) throw badRequest(`Invalid filter: ${filter}`)
  const all = [...new Set([...knownServices, ...project.services.keys()])]
    .sort()
    .map(service => serviceView(project, service))
    .filter(({ state }) => wanted[1] === undefined || state === wanted[1])
  const { items, nextPageToken } = page(all, query, 200)
  return { ...(items.length > 0 && { services: items }), nextPageToken }
}

/** serviceusage v1, services.get. */
export function getService(call: Call): JsonObject {
  const service = param(call, 'servicesId')
  if (withDependencies(service) === undefined && !call.project.services.has(service))
    throw notAService(service)
  return serviceView(call.project, service)
}

/** serviceusage v1, services.batchGet: at most 30 names. */
export function batchGetServices({ project, query }: Call): JsonObject {
  const names = query.getAll('names')
  if (names.length === 0 || names.length > 30) throw badRequest('Between 1 and 30 names must be given.')
  return { services: names.map(name => serviceView(project, name.slice(name.lastIndexOf('/') + 1))) }
}

function enable(call: Call, services: readonly string[]): JsonObject {
  const { project, world } = call
  const wanted = services.flatMap(service => {
    const all = withDependencies(service)
    if (all === undefined) throw notAService(service)
    return all
  })
  if (services.every(service => project.services.has(service)))
    return alreadyDone(finishedResponse(project, 'enable', services))
  return pending(call, 'enable', services, () => {
    for (const service of wanted) {
      if (!project.services.has(service)) project.services.set(service, world.clock.now())
    }
  })
}

/** What an operation on `services` answers with once it is done. */
export function finishedResponse(project: Project, type: string, services: readonly string[]): JsonObject {
  const views = services.map(service => serviceView(project, service))
  const named = (name: string) => `type.googleapis.com/google.api.serviceusage.v1.${name}`
  if (services.length > 1) return { '@type': named('BatchEnableServicesResponse'), services: views }
  const name = type === 'disable' ? 'DisableServiceResponse' : 'EnableServiceResponse'
  return { '@type': named(name), service: views[0] }
}

/** serviceusage v1, services.batchEnable: at most 20, all or nothing. */
export function batchEnable(call: Call): JsonObject {
  const services = listAt(call.body, 'serviceIds').map(String)
  if (services.length === 0 || services.length > 20)
    throw badRequest('Between 1 and 20 services must be given.')
  return enable(call, services)
}

/** serviceusage v1, services.enable. */
export const enableService = (call: Call): JsonObject => enable(call, [param(call, 'servicesId')])

/** serviceusage v1, services.disable; refuses while an enabled service depends on it. */
export function disableService(call: Call): JsonObject {
  const { project, body } = call
  const service = param(call, 'servicesId')
  const dependents = [...project.services.keys()].filter(
    each => each !== service && withDependencies(each)?.includes(service),
  )
  if (dependents.length > 0 && body.disableDependentServices !== true) {
    throw new ApiError(
      400,
      `The service ${service} is depended on by the following active service(s): ${dependents}.`,
      {
        status: 'FAILED_PRECONDITION',
        reason: 'failedPrecondition',
      },
    )
  }
  return pending(call, 'disable', [service], () => {
    for (const each of [service, ...dependents]) project.services.delete(each)
  })
}

/** The services that an operation works on. */
export const servicesOf = (record: OperationRecord): readonly string[] => record.target.split(',')
