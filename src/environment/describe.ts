import { isObject, type Json, type JsonObject } from '../core/json.ts'
import { meanings } from './meanings/all.ts'

/** A JSON Schema of sections with the meaning of every setting that does not say it itself. */
export const described = (sections: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(sections).map(([name, section]) => [
      name,
      entriesOf(section, name === 'release' ? 'releases' : name),
    ]),
  )

/** Entries of a section by name are described without the name. */
const entriesOf = (section: Json, path: string): Json => {
  if (!isObject(section)) return section
  const entries = section.additionalProperties
  return isObject(entries) && isObject(entries.properties)
    ? { ...section, additionalProperties: below(entries, path) }
    : below(section, path)
}

const below = (schema: Json, path: string): Json => {
  if (Array.isArray(schema)) return schema.map(one => below(one, path))
  if (!isObject(schema)) return schema
  const changed: Record<string, Json> = { ...schema }
  for (const union of ['anyOf', 'oneOf', 'allOf']) {
    const branches = schema[union]
    if (branches !== undefined) changed[union] = below(branches, path)
  }
  if (isObject(schema.properties)) changed.properties = properties(schema.properties, path)
  if (isObject(schema.items)) changed.items = below(schema.items, `${path}[]`)
  if (isObject(schema.additionalProperties)) {
    changed.additionalProperties = below(schema.additionalProperties, `${path}.NAME`)
  }
  return changed
}

const properties = (given: JsonObject, path: string): JsonObject =>
  Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      const at = `${path}.${key}`
      const meaning = meanings[at]
      const inner = below(value, at)
      return [key, meaning !== undefined && isObject(inner) ? { description: meaning, ...inner } : inner]
    }),
  )
