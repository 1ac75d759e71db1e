import { z } from 'zod'
import { SlipwayError } from '../../../core/problem.ts'
import type { Gcp } from '../../../gcp/port.ts'
import { operationSchema, type Site } from '../operations.ts'
import { understood } from '../understood.ts'
import {
  type ApiInstance,
  type InstancePlace,
  instancePath,
  instancesPath,
  isBroken,
  readInstance,
  stateAdvice,
  stateOf,
} from './instances.ts'

const operationsSchema = z.object({ items: z.array(operationSchema).optional() })

/** How long an instance may take to come to rest after its operation, seconds. */
const restLimit = 1800

/** An instance as a place of operations. */
export const onInstance = (place: InstancePlace): Site => {
  const operations = `/v1/projects/${place.project}/operations`
  return {
    api: 'sqladmin',
    path: instancePath(place),
    collection: instancesPath(place.project),
    operations,
    running: async gcp => {
      const answer = await gcp.get('sqladmin', operations, { instance: place.name, maxResults: 20 })
      const what = `the operations of instance ${place.name}`
      const { items = [] } = understood(operationsSchema, answer, 'sqladmin', what)
      return items.find(({ status }) => status !== 'DONE')
    },
  }
}

/**
 * Waits until an instance takes changes.
 * @throws SlipwayError if it is gone, failed, suspended or being deleted; GcpError `unavailable` after half an hour.
 */
export const instanceAtRest = (gcp: Gcp, place: InstancePlace): Promise<ApiInstance> =>
  gcp.until(`instance ${place.name} is RUNNABLE`, restLimit, async () => {
    const instance = await readInstance(gcp, place)
    if (instance === undefined)
      throw new SlipwayError(`Cloud SQL instance ${place.name} is not there any more`, {
        advice: 'Plan again: it will be shown as one to create.',
      })
    if (isBroken(instance)) throw new SlipwayError(stateOf(instance), { advice: stateAdvice(instance) })
    return instance.state === 'RUNNABLE' || instance.state === 'ONLINE_MAINTENANCE' ? instance : undefined
  })
