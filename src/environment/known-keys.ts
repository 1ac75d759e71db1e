import { isObject, type Json, type Path } from '../core/json.ts'

/** The keys that a JSON Schema allows at `path`; empty where anything goes. Unions give all of their branches' keys. */
export const knownKeys = (schema: Json, path: Path): readonly string[] => {
  let here: readonly Json[] = branches(schema)
  for (const step of path) here = here.flatMap(one => below(one, step)).flatMap(branches)
  const names = here.flatMap(one =>
    isObject(one) && isObject(one.properties) ? Object.keys(one.properties) : [],
  )
  return [...new Set(names)]
}

const branches = (schema: Json): readonly Json[] => {
  if (!isObject(schema)) return []
  const inner = [schema.anyOf, schema.oneOf, schema.allOf].flatMap(list => (Array.isArray(list) ? list : []))
  return [schema, ...inner.flatMap(branches)]
}

const below = (schema: Json, step: string): readonly Json[] => {
  if (!isObject(schema)) return []
  const own = isObject(schema.properties) ? schema.properties[step] : undefined
  if (own !== undefined) return [own]
  return [schema.additionalProperties, schema.items].filter(isObject)
}
