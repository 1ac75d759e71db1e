import { isObject, type JsonObject } from '../core/json.ts'
import { clusterMark, clusterSpecOf } from '../kinds/cluster/api.ts'
import { clusterSchema } from '../kinds/cluster/schema.ts'
import type { ApiCluster, ApiNodePool } from '../kinds/shared/gke/clusters.ts'
import { poolSpecOf } from '../kinds/shared/gke/pool-fields.ts'
import { poolSettings } from '../kinds/shared/gke/pool-settings.ts'
import { isZone, regionOf } from '../kinds/shared/places.ts'
import { systemDatabases } from '../kinds/sql-database/schema.ts'
import { instanceSpecOf } from '../kinds/sql-instance/api.ts'
import { sqlInstanceSchema } from '../kinds/sql-instance/schema.ts'
import { userSpecOf } from '../kinds/sql-user/api.ts'
import {
  autopilotDefaults,
  beyond,
  clusterDefaults,
  instanceDefaults,
  poolDefaults,
  withLists,
} from './defaults.ts'
import { named } from './names.ts'
import type { FoundInstance } from './survey.ts'

const sets = ['nodeLocations', 'logging', 'components', 'tags', 'scopes', 'zones', 'consumerProjects']

/** Only what the file has a word for. */
const known = (spec: JsonObject, shape: object, except: readonly string[] = []): JsonObject =>
  Object.fromEntries(
    Object.entries(spec).filter(([key]) => Object.hasOwn(shape, key) && !except.includes(key)),
  )

/** `cluster:` for a cluster that is there. Its version is left to its channel. */
export const clusterSection = (cluster: ApiCluster, project: string, location: string): JsonObject => {
  const spec = clusterSpecOf(cluster, project)
  const { mode = 'standard', ipRanges, nodeLocations, network, subnetwork, ...others } = spec
  const { podsRange, servicesRange } = isObject(ipRanges) ? ipRanges : {}
  const own = (range: unknown) => typeof range === 'string' && !range.startsWith('gke-')
  const settings = {
    ...known(others, clusterSchema.shape, ['name', 'location', 'version']),
    ...(isUsual(network) ? {} : { network: short(network, project) }),
    ...(isUsual(subnetwork) ? {} : { subnetwork: short(subnetwork, project) }),
    ...(own(podsRange) ? { ipRanges: { podsRange, ...(own(servicesRange) ? { servicesRange } : {}) } } : {}),
    ...(isZone(cluster.location) && Object.keys(isObject(nodeLocations) ? nodeLocations : {}).length < 2
      ? {}
      : { nodeLocations: nodeLocations ?? {} }),
  } as JsonObject
  return {
    name: cluster.name,
    ...(cluster.location === location ? {} : { location: cluster.location }),
    mode,
    ...withLists(beyond(settings, mode === 'autopilot' ? autopilotDefaults : clusterDefaults), sets),
  }
}

const isUsual = (link: unknown): boolean => link === undefined || String(link).endsWith('/default')

const short = (link: unknown, project: string): string =>
  String(link).startsWith(`projects/${project}/`) ? (String(link).split('/').at(-1) ?? '') : String(link)

/** `nodePools:` of a cluster; Autopilot's are its own. */
export const poolSection = (cluster: ApiCluster): JsonObject => {
  const { nodePools = [], locations } = cluster as ApiCluster & {
    readonly nodePools?: readonly ApiNodePool[]
  }
  const hasIdentity = clusterSpecOf(cluster, '').workloadIdentity === true
  if (isObject(cluster.autopilot) && cluster.autopilot.enabled === true) return {}
  return Object.fromEntries(
    nodePools.map(pool => {
      const { podRange, zones, ...spec } = poolSpecOf(pool)
      const settings = {
        ...known(spec, poolSettings.shape, ['version']),
        ...(typeof podRange === 'string' && !podRange.startsWith('gke-') ? { podRange } : {}),
        ...(sameMembers(zones, locations) ? {} : { zones: zones ?? {} }),
      }
      const defaults = { ...poolDefaults, workloadMetadata: hasIdentity ? 'GKE_METADATA' : 'GCE_METADATA' }
      return [pool.name, withLists(beyond(settings, defaults), sets)]
    }),
  )
}

const sameMembers = (set: unknown, list: unknown): boolean =>
  Array.isArray(list) &&
  Object.keys(isObject(set as JsonObject) ? (set as JsonObject) : {})
    .sort()
    .join() === list.map(String).sort().join()

/** The environment that a cluster is marked as belonging to, or null. */
export const ownerOf = clusterMark

/** `database:` for an instance that is there, with what is in it that can be taken over. */
export const databaseSection = (found: FoundInstance, project: string, location: string): JsonObject => {
  const { instance } = found
  const spec = instanceSpecOf(instance, project)
  const { backups, region, tier = '', version = '', edition, ...others } = spec
  const protects = isObject(backups) && backups.enabled === true
  const { name: _, ...settings } = known(others, sqlInstanceSchema.shape)
  return {
    name: instance.name,
    ...(region === undefined || region === regionOf(location) ? {} : { region }),
    version,
    ...(edition === undefined ? {} : { edition }),
    tier,
    ...withLists(beyond({ ...settings, ...(protects ? { backups } : {}) }, instanceDefaults), sets),
    ...insideSections(found, project),
  }
}

const insideSections = ({ instance, databases, users }: FoundInstance, project: string): JsonObject => {
  const place = { project, name: instance.name }
  const own = named(
    databases.filter(({ name }) => !systemDatabases.includes(name)),
    ({ name }) => name,
  ).map(([item, { name, charset, collation }]) => [
    item,
    {
      ...(name === item ? {} : { name }),
      ...(charset === undefined || charset === 'UTF8' ? {} : { charset }),
      ...(collation === undefined || collation === 'en_US.UTF8' ? {} : { collation }),
    },
  ])
  const identities = named(users.map(user => userSpecOf(user, place)).filter(isIdentity), ({ name }) =>
    String(name).replace(/@.*/, ''),
  ).map(([item, { name = '', type = '' }]) => [item, { name, type }])
  return {
    ...(own.length === 0 ? {} : { databases: Object.fromEntries(own) as JsonObject }),
    ...(identities.length === 0 ? {} : { users: Object.fromEntries(identities) as JsonObject }),
  }
}

/** True for a user that signs in by IAM: one with a password has a password that nobody can read. */
export const isIdentity = ({ type }: JsonObject): boolean =>
  ['iam-service-account', 'iam-user', 'iam-group'].includes(String(type))
