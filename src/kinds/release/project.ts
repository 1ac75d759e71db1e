import { equal, isObject, type Json, type JsonObject, type Path } from '../../core/json.ts'
import { isReference, isText } from '../../core/reference.ts'

/**
 * A live value in terms of a declared one: only fields that are declared. A declared zero that the server does not
 * store (`minReadySeconds: 0`) counts as there; a list that holds more than was declared in each member counts as it
 * was declared.
 */
export const projected = (live: Json | undefined, declared: Json): Json | undefined => {
  if (live === undefined || live === null) return isZero(declared) ? declared : undefined
  if (isReference(declared) || isText(declared)) return live
  if (isObject(declared) && isObject(live)) return projectedObject(live, declared)
  if (!Array.isArray(declared) || !Array.isArray(live) || live.length !== declared.length) return live
  const items = declared.map((item, index) => projected(live[index], item) ?? null)
  return equal(items, declared) ? declared : items
}

const projectedObject = (live: JsonObject, declared: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(declared).flatMap(([key, value]) => {
      const found = projected(Object.hasOwn(live, key) ? live[key] : undefined, value)
      return found === undefined ? [] : [[key, found]]
    }),
  )

const isZero = (value: Json): boolean => {
  if (value === 0 || value === false || value === '') return true
  return isObject(value) && Object.keys(value).length > 0 && Object.values(value).every(isZero)
}

/** `value` without what is at `path`. */
export const without = (value: JsonObject, path: Path): JsonObject => {
  const [key, ...rest] = path
  if (key === undefined || !Object.hasOwn(value, key)) return value
  const { [key]: inner, ...others } = value
  if (rest.length === 0) return others
  return isObject(inner) ? { ...value, [key]: without(inner, rest) } : value
}

/** Paths of everything in which two values differ. */
export const differences = (a: Json | undefined, b: Json | undefined, at: Path = []): readonly Path[] => {
  if (equal(a, b)) return []
  if (!isObject(a) || !isObject(b)) return [at]
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].flatMap(key => differences(a[key], b[key], [...at, key]))
}
