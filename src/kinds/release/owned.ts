import { equal, isObject, type Json, type JsonObject } from '../../core/json.ts'
import { atomic, withoutFilled } from './filled.ts'

const manager = 'helm'

/**
 * The part of a live object that helm owns according to its managedFields (fieldsV1: `f:` a field, `k:` a member by
 * key, `v:` a member by value). Helm 3 sends objects the old way (operation Update), and then owns what the server
 * filled in as well: defaults and generated fields are left out of that.
 */
export const ownedByHelm = (object: JsonObject): JsonObject => {
  const { apiVersion = null, kind = null, metadata } = object
  const { managedFields, name = null, namespace = null } = isObject(metadata) ? metadata : {}
  const entries = (Array.isArray(managedFields) ? managedFields : []).filter(isObject)
  const parts = entries
    .filter(entry => entry.manager === manager && (entry.subresource ?? '') === '')
    .flatMap(({ fieldsV1, operation }) => {
      if (!isObject(fieldsV1)) return []
      const owned = part(object, fieldsV1)
      if (!isObject(owned)) return []
      return [operation === 'Update' ? withoutFilled(owned, String(kind)) : owned]
    })
  const whole = parts.reduce(joined, {})
  const about = isObject(whole.metadata) ? whole.metadata : {}
  return { ...whole, apiVersion, kind, metadata: { ...about, name, namespace } }
}

const part = (value: Json, fields: JsonObject): Json | undefined => {
  const inner = Object.entries(fields).filter(([key]) => key !== '.')
  // A struct that is owned as a whole holds the server's defaults too (fieldRef, selectors: x-kubernetes-map-type).
  if (inner.length === 0) return isObject(value) ? { [atomic]: value } : value
  if (isObject(value)) return ofObject(value, inner)
  if (Array.isArray(value)) return ofList(value, inner)
  return value
}

type Entries = readonly (readonly [string, Json])[]

const ofObject = (value: JsonObject, inner: Entries): JsonObject =>
  Object.fromEntries(
    inner.flatMap(([key, fields]) => {
      const name = key.slice(2)
      const found = key.startsWith('f:') && Object.hasOwn(value, name) ? value[name] : undefined
      if (found === undefined || !isObject(fields)) return []
      const owned = part(found, fields)
      return owned === undefined ? [] : [[name, owned]]
    }),
  )

const ofList = (value: readonly Json[], inner: Entries): readonly Json[] =>
  inner.flatMap(([key, fields]) => {
    const wanted = JSON.parse(key.slice(2)) as Json
    if (key.startsWith('v:')) return value.filter(item => equal(item, wanted))
    if (!key.startsWith('k:') || !isObject(wanted) || !isObject(fields)) return []
    const found = value
      .filter(isObject)
      .find(item => Object.entries(wanted).every(([name, one]) => equal(item[name], one)))
    if (found === undefined) return []
    const owned = part(found, fields)
    return isObject(owned) ? [{ ...wanted, ...owned }] : []
  })

/**
 * `shown` with what helm owns besides, both in comparable form. In a struct that is owned as a whole, what is shown
 * counts alone: the rest of it are defaults.
 */
export const withOwned = (shown: JsonObject, owned: JsonObject): JsonObject => {
  const result: Record<string, Json> = { ...shown }
  for (const [key, value] of Object.entries(owned)) {
    const own = result[key]
    const whole = isObject(value) ? value[atomic] : undefined
    if (own === undefined) result[key] = whole ?? (isObject(value) ? withOwned({}, value) : value)
    else if (whole === undefined && isObject(own) && isObject(value)) result[key] = withOwned(own, value)
  }
  return result
}

/** Two parts of one object; what helm wrote by update and by apply. Lists are not joined: the larger one counts. */
const joined = (a: JsonObject, b: JsonObject): JsonObject => {
  const result: Record<string, Json> = { ...a }
  for (const [key, value] of Object.entries(b)) {
    const own = result[key]
    if (isObject(own) && isObject(value)) result[key] = joined(own, value)
    else if (!(Array.isArray(own) && Array.isArray(value) && own.length >= value.length)) result[key] = value
  }
  return result
}
