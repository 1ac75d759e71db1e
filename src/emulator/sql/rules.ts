import { notEmulated } from '../errors.ts'
import { isObject, type JsonObject, listAt, objectAt, sameJson, textAt } from '../json.ts'
import { lastSegment } from '../links.ts'
import { regions } from '../places.ts'
import type { Call } from '../route.ts'
import { knownFlags } from './catalogue.ts'
import { invalid, sqlError } from './errors.ts'

const plusTier = /^(db-perf-optimized-N-\d+|db-c4a-highmem-\d+.*)$/

/** Throws 400 for a tier that does not exist in the edition, in Google's words. */
export function checkTier(settings: JsonObject): void {
  const tier = textAt(settings, 'tier') ?? ''
  const edition = textAt(settings, 'edition') ?? ''
  const custom = /^db-custom-(\d+)-(\d+)$/.exec(tier)
  const fits =
    edition === 'ENTERPRISE_PLUS' ? plusTier.test(tier) : custom || /^db-(f1-micro|g1-small)$/.test(tier)
  if (!fits) {
    const example = edition === 'ENTERPRISE_PLUS' ? 'db-perf-optimized-N-*' : 'db-custom-CPU-MEMORY'
    throw invalid(
      `Invalid Tier (${tier}) for (${edition}) Edition. Use a predefined Tier like ${example} instead.`,
    )
  }
  if (custom === null) return
  const [cpus, memory] = [Number(custom[1]), Number(custom[2])]
  const shape = cpus === 1 || cpus % 2 === 0
  if (!shape || memory % 256 !== 0 || memory < 3840 || memory > cpus * 6656) {
    throw invalid(`Invalid custom machine shape (${tier}).`)
  }
}

/** Throws 400 for a flag that PostgreSQL on Cloud SQL does not have. */
export function checkFlags(settings: JsonObject): void {
  for (const flag of listAt(settings, 'databaseFlags')) {
    const name = textAt(flag, 'name') ?? ''
    if (!knownFlags.has(name)) throw invalid(`Flag requested cannot be set: ${name}.`)
  }
}

const notMade = [
  'masterInstanceName',
  'replicaConfiguration',
  'replicationCluster',
  'diskEncryptionConfiguration',
]

/** Throws for a new instance that Cloud SQL would refuse, and 501 for replicas and customer-managed keys. */
export function checkNew(call: Call, resource: JsonObject): void {
  const name = String(resource.name)
  const unable = notMade.find(field => call.body[field] !== undefined)
  if (unable !== undefined) throw notEmulated(`DatabaseInstance.${unable}`)
  if (!/^[a-z][a-z0-9-]*$/.test(name) || name.endsWith('-')) {
    throw invalid(
      `instance name (${name}) must start with a lower-case letter and hold letters, digits and hyphens.`,
    )
  }
  if (`${call.project.id}:${name}`.length > 98)
    throw invalid('project id and instance name exceed 98 characters.')
  if (!regions.includes(String(resource.region))) throw invalid(`Invalid region: ${resource.region}.`)
  const settings = objectAt(resource, 'settings')
  if (textAt(settings, 'tier') === undefined) throw sqlError(400, 'required', 'Missing parameter: tier.')
  checkTier(settings)
  checkFlags(settings)
  const network = textAt(settings, 'ipConfiguration', 'privateNetwork')
  if (network !== undefined && !call.project.networks.has(lastSegment(network))) {
    throw invalid(`The network ${network} does not exist.`)
  }
}

/** Names of the settings that differ, leaving out what the server moves. */
const changedSettings = (before: JsonObject, after: JsonObject): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    key => key !== 'settingsVersion' && key !== 'kind' && !sameJson(before[key], after[key]),
  )

function checkAlone(before: JsonObject, after: JsonObject, changed: readonly string[]): void {
  const stopped = textAt(before, 'settings', 'activationPolicy') === 'NEVER'
  const others = changed.filter(key => key !== 'activationPolicy')
  if (stopped && (others.length > 0 || before.databaseVersion !== after.databaseVersion)) {
    throw invalid('Invalid request since instance is not running.')
  }
  if (before.databaseVersion !== after.databaseVersion && changed.length > 0) {
    throw invalid('The database version cannot be changed together with other settings.')
  }
  const besides = changed.filter(
    key => !['edition', 'tier', 'dataCacheConfig', 'backupConfiguration'].includes(key),
  )
  if (changed.includes('edition') && besides.length > 0) {
    throw invalid(`The edition cannot be changed together with ${besides.join(', ')}.`)
  }
}

const diskOf = (resource: JsonObject): number => Number(textAt(resource, 'settings', 'dataDiskSizeGb') ?? 0)
const majorOf = (resource: JsonObject): number =>
  Number(/\d+/.exec(String(resource.databaseVersion))?.[0] ?? 0)

/** Throws for a change that Cloud SQL would refuse. */
export function checkChange(before: JsonObject, after: JsonObject): void {
  for (const key of ['name', 'region', 'instanceType']) {
    if (!sameJson(before[key], after[key])) throw invalid(`The ${key} of an instance cannot be changed.`)
  }
  const [from, to] = [objectAt(before, 'settings'), objectAt(after, 'settings')]
  checkAlone(before, after, changedSettings(from, to))
  if (majorOf(after) < majorOf(before)) throw invalid('A database version downgrade is not supported.')
  if (diskOf(after) < diskOf(before)) throw invalid('Disk size can not be decreased.')
  if (from.dataDiskType !== to.dataDiskType) throw invalid('The data disk type cannot be changed.')
  const [network, next] = [from, to].map(each => textAt(each, 'ipConfiguration', 'privateNetwork'))
  if (network !== undefined && next === undefined) throw invalid('Private network cannot be removed.')
  checkTier(to)
  checkFlags(to)
}

/** Throws 412 when the caller read other settings than those there are now. */
export function checkSettingsVersion(sent: JsonObject, before: JsonObject, needed: boolean): void {
  const version = isObject(sent.settings) ? sent.settings.settingsVersion : undefined
  if (version === undefined || version === null) {
    if (needed) throw sqlError(400, 'required', 'Missing parameter: settings.settingsVersion.')
    return
  }
  if (String(version) === textAt(before, 'settings', 'settingsVersion')) return
  throw sqlError(412, 'staleData', 'Condition does not match.')
}
