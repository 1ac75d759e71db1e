import type { JsonObject } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { Unknown } from '../../core/resource.ts'
import { type Gcp, GcpError, type GcpReader } from '../port.ts'
import { type Looked, unknown } from './look.ts'

/** A cluster by its Google name; `location` is a zone or a region. */
export interface ClusterPlace {
  readonly project: string
  readonly location: string
  readonly name: string
}

/** Why something is in its state (container v1, StatusCondition). */
export interface Condition {
  readonly canonicalCode?: string
  readonly code?: string
  readonly message?: string
}

/** The slice of container v1 `NodePool` that is read by name; the rest is read by the tables of fields. */
export interface ApiNodePool extends JsonObject {
  readonly name: string
}

/** The slice of container v1 `Cluster` that is read by name. */
export interface ApiCluster extends JsonObject {
  readonly name: string
  readonly location: string
}

interface ListClusters {
  readonly clusters?: readonly ApiCluster[]
  readonly missingZones?: readonly string[]
}

/** The one request that reads all clusters and node pools of a project, as `Kind.reads` takes it. */
export const clustersRead = 'GET container /v1/projects/{}/locations/-/clusters'

/** `/v1/projects/P/locations/L/clusters/C`. */
export const clusterPath = ({ project, location, name }: ClusterPlace): string =>
  `/v1/projects/${project}/locations/${location}/clusters/${name}`

/** `//container.googleapis.com/projects/P/locations/L/clusters/C`. */
export const clusterIdentity = ({ project, location, name }: ClusterPlace): string =>
  `//container.googleapis.com/projects/${project}/locations/${location}/clusters/${name}`

/** How a look at a cluster is spoken of. */
export const lookedAt = ({ project, location, name }: ClusterPlace): Looked => ({
  what: `cluster ${name} in ${location}`,
  project,
  service: 'container.googleapis.com',
  role: 'roles/container.viewer',
})

/**
 * The cluster of that name, undefined if a complete list proves its absence, unknown if its location did not answer.
 * @throws GcpError
 */
export const findCluster = async (
  gcp: GcpReader,
  place: ClusterPlace,
): Promise<ApiCluster | Unknown | undefined> => {
  const path = `/v1/projects/${place.project}/locations/-/clusters`
  const { clusters = [], missingZones = [] } = await gcp.get<ListClusters>('container', path)
  const found = clusters.find(({ name, location }) => name === place.name && location === place.location)
  if (found !== undefined) return found
  const silent = missingZones.filter(zone => mayHold(zone, place.location))
  if (silent.length === 0) return undefined
  return unknown(
    `cluster ${place.name} in ${place.location}: GKE gave no answer for ${silent.join(', ')}, so nobody knows whether it exists.`,
    'Run the plan again in some minutes; https://status.cloud.google.com says what is down.',
  )
}

/** A region answers for its zones and the other way round. */
const mayHold = (zone: string, location: string): boolean =>
  zone === location || zone.startsWith(`${location}-`) || location.startsWith(`${zone}-`)

/** True for the answer of `findCluster` that says that nobody knows. */
export const isUnknown = (found: ApiCluster | Unknown): found is Unknown => found.state === 'unknown'

/** The cluster as it is now, undefined if it is not there. @throws GcpError */
export const readCluster = (gcp: Gcp, place: ClusterPlace): Promise<ApiCluster | undefined> =>
  orAbsent(gcp.get<ApiCluster>('container', clusterPath(place)))

/** The cluster as it is now. @throws GcpError; SlipwayError if it is not there. */
export const needCluster = async (gcp: Gcp, place: ClusterPlace): Promise<ApiCluster> => {
  const cluster = await readCluster(gcp, place)
  if (cluster !== undefined) return cluster
  throw new SlipwayError(`cluster ${place.name} in ${place.location} is not there any more`, {
    advice: 'Plan again: it will be shown as one to create.',
  })
}

/** The answer, or undefined for an authorised 404. @throws GcpError for everything else. */
export const orAbsent = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer
  } catch (error) {
    if (error instanceof GcpError && error.failure === 'absent') return undefined
    throw error
  }
}

/** Conditions as one line, or the status where there are none. */
export const conditionsOf = (body: JsonObject): string => {
  const conditions = (body.conditions ?? []) as unknown as readonly Condition[]
  const texts = conditions.map(
    ({ code, canonicalCode, message }) => `${code ?? canonicalCode ?? 'UNKNOWN'}: ${message ?? 'no message'}`,
  )
  return texts.length > 0 ? texts.join('; ') : String(body.statusMessage ?? 'it gives no reason')
}
