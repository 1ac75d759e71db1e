/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json
}
/** The way to a value inside a JSON object: one string a step, so that keys may hold dots and slashes. */
export type Path = readonly string[]

/** True for a JSON object (not null, not an array). */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at `path`, or undefined where a step is missing. Own keys only. */
export const valueAt = (root: Json | undefined, path: Path): Json | undefined => {
  let value = root
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

/** A copy of `root` with `value` at `path`; objects on the way are made. */
export const withValueAt = (root: JsonObject, path: Path, value: Json): JsonObject => {
  const [key, ...rest] = path
  if (key === undefined) return isObject(value) ? value : root
  const inner = Object.hasOwn(root, key) ? root[key] : undefined
  return {
    ...root,
    [key]: rest.length === 0 ? value : withValueAt(isObject(inner) ? inner : {}, rest, value),
  }
}

/** Canonical JSON (keys sorted by code unit, no white space): equal values give equal text. */
export const canonical = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.keys(value)
    .sort()
    .map(key => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`)
  return `{${members.join(',')}}`
}

/** Deep equality of JSON values; key order has no meaning. */
export const equal = (a: Json | undefined, b: Json | undefined): boolean => {
  if (a === b) return true
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]))
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every(key => Object.hasOwn(b, key) && equal(a[key], b[key]))
}

/** A path as people read it: `objects.Deployment/api.spec.replicas`. */
export const showPath = (path: Path): string => path.join('.')

/** A value as people read it in a sentence; undefined is `nothing`. */
export const showValue = (value: Json | undefined): string =>
  value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value)
