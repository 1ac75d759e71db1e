import { equal, isObject, type JsonObject } from '../core/json.ts'

/**
 * What has to be laid over the preset's values so that the chart gets what the release has: keys that differ, and
 * `null` for keys of the preset that the release leaves to the chart. What says no more than the chart does is left out.
 */
export const overValues = (preset: JsonObject, wanted: JsonObject, chart: JsonObject): JsonObject => {
  const over = Object.entries(wanted).flatMap(([key, value]) => {
    const [before, own] = [preset[key], chart[key]]
    if (before === undefined && equal(own, value)) return []
    if (equal(before, value)) return []
    if (!isObject(value) || !(isObject(before) || (before === undefined && isObject(own))))
      return [[key, value]]
    const inner = overValues(isObject(before) ? before : {}, value, isObject(own) ? own : {})
    return Object.keys(inner).length === 0 ? [] : [[key, inner]]
  })
  const gone = Object.entries(preset)
    .filter(([key, value]) => !Object.hasOwn(wanted, key) && !equal(value, chart[key] ?? null))
    .map(([key]) => [key, null])
  return Object.fromEntries([...over, ...gone]) as JsonObject
}
