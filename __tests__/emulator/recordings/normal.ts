import type { Schema } from '../../../src/emulator/description.ts'
import { description } from '../../../src/emulator/descriptions.ts'
import { canonical, isObject, type Json, type JsonObject } from '../../../src/emulator/json.ts'
import type { Match } from '../../../src/emulator/router.ts'

type Schemas = Readonly<Record<string, Schema>>

/**
 * A recorded body as the described version of the API would have it: members that only the recorded version has
 * (v1beta1) are left out, and enum numbers (asked for with `enum-encoding=int`) become the names that they stand for.
 */
const described = (schemas: Schemas, schema: Schema, value: Json): Json => {
  if (schema.$ref !== undefined) return described(schemas, schemas[schema.$ref] ?? {}, value)
  if (Array.isArray(value)) return value.map((item: Json) => described(schemas, schema.items ?? {}, item))
  if (schema.enum !== undefined && typeof value === 'number') return schema.enum[value] ?? value
  const { properties, additionalProperties } = schema
  if (!isObject(value) || (properties === undefined && additionalProperties === undefined)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      const known = properties?.[key] ?? additionalProperties
      return known === undefined || member === undefined ? [] : [[key, described(schemas, known, member)]]
    }),
  )
}

const inWords = ({ route, api }: Match, schema: string | undefined, body: JsonObject): JsonObject => {
  if (schema === undefined) return body
  const { schemas } = route.description === undefined ? api : description(route.description)
  const value = described(schemas, { $ref: schema }, body)
  return isObject(value) ? value : body
}

/** A recorded request's body in the words of the described version. */
export const requestOf = (match: Match, body: JsonObject): JsonObject =>
  inWords(match, match.method.request, body)

/** A recorded answer in the words of the described version; an error's body is no version's own. */
export const answerOf = (match: Match, status: number, body: JsonObject): JsonObject =>
  status === 200 ? inWords(match, match.method.response, body) : body

/** A link without its host and without saying a project by number or by id: what a client may rely on. */
const plainText = (text: string): string =>
  text
    .replace(/^(https?:\/\/[^/]+\/|\/\/[^/]+\/)(compute\/|sql\/|container\/)*/, '/')
    .replace(/^\/(v1beta1|v1beta4|v1)\//, '/')
    .replace(/^\/projects\//, 'projects/')
    .replace(/projects\/123456789012\b/, 'projects/acme-ml')
    .replace(/operation-\d{13}-[0-9a-f-]+/, 'operationid')
    .replaceAll(/"[0-9a-f]{8}"/g, '"FINGERPRINT"')

/** Lists whose order says nothing. */
const sets: ReadonlySet<string> = new Set([
  'members',
  'subnetworks',
  'bindings',
  'enableComponents',
  'oauthScopes',
  'auditLogConfigs',
])

const text = (value: Json): string => JSON.stringify(canonical(value))

const byText = (a: Json, b: Json): number => text(a).localeCompare(text(b))

/** The same value with links made comparable and sets in one order and without repetition (made-up addresses coincide). */
export const plain = (value: Json | undefined, inside = ''): Json | undefined => {
  if (typeof value === 'string') return plainText(value)
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => plain(item) ?? null)
    return sets.has(inside)
      ? [...new Map(items.map(item => [text(item), item])).values()].sort(byText)
      : items
  }
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member, key)]))
}
