import type { JsonObject } from '../../core/json.ts'
import { valueAt } from '../../core/json.ts'
import { listAt, nameOf, textAt } from './object.ts'
import { badRequest } from './status.ts'
import type { World } from './world.ts'

/** Answer of GET pods/NAME/log (`container`, `previous`, `tailLines`); throws 400 while the container waits to start. */
export const podLog = (world: World, pod: JsonObject, query: URLSearchParams): string => {
  const statuses = listAt(pod, 'status', 'containerStatuses')
  const container = query.get('container') ?? textAt(statuses[0], 'name')
  const status = [...statuses, ...listAt(pod, 'status', 'initContainerStatuses')].find(
    each => textAt(each, 'name') === container,
  )
  const waiting = textAt(status, 'state', 'waiting', 'reason')
  const crashed = valueAt(status, ['lastState', 'terminated']) !== undefined
  if (status === undefined || (waiting !== '' && !crashed))
    throw badRequest(
      `container "${container}" in pod "${nameOf(pod)}" is waiting to start: ${waiting || 'ContainerCreating'}`,
    )
  const text = crashed ? (world.behaviour.crash ?? '') : `${container}: started`
  const lines = text.replace(/\n$/, '').split('\n')
  const tail = Number(query.get('tailLines') ?? lines.length)
  return `${lines.slice(-tail).join('\n')}\n`
}
