import { z } from 'zod'
import type { ClusterName } from '../../../core/cluster-name.ts'
import type { JsonObject } from '../../../core/json.ts'
import { SlipwayError } from '../../../core/problem.ts'
import type { Gcp, GcpReader } from '../../../gcp/port.ts'
import { unlessAbsent } from '../calls.ts'
import { understood } from '../understood.ts'

/** The slice of container v1 `NodePool` that is read by name; the rest is read by the tables of fields. */
export interface ApiNodePool extends JsonObject {
  readonly name: string
}

/** The slice of container v1 `Cluster` that is read by name. */
export interface ApiCluster extends JsonObject {
  readonly name: string
  readonly location: string
}

/** All clusters of a project, with the places that did not answer (container v1, clusters.list). */
export interface Clusters {
  readonly clusters?: readonly ApiCluster[]
  readonly missingZones?: readonly string[]
}

const namedSchema = z.looseObject({ name: z.string() })

/** Only looked at: the tables of fields read what was answered. */
const clusterSchema = namedSchema.extend({ location: z.string(), nodePools: z.array(namedSchema).optional() })

const clustersSchema = z.object({
  clusters: z.array(clusterSchema).optional(),
  missingZones: z.array(z.string()).optional(),
})

/** The one request that reads all clusters and node pools of a project, as `Kind.reads` takes it. */
export const clustersRead = 'GET container /v1/projects/{}/locations/-/clusters'

/** `/v1/projects/P/locations/L/clusters`. */
export const clustersPath = ({ project, location }: Omit<ClusterName, 'name'>): string =>
  `/v1/projects/${project}/locations/${location}/clusters`

/** `/v1/projects/P/locations/L/clusters/C`. */
export const clusterPath = (place: ClusterName): string => `${clustersPath(place)}/${place.name}`

/** `//container.googleapis.com/projects/P/locations/L/clusters/C`. */
export const clusterIdentity = ({ project, location, name }: ClusterName): string =>
  `//container.googleapis.com/projects/${project}/locations/${location}/clusters/${name}`

/** The shape of `clusterIdentity`, for `partsOf`. */
export const clusterTemplate = clusterIdentity({
  project: '{project}',
  location: '{location}',
  name: '{name}',
})

/** Everything on one cluster runs in one lane: it takes one operation at a time. */
export const clusterLane = ({ project, location, name }: ClusterName): string =>
  `gke ${project}/${location}/${name}`

/** All clusters and node pools of a project. @throws GcpError */
export const listClusters = async (gcp: GcpReader, project: string): Promise<Clusters> => {
  const found = await gcp.get<Clusters>('container', clustersPath({ project, location: '-' }))
  understood(clustersSchema, found, 'container', `the clusters of project ${project}`)
  return found
}

/** The cluster as it is now, undefined if it is not there. @throws GcpError */
export const readCluster = async (
  gcp: Pick<Gcp, 'get'>,
  place: ClusterName,
): Promise<ApiCluster | undefined> => {
  const path = clusterPath(place)
  const cluster = await unlessAbsent(() => gcp.get<ApiCluster>('container', path))
  if (cluster !== undefined) understood(clusterSchema, cluster, 'container', path)
  return cluster
}

/** The cluster as it is now. @throws GcpError; SlipwayError if it is not there. */
export const needCluster = async (gcp: Gcp, place: ClusterName): Promise<ApiCluster> => {
  const cluster = await readCluster(gcp, place)
  if (cluster !== undefined) return cluster
  throw new SlipwayError(`cluster ${place.name} in ${place.location} is not there any more`, {
    advice: 'Plan again: it will be shown as one to create.',
  })
}

/** The pool as it is now, undefined if it or its cluster is not there. @throws GcpError */
export const readPool = async (
  gcp: Gcp,
  place: ClusterName,
  name: string,
): Promise<ApiNodePool | undefined> => {
  const path = `${clusterPath(place)}/nodePools/${name}`
  const pool = await unlessAbsent(() => gcp.get<ApiNodePool>('container', path))
  if (pool !== undefined) understood(namedSchema, pool, 'container', path)
  return pool
}
