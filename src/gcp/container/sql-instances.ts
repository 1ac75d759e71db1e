import { isObject, type JsonObject } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { Unknown } from '../../core/resource.ts'
import type { Gcp, GcpReader, Query, Write } from '../port.ts'
import { orAbsent } from './clusters.ts'
import { listOf, objectOf } from './codecs.ts'
import { type Looked, unknown } from './look.ts'

/** A Cloud SQL instance by its Google name. */
export interface InstancePlace {
  readonly project: string
  readonly name: string
}

/** The slice of sqladmin v1 `DatabaseInstance` that is read by name; the rest is read by the tables of fields. */
export interface ApiInstance extends JsonObject {
  readonly name: string
}

/** The slice of sqladmin v1 `Operation` that is read. */
export interface SqlOperation {
  readonly name: string
  readonly status?: string
}

interface Page {
  readonly items?: readonly ApiInstance[]
  readonly warnings?: readonly {
    readonly region?: string
    readonly message?: string
    readonly code?: string
  }[]
  readonly nextPageToken?: string
}

/** The one request that reads all instances of a project, as `Kind.reads` takes it. */
export const instancesRead = 'GET sqladmin /v1/projects/{}/instances'

/** How long an instance may take to come to rest after its operation, seconds. */
const restLimit = 1800

/** `/v1/projects/P/instances/I`. */
export const instancePath = ({ project, name }: InstancePlace): string =>
  `/v1/projects/${project}/instances/${name}`

/** `//sqladmin.googleapis.com/projects/P/instances/I`. */
export const instanceIdentity = ({ project, name }: InstancePlace): string =>
  `//sqladmin.googleapis.com/projects/${project}/instances/${name}`

/** Everything on one instance runs in one lane: it takes one operation at a time. */
export const sqlLane = ({ project, name }: InstancePlace): string => `sql ${project}:${name}`

/** How a look at something of an instance is spoken of. */
export const lookedAtSql = ({ project }: InstancePlace, what: string): Looked => ({
  what,
  project,
  service: 'sqladmin.googleapis.com',
  role: 'roles/cloudsql.viewer',
})

/**
 * The instance of that name, undefined if a complete list proves its absence, unknown if a region did not answer.
 * @throws GcpError
 */
export const findInstance = async (
  gcp: GcpReader,
  place: InstancePlace,
): Promise<ApiInstance | Unknown | undefined> => {
  const silent: string[] = []
  let pageToken: string | undefined
  do {
    const query: Query = { maxResults: 1000, pageToken }
    const page = await gcp.get<Page>('sqladmin', `/v1/projects/${place.project}/instances`, query)
    const found = page.items?.find(({ name }) => name === place.name)
    if (found !== undefined) return found
    for (const { region, message, code } of page.warnings ?? [])
      if (code !== 'MAX_RESULTS_EXCEEDS_LIMIT') silent.push(region ?? message ?? 'a region')
    pageToken = page.nextPageToken === '' ? undefined : page.nextPageToken
  } while (pageToken !== undefined)
  if (silent.length === 0) return undefined
  return unknown(
    `Cloud SQL gave no answer for ${silent.join(', ')}, so nobody knows whether instance ${place.name} exists.`,
    'Run the plan again in some minutes; https://status.cloud.google.com says what is down.',
  )
}

/** True for the answer of `findInstance` that says that nobody knows. */
export const isUnknownInstance = (found: ApiInstance | Unknown): found is Unknown =>
  found.state === 'unknown' && isObject(found.problem)

/** True for an instance that its owner has stopped: its databases and users cannot be read then. */
export const isStopped = (instance: ApiInstance): boolean =>
  objectOf(instance.settings).activationPolicy === 'NEVER'

/** The instance as it is now, undefined if it is not there. @throws GcpError */
export const readInstance = (gcp: Gcp, place: InstancePlace): Promise<ApiInstance | undefined> =>
  orAbsent(gcp.get<ApiInstance>('sqladmin', instancePath(place)))

/** The operation that runs on an instance, if there is one. @throws GcpError */
export const runningSqlOperation = async (
  gcp: Gcp,
  { project, name }: InstancePlace,
): Promise<SqlOperation | undefined> => {
  const path = `/v1/projects/${project}/operations`
  const query = { instance: name, maxResults: 20 }
  const { items = [] } = await gcp.get<{ items?: readonly SqlOperation[] }>('sqladmin', path, query)
  return items.find(({ status }) => status !== 'DONE')
}

const operationPath = ({ project }: InstancePlace, { name }: SqlOperation): string =>
  `/v1/projects/${project}/operations/${name}`

/** A write on an instance or below it. */
export interface SqlWrite extends Pick<Write<never>, 'method' | 'body' | 'query'> {
  /** What follows the instance's path, for example `/users`; the instance itself if left out. */
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
 * Sends a write and waits for its operation. After a lost answer the operation is looked for on the instance, then
 * what it was to do.
 * @throws GcpError if it is refused or its operation ends with an error.
 */
export const runSql = async (
  gcp: Gcp,
  place: InstancePlace,
  { below = '', path = `${instancePath(place)}${below}`, method, body, query, done }: SqlWrite,
  progress: (text: string) => void,
): Promise<void> => {
  const operation = await gcp.write<SqlOperation | Ended>({
    method,
    api: 'sqladmin',
    path,
    ...(body === undefined ? {} : { body }),
    ...(query === undefined ? {} : { query }),
    lookUp: async () =>
      (await runningSqlOperation(gcp, place)) ?? ((await done?.()) ? { ended: true } : undefined),
  })
  if (!('ended' in operation)) await gcp.wait('sqladmin', operationPath(place, operation), progress)
}

/** Waits for an operation that somebody began, if there is one. @throws GcpError if it ends with an error. */
export const awaitRunningSql = async (
  gcp: Gcp,
  place: InstancePlace,
  progress: (text: string) => void,
): Promise<void> => {
  const operation = await runningSqlOperation(gcp, place)
  if (operation !== undefined) await gcp.wait('sqladmin', operationPath(place, operation), progress)
}

const broken = ['FAILED', 'SUSPENDED', 'PENDING_DELETE']

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
    const state = String(instance.state)
    if (broken.includes(state)) throw new SlipwayError(stateOf(instance), { advice: stateAdvice(state) })
    return state === 'RUNNABLE' || state === 'ONLINE_MAINTENANCE' ? instance : undefined
  })

/** `instance X is in state FAILED`, with the reason where Cloud SQL gives one. */
export const stateOf = (instance: ApiInstance): string => {
  const reasons = listOf(instance.suspensionReason).map(String)
  const why = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`
  return `Cloud SQL instance ${instance.name} is in state ${String(instance.state)}${why}`
}

/** What to do about a state that takes no changes. */
export const stateAdvice = (state: string): string => {
  if (state === 'SUSPENDED') return 'Deal with the reason, billing in most cases; then run again.'
  if (state === 'PENDING_DELETE') return 'It is being deleted: run again when it is gone.'
  return 'See its operations in the Google Cloud console. If its creation failed, delete it there and run again.'
}
