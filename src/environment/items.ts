import type { JsonObject } from '../core/json.ts'
import { grantItems } from './grants.ts'
import type { DocumentItem, ItemContext } from './item.ts'
import { type MapTree, type Member, mapAt, memberOf, sourcesOf, toObject, withMembers } from './tree.ts'

/** All items of a valid document, in the order in which people read a plan. */
export const itemsOf = (document: MapTree, context: ItemContext): readonly DocumentItem[] => {
  const { name } = context.header
  const cluster = memberOf(document, 'cluster')
  const database = memberOf(document, 'database')
  const shared = memberOf(cluster?.value, 'use') !== undefined
  return [
    ...serviceItems(document),
    ...sectionItems(document, 'serviceAccounts', 'service-account', ['roles', 'workloadIdentity', 'grants']),
    ...(cluster === undefined || shared ? [] : [clusterItem(document, cluster, name)]),
    ...sectionItems(document, 'nodePools', 'node-pool'),
    ...sectionItems(document, 'addresses', 'address'),
    ...(database === undefined ? [] : [item('sql-instance', name, database, ['databases', 'users'])]),
    ...databaseItems(database, 'databases', 'sql-database'),
    ...databaseItems(database, 'users', 'sql-user'),
    ...sectionItems(document, 'secrets', 'secret'),
    ...grantItems(document, context),
    ...namespaceItems(document),
    ...sectionItems(document, 'releases', 'release'),
  ]
}

/** The pools go into the cluster's create: otherwise it would begin with one that nobody wants. */
const clusterItem = (document: MapTree, cluster: Member, environment: string): DocumentItem => {
  const pools = memberOf(document, 'nodePools')
  const value =
    cluster.value.type === 'map' ? withMembers(cluster.value, { nodePools: pools }) : cluster.value
  return item('cluster', clusterName(cluster, environment), { ...cluster, value })
}

const clusterName = ({ value }: Member, environment: string): string => {
  const name = memberOf(value, 'name')?.value
  return name?.type === 'leaf' && typeof name.value === 'string' ? name.value : environment
}

/** An entry without the keys that become items of their own. */
const item = (
  kind: string,
  name: string,
  { key, value }: Member,
  split: readonly string[] = [],
): DocumentItem => {
  const map: MapTree =
    value.type === 'map' ? value : { type: 'map', members: new Map(), source: value.source }
  const own = withMembers(map, Object.fromEntries(split.map(part => [part, undefined])))
  return { kind, name, settings: toObject(own), sources: sourcesOf(own, key), tree: own }
}

const sectionItems = (
  document: MapTree,
  section: string,
  kind: string,
  split: readonly string[] = [],
): readonly DocumentItem[] =>
  [...mapAt(document, section).members].map(([name, member]) => item(kind, name, member, split))

const serviceItems = (document: MapTree): readonly DocumentItem[] => {
  const services = memberOf(document, 'services')?.value
  const listed = services?.type === 'list' ? services.items : []
  return listed.flatMap(entry =>
    entry.type === 'leaf'
      ? [{ kind: 'service', name: String(entry.value), settings: {}, sources: { '': entry.source } }]
      : [],
  )
}

const databaseItems = (
  database: Member | undefined,
  section: string,
  kind: string,
): readonly DocumentItem[] => {
  if (database?.value.type !== 'map') return []
  const instance = memberOf(database.value, 'name')
  return [...mapAt(database.value, section).members].map(([name, { key, value }]) =>
    item(kind, name, { key, value: value.type === 'map' ? withMembers(value, { instance }) : value }),
  )
}

const namespaceItems = (document: MapTree): readonly DocumentItem[] =>
  [...mapAt(document, 'namespaces').members].flatMap(([name, member]) => [
    item('namespace', name, member, ['secrets']),
    ...(member.value.type === 'map' ? secretsOf(name, member.value) : []),
  ])

const secretsOf = (namespace: string, map: MapTree): readonly DocumentItem[] =>
  sectionItems(map, 'secrets', 'kubernetes-secret').map(found => ({
    ...found,
    settings: { ...(found.settings as JsonObject), namespace },
  }))
