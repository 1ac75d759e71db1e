import { timestamp } from '../clock.ts'
import type { Json, JsonObject } from '../json.ts'
import { page } from '../paging.ts'
import { allZones, regionOf, regions, zonesOf } from '../places.ts'
import { type Call, param } from '../route.ts'
import { refuseFilter, resourceNotFound } from './errors.ts'
import { computeLink } from './links.ts'

const asLink = (call: Call, path: Json | undefined): string => computeLink(call, String(path))

function networkView(call: Call, network: JsonObject): JsonObject {
  const subnetworks = [...call.project.subnetworks.values()].filter(each => each.network === network.selfLink)
  return {
    ...network,
    selfLink: asLink(call, network.selfLink),
    selfLinkWithId: computeLink(call, `global/networks/${network.id}`),
    ...(subnetworks.length > 0 && {
      subnetworks: subnetworks.map(({ selfLink }) => asLink(call, selfLink)),
    }),
  }
}

const subnetworkView = (call: Call, subnetwork: JsonObject): JsonObject => ({
  ...subnetwork,
  network: asLink(call, subnetwork.network),
  region: asLink(call, subnetwork.region),
  selfLink: asLink(call, subnetwork.selfLink),
})

const missing = (call: Call, path: string) => resourceNotFound(`projects/${call.project.id}/${path}`)

/** compute v1, networks.get. */
export function getNetwork(call: Call): JsonObject {
  const name = param(call, 'network')
  const found = [...call.project.networks.values()].find(each => each.name === name || each.id === name)
  if (found === undefined) throw missing(call, `global/networks/${name}`)
  return networkView(call, found)
}

function list(call: Call, kind: string, path: string, all: readonly JsonObject[]): JsonObject {
  refuseFilter(call.query)
  const { items, nextPageToken } = page(all, call.query, 500)
  const id = `projects/${call.project.id}/${path}`
  return { kind: `compute#${kind}List`, id, items, nextPageToken, selfLink: computeLink(call, path) }
}

/** compute v1, networks.list. */
export const listNetworks = (call: Call): JsonObject =>
  list(
    call,
    'network',
    'global/networks',
    [...call.project.networks.values()].map(each => networkView(call, each)),
  )

/** compute v1, subnetworks.get. */
export function getSubnetwork(call: Call): JsonObject {
  const path = `${param(call, 'region')}/${param(call, 'subnetwork')}`
  const found = call.project.subnetworks.get(path)
  if (found === undefined) throw missing(call, `regions/${path.replace('/', '/subnetworks/')}`)
  return subnetworkView(call, found)
}

const subnetworksIn = (call: Call, region: string): readonly JsonObject[] =>
  [...call.project.subnetworks]
    .filter(([key]) => key.startsWith(`${region}/`))
    .map(([, each]) => subnetworkView(call, each))

/** compute v1, subnetworks.list. */
export function listSubnetworks(call: Call): JsonObject {
  const region = param(call, 'region')
  return list(call, 'subnetwork', `regions/${region}/subnetworks`, subnetworksIn(call, region))
}

/** compute v1, subnetworks.aggregatedList. */
export function aggregateSubnetworks(call: Call): JsonObject {
  refuseFilter(call.query)
  const scopes = [
    'global',
    ...regions.map(name => `regions/${name}`),
    ...allZones.map(name => `zones/${name}`),
  ]
  const items = scopes.map(scope => {
    const [, region] = /^regions\/(.+)$/.exec(scope) ?? []
    const subnetworks = region === undefined ? [] : subnetworksIn(call, region)
    if (subnetworks.length > 0) return [scope, { subnetworks }] as const
    // Zones and `global` are in the answer too. [R mockcompute/computenetworks/subnetmode-custom]
    const message = `No results for the scope '${scope}'.`
    const warning = { code: 'NO_RESULTS_ON_PAGE', message, data: [{ key: 'scope', value: scope }] }
    return [scope, { warning }] as const
  })
  return {
    kind: 'compute#subnetworkAggregatedList',
    id: `projects/${call.project.id}/aggregated/subnetworks`,
    items: Object.fromEntries(items),
    selfLink: computeLink(call, 'aggregated/subnetworks'),
  }
}

const place = (call: Call, kind: 'region' | 'zone', name: string): JsonObject => ({
  kind: `compute#${kind}`,
  name,
  description: name,
  status: 'UP',
  creationTimestamp: timestamp(0),
  selfLink: computeLink(call, `${kind}s/${name}`),
  ...(kind === 'zone' && { region: computeLink(call, `regions/${regionOf(name)}`) }),
  ...(kind === 'region' && { zones: zonesOf(name).map(zone => computeLink(call, `zones/${zone}`)) }),
})

/** compute v1, regions.get and zones.get. */
export const getPlace =
  (kind: 'region' | 'zone') =>
  (call: Call): JsonObject => {
    const name = param(call, kind)
    if (!(kind === 'region' ? regions : allZones).includes(name)) throw missing(call, `${kind}s/${name}`)
    return place(call, kind, name)
  }

/** compute v1, regions.list and zones.list. */
export const listPlaces =
  (kind: 'region' | 'zone') =>
  (call: Call): JsonObject =>
    list(
      call,
      kind,
      `${kind}s`,
      (kind === 'region' ? regions : allZones).map(name => place(call, kind, name)),
    )
