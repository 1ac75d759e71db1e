import { timestamp } from '../clock.ts'
import { fingerprint } from '../ids.ts'
import { canonical, type Json, type JsonObject, objectAt, textAt, withoutNulls } from '../json.ts'
import { lastSegment, tail } from '../links.ts'
import { page } from '../paging.ts'
import { regions } from '../places.ts'
import { type Call, param } from '../route.ts'
import { checkName, computeError, refuseFilter, resourceNotFound } from './errors.ts'
import { computeLink } from './links.ts'
import { repeated, start } from './operations.ts'

const labelFingerprint = (labels: Json | undefined): string =>
  Buffer.from(fingerprint(JSON.stringify(canonical(labels ?? {})), 16), 'hex').toString('base64')

/** `regions/REGION` or `global`. Throws 404 for a region that does not exist. */
function scopeOf(call: Call): string {
  const { region } = call.params
  if (region === undefined) return 'global'
  if (!regions.includes(region)) throw resourceNotFound(`projects/${call.project.id}/regions/${region}`)
  return `regions/${region}`
}

function view(call: Call, resource: JsonObject): JsonObject {
  const { region, selfLink, network, subnetwork, ...rest } = resource
  const link = (value: Json | undefined) => (typeof value === 'string' ? computeLink(call, value) : undefined)
  return withoutNulls({
    ...rest,
    region: link(region),
    selfLink: link(selfLink),
    network: link(network),
    subnetwork: link(subnetwork),
  })
}

/** Addresses of the blocks that are set aside for documentation: nobody answers there. */
function nextAddress(call: Call, internal: boolean): string {
  const used = new Set([...call.project.addresses.values()].map(({ address }) => address))
  const blocks = internal ? ['10.128.15', '10.128.14'] : ['203.0.113', '198.51.100']
  for (const block of blocks) {
    for (let host = 2; host < 255; host++) if (!used.has(`${block}.${host}`)) return `${block}.${host}`
  }
  throw computeError(403, 'quotaExceeded', "Quota 'STATIC_ADDRESSES' exceeded. Limit: 506.0.")
}

function find(call: Call, name: string): { readonly key: string; readonly resource: JsonObject } {
  const key = `${scopeOf(call)}/${name}`
  const resource = call.project.addresses.get(key)
  if (resource !== undefined) return { key, resource }
  const [, scope = '', rest = ''] = /^(.*)\/([^/]+)$/.exec(key) ?? []
  throw resourceNotFound(`projects/${call.project.id}/${scope}/addresses/${rest}`)
}

function filled(call: Call, scope: string, name: string): JsonObject {
  const { body, world } = call
  const addressType = textAt(body, 'addressType') ?? 'EXTERNAL'
  const internal = addressType === 'INTERNAL'
  const { description, ipVersion, labels, prefixLength, purpose } = body
  const link = (field: string) => {
    const sent = textAt(body, field)
    return sent === undefined ? undefined : tail(sent)
  }
  return withoutNulls({
    kind: 'compute#address',
    id: world.ids.computeId(),
    creationTimestamp: timestamp(world.clock.now()),
    name,
    description: description ?? '',
    address: textAt(body, 'address') ?? nextAddress(call, internal),
    status: 'RESERVING',
    region: scope === 'global' ? undefined : scope,
    selfLink: `${scope}/addresses/${name}`,
    // Ranges for peering have one too. [R loadbalancer-global-address-labels]
    networkTier: textAt(body, 'networkTier') ?? 'PREMIUM',
    addressType,
    purpose: purpose ?? (internal && scope !== 'global' ? 'GCE_ENDPOINT' : undefined),
    ipVersion,
    prefixLength,
    network: link('network'),
    subnetwork:
      link('subnetwork') ?? (internal && scope !== 'global' ? `${scope}/subnetworks/default` : undefined),
    labels,
    labelFingerprint: labelFingerprint(labels),
  })
}

/** compute v1, addresses.insert and globalAddresses.insert: RESERVING, and RESERVED once the operation is done. */
export function insertAddress(call: Call): JsonObject {
  const before = repeated(call)
  if (before !== undefined) return before
  const scope = scopeOf(call)
  const name = textAt(call.body, 'name') ?? ''
  checkName(name)
  const network = textAt(call.body, 'network')
  if (network !== undefined && !call.project.networks.has(lastSegment(network))) {
    throw resourceNotFound(`projects/${call.project.id}/${tail(network)}`)
  }
  const key = `${scope}/${name}`
  const { addresses } = call.project
  if (addresses.has(key)) {
    const path = `projects/${call.project.id}/${scope}/addresses/${name}`
    throw computeError(409, 'alreadyExists', `The resource '${path}' already exists`)
  }
  addresses.set(key, filled(call, scope, name))
  return start(call, {
    type: 'insert',
    scope,
    target: `${scope}/addresses/${name}`,
    apply: () => addresses.set(key, { ...addresses.get(key), status: 'RESERVED' }),
    fail: () => addresses.delete(key),
  })
}

/** compute v1, addresses.get and globalAddresses.get. */
export const getAddress = (call: Call): JsonObject => view(call, find(call, param(call, 'address')).resource)

/** compute v1, addresses.delete and globalAddresses.delete. Throws 400 while somebody uses it. */
export function deleteAddress(call: Call): JsonObject {
  const before = repeated(call)
  if (before !== undefined) return before
  const name = param(call, 'address')
  const { key, resource } = find(call, name)
  const scope = scopeOf(call)
  const users = resource.users
  if (Array.isArray(users) && users.length > 0) {
    const path = `projects/${call.project.id}/${scope}/addresses/${name}`
    const message = `The address resource '${path}' is already being used by '${users[0]}'`
    throw computeError(400, 'resourceInUseByAnotherResource', message)
  }
  const apply = () => void call.project.addresses.delete(key)
  return start(call, { type: 'delete', scope, target: `${scope}/addresses/${name}`, apply })
}

/** compute v1, addresses.setLabels and globalAddresses.setLabels: done at once; 412 for a stale fingerprint. */
export async function setAddressLabels(call: Call): Promise<JsonObject> {
  const name = param(call, 'resource')
  const { key, resource } = find(call, name)
  if (textAt(call.body, 'labelFingerprint') !== resource.labelFingerprint) {
    throw computeError(
      412,
      'conditionNotMet',
      'Labels fingerprint either invalid or resource labels have changed',
    )
  }
  const labels = objectAt(call.body, 'labels')
  const scope = scopeOf(call)
  const operation = start(call, {
    type: 'setLabels',
    scope,
    target: `${scope}/addresses/${name}`,
    apply: () =>
      call.project.addresses.set(key, { ...resource, labels, labelFingerprint: labelFingerprint(labels) }),
  })
  await call.world.operations.settle()
  const now = operation.insertTime
  return { ...operation, status: 'DONE', progress: 100, startTime: now, endTime: now }
}

/** compute v1, addresses.list and globalAddresses.list. */
export function listAddresses(call: Call): JsonObject {
  refuseFilter(call.query)
  const scope = scopeOf(call)
  const all = [...call.project.addresses]
    .filter(([key]) => key.startsWith(`${scope}/`))
    .map(([, each]) => each)
  const { items, nextPageToken } = page(all, call.query, 500)
  return {
    kind: 'compute#addressList',
    id: `projects/${call.project.id}/${scope}/addresses`,
    items: items.map(each => view(call, each)),
    nextPageToken,
    selfLink: computeLink(call, `${scope}/addresses`),
  }
}

/** compute v1, addresses.aggregatedList: every scope, the empty ones with a warning that is no error. */
export function aggregateAddresses(call: Call): JsonObject {
  refuseFilter(call.query)
  const scopes = ['global', ...regions.map(region => `regions/${region}`)]
  const items = scopes.map(scope => {
    const found = [...call.project.addresses].filter(([key]) => key.startsWith(`${scope}/`))
    if (found.length > 0) return [scope, { addresses: found.map(([, each]) => view(call, each)) }] as const
    const message = `There are no results for scope '${scope}' on this page.`
    const warning = { code: 'NO_RESULTS_ON_PAGE', message, data: [{ key: 'scope', value: scope }] }
    return [scope, { warning }] as const
  })
  return {
    kind: 'compute#addressAggregatedList',
    id: `projects/${call.project.id}/aggregated/addresses`,
    items: Object.fromEntries(items),
    selfLink: computeLink(call, 'aggregated/addresses'),
  }
}
