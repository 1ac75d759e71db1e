import { regionOf } from '../../kinds/shared/places.ts'
import type { Header } from '../header.ts'
import { takesAway } from '../merge.ts'
import { type MapTree, mapAt, memberOf, type Tree, treeAt } from '../tree.ts'
import {
  chartVersion,
  connectionSecret,
  type OwnNames,
  proxyImage,
  type SkypilotInput,
} from './skypilot-input.ts'

/** Reads from a file's own sections what the preset depends on; a value of a wrong type counts as not there. */
export const skypilotInput = (
  header: Header & { readonly name: string },
  sections: MapTree,
  applierKnown: boolean,
): SkypilotInput => {
  const text = (...path: readonly string[]) => textAt(sections, path)
  const name = header.names?.release ?? 'skypilot'
  const value = (...path: readonly string[]) =>
    leafAt(sections, ['release', 'values', ...path]) ??
    leafAt(sections, ['releases', name, 'values', ...path])
  const host = value('ingress', 'host')
  const taken = (...path: readonly string[]) => takesAway(treeAt(sections, path))
  const namespace = header.names?.namespace ?? 'skypilot'
  const hosted = typeof host === 'string' && host !== ''
  const ownController = value('ingress-nginx', 'enabled') === false
  return {
    environment: header.name,
    project: header.project,
    location: header.location,
    databaseRegion: text('database', 'region') ?? regionOf(header.location),
    auth: text('database', 'auth') === 'password' ? 'password' : 'iam',
    login: header.login,
    names: ownNames(header.names ?? {}, text, value('rbac', 'serviceAccountName')),
    sharedCluster: memberOf(mapAt(sections, 'cluster'), 'use') !== undefined,
    autopilot: text('cluster', 'mode') === 'autopilot',
    extraPools: [...mapAt(sections, 'nodePools').members.keys()].filter(pool => pool !== 'default'),
    backedUp: leafAt(sections, ['database', 'backups', 'enabled']) !== false,
    reach: reachOf(sections),
    proxy: text('database', 'proxy') ?? proxyImage,
    version: text('release', 'version') ?? text('releases', name, 'version') ?? chartVersion,
    ownImage: typeof value('apiService', 'image') === 'string',
    exposed: value('ingress', 'enabled') !== false && (hosted || !ownController),
    host: hosted ? host : undefined,
    tls: value('ingress', 'tls', 'enabled') === true,
    reserved: !taken('addresses', header.name),
    ownConnection: !taken('namespaces', namespace, 'secrets', connectionSecret),
    applierKnown,
  }
}

/** A name can be given by `names:`, or at the thing itself under the name that it has in the plan. */
const ownNames = (
  names: OwnNames,
  text: (...path: readonly string[]) => string | undefined,
  account: unknown,
): OwnNames => ({
  ...names,
  nodes: text('serviceAccounts', 'nodes', 'id'),
  serviceAccount: names.serviceAccount ?? text('serviceAccounts', 'skypilot', 'id'),
  kubernetesServiceAccount:
    names.kubernetesServiceAccount ?? (typeof account === 'string' && account !== '' ? account : undefined),
  instance: names.instance ?? text('database', 'name'),
  database: names.database ?? text('database', 'databases', 'skypilot', 'name'),
  user: names.user ?? text('database', 'users', 'skypilot', 'name'),
  login: text('secrets', 'login', 'name'),
  password: text('secrets', 'database', 'name'),
})

/** By Private Service Connect only where no private address is asked for. */
const reachOf = (sections: MapTree): SkypilotInput['reach'] => {
  const database = (...path: readonly string[]) => leafAt(sections, ['database', ...path])
  if (database('publicIp') !== false) return undefined
  return database('psc', 'enabled') === true && database('privateNetwork') === undefined ? 'psc' : 'private'
}

const leafAt = (tree: Tree, path: readonly string[]) => {
  const leaf = treeAt(tree, path)
  return leaf?.type === 'leaf' ? leaf.value : undefined
}

const textAt = (tree: Tree, path: readonly string[]): string | undefined => {
  const value = leafAt(tree, path)
  return typeof value === 'string' && value !== '' ? value : undefined
}
