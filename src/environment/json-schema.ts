import { z } from 'zod'
import { isObject, type Json, type JsonObject } from '../core/json.ts'
import { described } from './describe.ts'
import { documentSchema } from './document.ts'
import { headerSchema } from './header.ts'

/** JSON Schema of the long form. */
export const documentJsonSchema = (): JsonObject => {
  documentMemo ??= generate(documentSchema)
  return documentMemo
}
let documentMemo: JsonObject | undefined

/** JSON Schema of a whole file, for editors. Which values must be there depends on the preset: that is left to validate. */
export const fileJsonSchema = (): JsonObject => {
  fileMemo ??= makeFileSchema()
  return fileMemo
}
let fileMemo: JsonObject | undefined

const generate = (schema: z.ZodType): JsonObject =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonObject

/** Words that only a file with a preset has. */
const shortWords: JsonObject = {
  auth: {
    enum: ['iam', 'password'],
    description:
      'How the API server signs in to the database. With `app: skypilot`; iam unless it says otherwise.',
  },
  proxy: { type: 'string', description: 'Image of the Cloud SQL proxy. With `app: skypilot`.' },
}

/** Values are the chart's to check; editors should know at least that they are a map. */
const withValues = (release: JsonObject): JsonObject => ({
  ...release,
  properties: {
    ...propertiesOf(release),
    values: {
      type: 'object',
      description: 'Values of the chart. With a preset they are laid over its own; lists are replaced.',
    },
  },
})

const makeFileSchema = (): JsonObject => {
  const header = generate(headerSchema)
  const { $defs } = documentJsonSchema()
  const sections = propertiesOf(documentJsonSchema())
  const database = objectOf(sections.database)
  const releases = objectOf(sections.releases)
  const one = withValues(objectOf(withoutRequired(objectOf(releases.additionalProperties))))
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Slipway environment',
    type: 'object',
    properties: {
      ...propertiesOf(header),
      ...described({
        release: {
          ...one,
          description:
            'The Helm release of the preset: its version, and values that are laid over the preset’s.',
        },
        ...mapped(sections),
        releases: { ...releases, additionalProperties: one },
        database: {
          ...(withoutRequired(database) as JsonObject),
          properties: { ...shortWords, ...propertiesOf(withoutRequired(database)) },
        },
      }),
    },
    required: ['project', 'location'],
    additionalProperties: false,
    ...($defs === undefined ? {} : { $defs }),
  }
}

const mapped = (sections: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(sections).map(([name, section]) => [name, withoutRequired(section)]))

/** A preset or a default may fill in what is not there, at any level of a section. */
const withoutRequired = (schema: Json): Json => {
  if (Array.isArray(schema)) return schema.map(withoutRequired)
  if (!isObject(schema)) return schema
  const entries = Object.entries(schema).filter(
    ([key, value]) => !(key === 'required' && Array.isArray(value)),
  )
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutRequired(value)]))
}

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})

const propertiesOf = (schema: Json | undefined): JsonObject => objectOf(objectOf(schema).properties)

/**
 * The schema for editors: `fileJsonSchema`, where every setting of a section may also be `null`, which takes away what
 * the preset says of it.
 */
export const editorSchema = (): JsonObject => {
  const schema = fileJsonSchema()
  const header = Object.keys(headerSchema.shape)
  const sections = Object.entries(propertiesOf(schema)).map(
    ([name, section]) => [name, header.includes(name) ? section : withNulls(section)] as const,
  )
  return { ...schema, properties: Object.fromEntries(sections) }
}

/** Everything below a setting; the setting itself stays as it is. */
const withNulls = (schema: Json): Json => {
  if (!isObject(schema)) return schema
  const { properties, additionalProperties: entries } = schema
  const inner = Object.entries(objectOf(properties)).map(([key, value]) => [key, orNull(withNulls(value))])
  const branches = ['anyOf', 'oneOf'].flatMap(key => {
    const list = schema[key]
    return Array.isArray(list) ? [[key, list.map(withNulls)]] : []
  })
  return {
    ...schema,
    ...Object.fromEntries(branches),
    ...(properties === undefined ? {} : { properties: Object.fromEntries(inner) }),
    ...(isObject(entries) ? { additionalProperties: orNull(withNulls(entries)) } : {}),
  }
}

const orNull = (value: Json): Json => {
  const schema = objectOf(value)
  const { type } = schema
  if (Array.isArray(schema.anyOf)) return { ...schema, anyOf: [...schema.anyOf, { type: 'null' }] }
  if (Array.isArray(schema.enum)) {
    return {
      ...schema,
      enum: [...schema.enum, null],
      ...(typeof type === 'string' ? { type: [type, 'null'] } : {}),
    }
  }
  return typeof type === 'string' ? { ...schema, type: [type, 'null'] } : schema
}
