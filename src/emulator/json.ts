/** A JSON value; members that are `undefined` count as absent. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** A JSON object, never changed in place. */
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

/** Whether a value is a JSON object (no array, not null). */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The member as an object; an empty one when it is absent or something else. */
export function objectAt(value: Json | undefined, ...path: readonly string[]): JsonObject {
  const found = at(value, ...path)
  return isObject(found) ? found : {}
}

/** The member as a text; undefined when it is absent or something else. */
export function textAt(value: Json | undefined, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

/** The member as a list; an empty one when it is absent or something else. */
export function listAt(value: Json | undefined, ...path: readonly string[]): readonly Json[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

/** The value below a path of member names, or undefined. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let current = value
  for (const key of path) current = isObject(current) ? current[key] : undefined
  return current
}

/** RFC 7386: objects merge member by member, null removes, everything else (lists too) replaces. */
export function mergePatch(target: Json | undefined, patch: JsonObject): JsonObject {
  const result: Record<string, Json | undefined> = { ...(isObject(target) ? target : {}) }
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue
    if (value === null) delete result[key]
    else result[key] = isObject(value) ? mergePatch(result[key], value) : value
  }
  return result
}

/** The same value without members that are null or undefined, at any depth. */
export function withoutNulls(value: JsonObject): JsonObject {
  return mergePatch({}, value)
}

/** The same value with members in alphabetical order and absent ones dropped, for comparing as text. */
export function canonical(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(canonical)
  if (!isObject(value)) return (value as Json | undefined) ?? null
  const members = Object.keys(value)
    .filter(key => value[key] !== undefined)
    .sort()
    .map(key => [key, canonical(value[key])] as const)
  return Object.fromEntries(members)
}

/** Whether two values are the same JSON, whatever the order of members. */
export const sameJson = (left: Json | undefined, right: Json | undefined): boolean =>
  JSON.stringify(canonical(left)) === JSON.stringify(canonical(right))
