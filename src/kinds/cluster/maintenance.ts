import type { JsonObject } from '../../core/json.ts'
import { objectOf } from '../shared/codecs.ts'
import type { Edit } from '../shared/fields.ts'
import { plain } from '../shared/settings.ts'

/**
 * The window of a maintenance policy (container v1, MaintenanceWindow) with changes made to it. `wanted` is what the file
 * wants of it, as the API says it. The policy is replaced as a whole, so all that is not changed goes back as it is
 * live: the exclusions of others among it, which may have no end (`endTimeBehavior`).
 */
export const changedWindow = (live: JsonObject, wanted: JsonObject, edits: readonly Edit[]): JsonObject => {
  const { dailyMaintenanceWindow, recurringWindow, recurringMaintenanceWindow, ...others } = live
  const begun = { dailyMaintenanceWindow, recurringWindow, recurringMaintenanceWindow }
  return plain({
    ...others,
    ...(start(wanted, edits) ?? begun),
    maintenanceExclusions: exclusions(live, wanted, edits),
  })
}

/** A daily start takes the place of a recurring window and the other way round. */
const start = (
  { dailyMaintenanceWindow, recurringWindow }: JsonObject,
  edits: readonly Edit[],
): JsonObject | undefined => {
  const touches = (setting: string) => edits.some(({ path, to }) => path[1] === setting && to !== undefined)
  if (touches('daily')) return { dailyMaintenanceWindow: dailyMaintenanceWindow ?? {} }
  return touches('window') ? { recurringWindow: recurringWindow ?? {} } : undefined
}

const exclusions = (live: JsonObject, wanted: JsonObject, edits: readonly Edit[]): JsonObject | undefined => {
  const changed = new Set(
    edits.flatMap(({ path: [, setting, name] }) => (setting === 'exclusions' ? name : [])),
  )
  const kept = Object.entries(objectOf(live.maintenanceExclusions)).filter(([name]) => !changed.has(name))
  const ours = Object.entries(objectOf(wanted.maintenanceExclusions)).filter(([name]) => changed.has(name))
  return kept.length + ours.length === 0 ? undefined : Object.fromEntries([...kept, ...ours])
}
