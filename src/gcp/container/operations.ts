import type { JsonObject } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { Gcp, Write } from '../port.ts'
import {
  type ApiCluster,
  type ApiNodePool,
  type ClusterPlace,
  clusterPath,
  conditionsOf,
  needCluster,
} from './clusters.ts'

/** The slice of container v1 `Operation` that is read. */
export interface ApiOperation {
  readonly name: string
  readonly status?: string
  readonly operationType?: string
  readonly targetLink?: string
}

interface ListOperations {
  readonly operations?: readonly ApiOperation[]
}

/** How long a cluster or a pool may take to come to rest after its operation, seconds. */
const restLimit = 1800

const operationPath = ({ project, location }: ClusterPlace, { name }: ApiOperation): string =>
  `/v1/projects/${project}/locations/${location}/operations/${name}`

/**
 * The operation that runs on a cluster or below it, found by its target: links come with project numbers and zones,
 * so only their tail is compared.
 * @throws GcpError
 */
export const runningOperation = async (gcp: Gcp, place: ClusterPlace): Promise<ApiOperation | undefined> => {
  const path = `/v1/projects/${place.project}/locations/${place.location}/operations`
  const { operations = [] } = await gcp.get<ListOperations>('container', path)
  return operations.find(({ status, targetLink }) => {
    if (status === 'DONE' || targetLink === undefined) return false
    return `${targetLink}/`.includes(`/clusters/${place.name}/`)
  })
}

/** A write on a cluster or below it. */
export interface ClusterWrite extends Pick<Write<never>, 'method' | 'body'> {
  /** What follows the cluster's path, for example `:setResourceLabels`; the cluster itself if left out. */
  readonly below?: string
  /** A path of its own, for creates. */
  readonly path?: string
  /** Whether what a create or a delete wants is so already; asked only after a lost answer. */
  readonly done?: () => Promise<boolean>
}

/** Stands for the answer of a write that was lost while its operation ran to its end. */
interface Ended {
  readonly ended: true
}

/**
 * Sends a write and waits for its operation. After a lost answer the operation is looked for on the cluster, then
 * what it was to do.
 * @throws GcpError if it is refused or its operation ends with an error.
 */
export const run = async (
  gcp: Gcp,
  place: ClusterPlace,
  { method, body, done, below = '', path = `${clusterPath(place)}${below}` }: ClusterWrite,
  progress: (text: string) => void,
): Promise<void> => {
  const operation = await gcp.write<ApiOperation | Ended>({
    method,
    api: 'container',
    path,
    ...(body === undefined ? {} : { body }),
    lookUp: async () =>
      (await runningOperation(gcp, place)) ?? ((await done?.()) ? { ended: true } : undefined),
  })
  if (!('ended' in operation)) await gcp.wait('container', operationPath(place, operation), progress)
}

/** Waits for an operation that somebody began, if there is one. @throws GcpError if it ends with an error. */
export const awaitRunning = async (
  gcp: Gcp,
  place: ClusterPlace,
  progress: (text: string) => void,
): Promise<void> => {
  const operation = await runningOperation(gcp, place)
  if (operation !== undefined) await gcp.wait('container', operationPath(place, operation), progress)
}

const moving = ['PROVISIONING', 'RECONCILING', 'STATUS_UNSPECIFIED']

/**
 * Waits until a cluster takes changes: a fresh one may be RECONCILING after its operation is done, and then refuses.
 * @throws SlipwayError if it is being deleted or broken; GcpError `unavailable` after half an hour.
 */
export const clusterAtRest = (gcp: Gcp, place: ClusterPlace): Promise<ApiCluster> =>
  gcp.until(`cluster ${place.name} is RUNNING`, restLimit, async () => {
    const cluster = await needCluster(gcp, place)
    return atRest(`cluster ${place.name}`, cluster) ? cluster : undefined
  })

/** Waits until a pool is there and at rest. Errors as `clusterAtRest`. */
export const poolAtRest = (gcp: Gcp, place: ClusterPlace, pool: string): Promise<ApiNodePool> =>
  gcp.until(`node pool ${pool} is RUNNING`, restLimit, async () => {
    const found = await gcp.get<ApiNodePool>('container', `${clusterPath(place)}/nodePools/${pool}`)
    return atRest(`node pool ${pool} of cluster ${place.name}`, found) ? found : undefined
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
