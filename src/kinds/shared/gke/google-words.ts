import { isObject, type Json, type JsonObject } from '../../../core/json.ts'

/** Members of NodeConfig's messages that are int64 (container v1), which Google's JSON writes as text. */
export const longs: ReadonlySet<string> = new Set([
  'podPidsLimit',
  'cpuReservedMillicore',
  'memoryReservedMib',
  'gcsGeneration',
  'swapSizeGib',
  'diskCount',
  'threadsPerCore',
])

/**
 * Settings in the words of the API as its answers write them: int64 and the values of sysctls are text, whether the file
 * says 2048 or "2048". Otherwise they would differ for ever.
 */
export const asAnswered = (
  settings: Readonly<Record<string, unknown>> | undefined,
): JsonObject | undefined =>
  settings === undefined ? undefined : (answered(settings as JsonObject, false) as JsonObject)

const answered = (value: Json, isText: boolean): Json => {
  if (Array.isArray(value)) return value.map(member => answered(member, isText))
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        answered(member, isText || longs.has(key) || key === 'sysctls'),
      ]),
    )
  return isText && typeof value === 'number' ? String(value) : value
}
