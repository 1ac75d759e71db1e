import { type Json, type JsonObject, valueAt, withValueAt } from '../../core/json.ts'
import { listOf, objectOf } from '../shared/codecs.ts'
import { type Edit, edited, toApi, touched } from '../shared/fields.ts'
import { markLabel } from '../shared/labels.ts'
import type { ApiInstance } from '../shared/sql/instances.ts'
import { instanceFields, instanceSpecOf } from './api.ts'

const upgrade: readonly string[] = ['version']
const machine: readonly string[] = ['edition', 'tier', 'dataCache']

/**
 * Splits changes into those that Cloud SQL takes together, in the order that works (Terraform's update of an
 * instance): start, version, edition with its machine, everything else, stop.
 */
export const phasesOf = <E extends Edit>(edits: readonly E[]): readonly (readonly E[])[] => {
  const of = (edit: E) => edit.path[0] ?? ''
  const starts = edits.filter(edit => of(edit) === 'activation' && edit.to === 'ALWAYS')
  const stops = edits.filter(edit => of(edit) === 'activation' && edit.to !== 'ALWAYS')
  const versions = edits.filter(edit => upgrade.includes(of(edit)))
  const changesEdition = edits.some(edit => of(edit) === 'edition')
  const machines = changesEdition ? edits.filter(edit => machine.includes(of(edit))) : []
  const apart = new Set([...starts, ...stops, ...versions, ...machines])
  const rest = edits.filter(edit => !apart.has(edit))
  return [starts, versions, machines, rest, stops].filter(phase => phase.length > 0)
}

/**
 * The body of sqladmin v1 instances.patch for one phase: changed leaves only, lists whole (what is live and not in
 * the file goes back untouched), an empty list or null for what goes, and the settings version that was read.
 */
export const patchBody = (live: ApiInstance, phase: readonly Edit[]): JsonObject => {
  const target = edited(instanceSpecOf(live, ''), phase)
  const fields = touched(instanceFields, phase).filter(({ spec }) => !isLabel(spec[0]))
  const gone = touched(
    fields,
    phase.filter(({ to }) => to === undefined),
  ).filter(({ spec }) => valueAt(target, spec) === undefined)
  const body = gone.reduce(
    (sent, { api }) => withValueAt(sent, api, Array.isArray(valueAt(live, api)) ? [] : null),
    toApi(fields, target),
  )
  const userLabels = labelsOf(phase)
  return {
    ...body,
    ...(needsVersion(phase) && typeof live.databaseVersion === 'string'
      ? { databaseVersion: live.databaseVersion }
      : {}),
    settings: {
      ...withWholeNetworks(objectOf(body.settings), live),
      ...(Object.keys(userLabels).length === 0 ? {} : { userLabels }),
      ...versionOf(live),
    },
  }
}

const networksPath = ['ipConfiguration', 'authorizedNetworks']

/** The list of networks is taken whole: what the file cannot say of one (`expirationTime`) goes back as it is. */
const withWholeNetworks = (settings: JsonObject, { settings: live }: ApiInstance): JsonObject => {
  const sent = valueAt(settings, networksPath)
  if (sent === undefined) return settings
  const known = listOf(valueAt(live, networksPath)).map(objectOf)
  const whole = listOf(sent).map(one => {
    const { value, name } = objectOf(one)
    return { ...known.find(network => network.value === value), value: value ?? '', name: name ?? '' }
  })
  return withValueAt(settings, networksPath, whole)
}

const isLabel = (setting: string | undefined): boolean => setting === 'labels' || setting === 'mark'

const labelsOf = (phase: readonly Edit[]): JsonObject =>
  Object.fromEntries(
    phase.flatMap(({ path, to }): readonly (readonly [string, Json])[] => {
      const [setting, key] = path
      if (setting === 'mark') return [[markLabel, to ?? null]]
      if (setting !== 'labels') return []
      return key === undefined ? Object.entries(objectOf(to)) : [[key, to ?? null]]
    }),
  )

/** These two are refused without the version beside them (facts, instance fields). */
const needsVersion = (phase: readonly Edit[]): boolean =>
  phase.some(({ path }) => path[0] === 'connectionPooling' || path[0] === 'googleMl')

const versionOf = ({ settings }: ApiInstance): JsonObject => {
  const { settingsVersion } = objectOf(settings)
  return settingsVersion === undefined ? {} : { settingsVersion }
}
