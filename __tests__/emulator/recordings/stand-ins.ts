import { createIds } from '../../../src/emulator/ids.ts'
import type { Emulator } from '../../../src/emulator/index.ts'
import { type JsonObject, objectAt, textAt } from '../../../src/emulator/json.ts'
import { tail } from '../../../src/emulator/links.ts'
import { createProject, type Project, type SqlInstance } from '../../../src/emulator/store.ts'
import type { Exchange } from './exchange.ts'

const ids = createIds('stand-ins')
const now = '2026-01-01T00:00:00.000Z'

/** What a call that is not emulated leaves behind for calls that are: made by hand, from nothing but its request. */
type StandIn = (project: Project, exchange: Exchange, found: RegExpExecArray) => void

const withoutFalse = (body: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(body).filter(([key, value]) => value !== false || key === 'autoCreateSubnetworks'),
  )

const network = (body: JsonObject): JsonObject => ({
  kind: 'compute#network',
  id: ids.computeId(),
  creationTimestamp: now,
  networkFirewallPolicyEnforcementOrder: 'AFTER_CLASSIC_FIREWALL',
  ...withoutFalse(body),
  routingConfig: {
    bgpBestPathSelectionMode: 'LEGACY',
    routingMode: 'REGIONAL',
    ...objectAt(body, 'routingConfig'),
  },
  selfLink: `global/networks/${body.name}`,
})

const subnetwork = (region: string, body: JsonObject): JsonObject => ({
  kind: 'compute#subnetwork',
  id: ids.computeId(),
  creationTimestamp: now,
  fingerprint: ids.etag(),
  privateIpGoogleAccess: false,
  privateIpv6GoogleAccess: 'DISABLE_GOOGLE_ACCESS',
  purpose: 'PRIVATE',
  stackType: 'IPV4_ONLY',
  state: 'READY',
  gatewayAddress: String(body.ipCidrRange).replace(/\d+\/\d+$/, '1'),
  ...body,
  network: tail(String(body.network)),
  region: `regions/${region}`,
  selfLink: `regions/${region}/subnetworks/${body.name}`,
})

/** A copy under another name, for a clone. */
const copyOf = ({ resource, databases, users, passwords }: SqlInstance, name: string): SqlInstance => ({
  resource: JSON.parse(JSON.stringify(resource).replaceAll(String(resource.name), name)) as JsonObject,
  databases: new Map(databases),
  users: new Map(users),
  passwords: new Map(passwords),
  backupRuns: new Map(),
})

const table: readonly (readonly [RegExp, StandIn])[] = [
  [
    /^POST compute .*\/global\/networks$/,
    ({ networks }, { body = {} }) => void networks.set(String(body.name), network(body)),
  ],
  [
    /^PATCH compute .*\/global\/networks\/([^/]+)$/,
    ({ networks }, { body = {} }, [, name = '']) =>
      void networks.set(name, { ...networks.get(name), internalIpv6Range: 'fd20:0:0:0:0:0:0:0/48', ...body }),
  ],
  [
    /^POST sqladmin .*\/instances\/([^/]+)\/clone$/,
    ({ sqlInstances }, { body = {} }, [, source = '']) => {
      const from = sqlInstances.get(source)
      const name = textAt(body, 'cloneContext', 'destinationInstanceName') ?? ''
      if (from !== undefined) sqlInstances.set(name, copyOf(from, name))
    },
  ],
  [
    /^DELETE sqladmin .*\/instances\/([^/]+)\/backupRuns\/(\d+)$/,
    ({ sqlInstances }, _, [, name = '', run = '']) => void sqlInstances.get(name)?.backupRuns.delete(run),
  ],
  [
    /^DELETE compute .*\/global\/networks\/([^/]+)$/,
    ({ networks }, _, [, name = '']) => void networks.delete(name),
  ],
  [
    /^POST compute .*\/regions\/([^/]+)\/subnetworks$/,
    ({ subnetworks }, { body = {} }, [, region = '']) =>
      void subnetworks.set(`${region}/${body.name}`, subnetwork(region, body)),
  ],
  [
    /^POST compute .*\/regions\/([^/]+)\/subnetworks\/([^/]+)\/setPrivateIpGoogleAccess$/,
    ({ subnetworks }, { body = {} }, [, region = '', name = '']) => {
      const before = subnetworks.get(`${region}/${name}`)
      subnetworks.set(`${region}/${name}`, { ...before, ...body })
    },
  ],
  [
    /^DELETE compute .*\/regions\/([^/]+)\/subnetworks\/([^/]+)$/,
    ({ subnetworks }, _, [, region = '', name = '']) => void subnetworks.delete(`${region}/${name}`),
  ],
]

/** Does by hand what a call outside the emulator's routes would have done. */
export const standIn = (emulator: Emulator, exchange: Exchange): void => {
  if (exchange.status !== 200) return
  const project = emulator.state.find('acme-ml')
  if (project === undefined) throw new Error('no project')
  const request = `${exchange.method} ${exchange.host} ${exchange.path}`
  for (const [pattern, act] of table) {
    const found = pattern.exec(request)
    if (found !== null) act(project, exchange, found)
  }
  if (request === 'POST cloudresourcemanager v1/projects')
    emulator.state.add(createProject({ id: String(exchange.body?.projectId) }, ids, Date.parse(now)))
}
