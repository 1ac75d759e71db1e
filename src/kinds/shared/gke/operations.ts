import { z } from 'zod'
import type { ClusterName } from '../../../core/cluster-name.ts'
import { isObject, type JsonObject } from '../../../core/json.ts'
import { SlipwayError } from '../../../core/problem.ts'
import type { Gcp, GcpError } from '../../../gcp/port.ts'
import { listOf } from '../codecs.ts'
import { type Operation, operationSchema, type Site } from '../operations.ts'
import { understood } from '../understood.ts'
import {
  type ApiCluster,
  type ApiNodePool,
  clusterPath,
  clustersPath,
  needCluster,
  readPool,
} from './clusters.ts'

const operationsSchema = z.object({ operations: z.array(operationSchema).optional() })

/** How long a cluster or a pool may take to come to rest after its operation, seconds. */
const restLimit = 1800

/** A cluster as a place of operations. */
export const onCluster = (place: ClusterName): Site => {
  const operations = `/v1/projects/${place.project}/locations/${place.location}/operations`
  return {
    api: 'container',
    path: clusterPath(place),
    collection: clustersPath(place),
    operations,
    running: gcp => runningOperation(gcp, operations, place),
  }
}

/**
 * A test of errors to wait out while nodes are made: the right to use their account takes minutes to be seen after it was
 * given (IAM, "Access change propagation": 2 minutes, 7 and more at times), and the step before may have given it.
 */
export const awaitsRight =
  (progress: (text: string) => void) =>
  ({ answer }: GcpError): boolean => {
    const isUnseen = /does not have access to service account/i.test(answer)
    if (isUnseen) progress('waiting until GKE sees the right to use the account of the nodes')
    return isUnseen
  }

/** Links come with project numbers and zones, so only the tail of a target is compared. */
const runningOperation = async (
  gcp: Gcp,
  path: string,
  { name, location }: ClusterName,
): Promise<Operation | undefined> => {
  const answer = await gcp.get('container', path)
  const { operations = [] } = understood(operationsSchema, answer, 'container', `operations in ${location}`)
  return operations.find(({ status, targetLink }) => {
    if (status === 'DONE' || targetLink === undefined) return false
    return `${targetLink}/`.includes(`/clusters/${name}/`)
  })
}

const moving = ['PROVISIONING', 'RECONCILING', 'STATUS_UNSPECIFIED']

/**
 * Waits until a cluster takes changes: a fresh one may be RECONCILING after its operation is done, and then refuses.
 * @throws SlipwayError if it is being deleted or broken; GcpError `unavailable` after half an hour.
 */
export const clusterAtRest = (gcp: Gcp, place: ClusterName): Promise<ApiCluster> =>
  gcp.until(`cluster ${place.name} is RUNNING`, restLimit, async () => {
    const cluster = await needCluster(gcp, place)
    return atRest(`cluster ${place.name}`, cluster) ? cluster : undefined
  })

/** Waits until a pool is there and at rest. Errors as `clusterAtRest`. */
export const poolAtRest = (gcp: Gcp, place: ClusterName, name: string): Promise<ApiNodePool> =>
  gcp.until(`node pool ${name} is RUNNING`, restLimit, async () => {
    const what = `node pool ${name} of cluster ${place.name}`
    const pool = await readPool(gcp, place, name)
    if (pool === undefined)
      throw new SlipwayError(`${what} is not there any more`, {
        advice: 'Plan again: it will be shown as one to create.',
      })
    return atRest(what, pool) ? pool : undefined
  })

const atRest = (what: string, body: JsonObject): boolean => {
  const status = String(body.status ?? 'STATUS_UNSPECIFIED')
  if (status !== 'ERROR' && status !== 'STOPPING') return !moving.includes(status)
  throw new SlipwayError(`${what} is in state ${status}: ${conditionsOf(body)}`, {
    advice:
      status === 'STOPPING'
        ? 'It is being deleted: run again when it is gone.'
        : 'Delete it in the Google Cloud console once its reason is dealt with, then run again: it is made anew.',
  })
}

/** Why a cluster or a pool is in its state (container v1, StatusCondition), or its status message. */
export const conditionsOf = (body: JsonObject): string => {
  const texts = listOf(body.conditions)
    .filter(isObject)
    .map(
      ({ code, canonicalCode, message }) =>
        `${code ?? canonicalCode ?? 'UNKNOWN'}: ${message ?? 'no message'}`,
    )
  return texts.length > 0 ? texts.join('; ') : String(body.statusMessage ?? 'it gives no reason')
}
