import { z } from 'zod'
import type { JsonObject } from '../../../core/json.ts'
import type { Gcp, GcpReader, Query } from '../../../gcp/port.ts'
import { text } from '../../kind.ts'
import { unlessAbsent } from '../calls.ts'
import { listOf, objectOf } from '../codecs.ts'
import { understood } from '../understood.ts'

/** A Cloud SQL instance by its Google name. */
export interface InstancePlace {
  readonly project: string
  readonly name: string
}

/** The slice of sqladmin v1 `DatabaseInstance` that is read by name; the rest is read by the tables of fields. */
export interface ApiInstance extends JsonObject {
  readonly name: string
}

interface Page {
  readonly items?: readonly ApiInstance[]
  readonly nextPageToken?: string
}

/** Only looked at: the tables of fields read what was answered. */
const instanceSchema = z.looseObject({ name: z.string(), state: z.string().optional() })

const pageSchema = z.object({
  items: z.array(instanceSchema).optional(),
  warnings: z
    .array(
      z.object({
        region: z.string().optional(),
        message: z.string().optional(),
        code: z.string().optional(),
      }),
    )
    .optional(),
  nextPageToken: z.string().optional(),
})

/** All instances of a project. */
export interface Instances {
  readonly instances: readonly ApiInstance[]
  /** Regions that did not answer. */
  readonly silent: readonly string[]
}

/** Warnings beside which nothing is missing once all pages have been read (sqladmin v1, ApiWarning). */
const complete: ReadonlySet<string> = new Set([
  'MAX_RESULTS_EXCEEDS_LIMIT',
  'COMPROMISED_CREDENTIALS',
  'INTERNAL_STATE_FAILURE',
])

/** The one request that reads all instances of a project, as `Kind.reads` takes it. */
export const instancesRead = 'GET sqladmin /v1/projects/{}/instances'

/** `/v1/projects/P/instances`. */
export const instancesPath = (project: string): string => `/v1/projects/${project}/instances`

/** `/v1/projects/P/instances/I`. */
export const instancePath = ({ project, name }: InstancePlace): string => `${instancesPath(project)}/${name}`

/** `//sqladmin.googleapis.com/projects/P/instances/I`. */
export const instanceIdentity = ({ project, name }: InstancePlace): string =>
  `//sqladmin.googleapis.com/projects/${project}/instances/${name}`

/** The shape of `instanceIdentity`, for `partsOf`. */
export const instanceTemplate = instanceIdentity({ project: '{project}', name: '{name}' })

/** The instance that the spec of a database or a user names. */
export const placeOf = (spec: JsonObject): InstancePlace => ({
  project: text(spec, 'project'),
  name: text(spec, 'instance'),
})

/** Everything on one instance runs in one lane: it takes one operation at a time. */
export const sqlLane = ({ project, name }: InstancePlace): string => `sql ${project}:${name}`

/** All instances of a project; a warning says that a region is missing (sqladmin v1, instances.list). @throws GcpError */
export const listInstances = async (gcp: GcpReader, project: string): Promise<Instances> => {
  const instances: ApiInstance[] = []
  const silent: string[] = []
  let pageToken: string | undefined
  do {
    const query: Query = { maxResults: 1000, pageToken }
    const page = await gcp.get<Page>('sqladmin', instancesPath(project), query)
    const { warnings = [] } = understood(pageSchema, page, 'sqladmin', `the instances of project ${project}`)
    instances.push(...(page.items ?? []))
    for (const { region, message, code } of warnings)
      if (!complete.has(code ?? '')) silent.push(region ?? message ?? 'a region')
    pageToken = page.nextPageToken || undefined
  } while (pageToken !== undefined)
  return { instances, silent }
}

/** The instance as it is now, undefined if it is not there. @throws GcpError */
export const readInstance = async (gcp: Gcp, place: InstancePlace): Promise<ApiInstance | undefined> => {
  const path = instancePath(place)
  const instance = await unlessAbsent(() => gcp.get<ApiInstance>('sqladmin', path))
  if (instance !== undefined) understood(instanceSchema, instance, 'sqladmin', path)
  return instance
}

/** `Cloud SQL instance X is in state FAILED`, with the reason where Cloud SQL gives one. */
export const stateOf = (instance: ApiInstance): string => {
  const reasons = listOf(instance.suspensionReason).map(String)
  const why = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`
  return `Cloud SQL instance ${instance.name} is in state ${String(instance.state)}${why}`
}

/** True for a state in which an instance takes no changes and nothing of it can be seen. */
export const isBroken = ({ state }: ApiInstance): boolean =>
  ['FAILED', 'SUSPENDED', 'PENDING_DELETE'].includes(String(state))

/** True for an instance that somebody has begun to delete. */
export const isLeaving = ({ state }: ApiInstance): boolean => state === 'PENDING_DELETE'

/** What to do about a broken instance. */
export const stateAdvice = ({ state }: ApiInstance): string => {
  if (state === 'SUSPENDED') return 'Deal with the reason, billing in most cases; then run again.'
  if (state === 'PENDING_DELETE') return 'It is being deleted: run again when it is gone.'
  return 'See its operations in the Google Cloud console. If its creation failed, delete it there and run again.'
}

/** True for an instance that its owner has stopped: its databases and users cannot be read then. */
export const isStopped = ({ settings }: ApiInstance): boolean =>
  objectOf(settings).activationPolicy === 'NEVER'
