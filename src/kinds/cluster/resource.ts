import type { JsonObject } from '../../core/json.ts'
import type { Resource } from '../../core/resource.ts'
import type { Item } from '../kind.ts'
import { clusterIdentity } from '../shared/gke/clusters.ts'
import { poolSpec } from '../shared/gke/pool-settings.ts'
import { regionOf } from '../shared/places.ts'
import { asMap, linked, plain } from '../shared/settings.ts'
import type { ClusterSettings } from './schema.ts'

/** The kind's name. */
export const kind = 'cluster'

/** The resource that `cluster` stands for. Network names become whole links, as the API answers them. */
export const clusterResource = ({ name, settings, scope, sources }: Item<ClusterSettings>): Resource => {
  const place = { project: scope.project, location: settings.location, name: settings.name }
  return {
    kind,
    name,
    address: `${kind}/${name}`,
    identity: clusterIdentity(place),
    spec: { ...specOf(settings, scope.project), ...place, mark: scope.environment },
    dependsOn: ['service/container', ...(settings.after ?? [])],
    sources,
  }
}

const specOf = ({ after: _, ...settings }: ClusterSettings, project: string): JsonObject => {
  const { network, subnetwork, nodeLocations, logging, monitoring, nodePools, ...others } = settings
  const region = regionOf(settings.location)
  return plain({
    ...others,
    network: linked(project, 'global/networks', network),
    subnetwork: linked(project, `regions/${region}/subnetworks`, subnetwork),
    nodeLocations: nodeLocations === undefined ? undefined : asMap(nodeLocations),
    logging: logging === undefined ? undefined : asMap(logging),
    monitoring: monitoring === undefined ? undefined : monitoringOf(monitoring),
    nodePools: nodePools === undefined ? undefined : mapped(nodePools, poolSpec),
  })
}

const monitoringOf = ({ components, ...others }: NonNullable<ClusterSettings['monitoring']>): object => ({
  ...others,
  components: components === undefined ? undefined : asMap(components),
})

const mapped = <From, To>(from: Readonly<Record<string, From>>, change: (value: From) => To): object =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value)]))
