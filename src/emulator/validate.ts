import type { Description, Method, Schema } from './description.ts'
import { isObject, type Json } from './json.ts'

/** One thing that does not fit a description. */
export interface Violation {
  /** Where, in the snake case that Google's texts use: `cluster.node_pools[0].config`. */
  readonly field: string
  readonly description: string
}

interface Check {
  readonly schemas: Description['schemas']
  /** Answers are held to the letter: int64 is a text, nothing is null. */
  readonly strict: boolean
}

const snake = (name: string): string => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

const invalid = (path: string, type: string, value: Json): Violation => ({
  field: path,
  description: `Invalid value at '${path}' (${type}), ${JSON.stringify(value)}`,
})

const unknown = (path: string, name: string): Violation => ({
  field: path,
  description:
    `Invalid JSON payload received. Unknown name "${name}"` +
    `${path === '' ? '' : ` at '${path}'`}: Cannot find field.`,
})

function checkObject(check: Check, schema: Schema, value: Json, path: string): readonly Violation[] {
  if (!isObject(value)) return [invalid(path, 'TYPE_MESSAGE', value)]
  const { properties, additionalProperties } = schema
  return Object.entries(value).flatMap(([name, member]) => {
    if (member === undefined) return []
    const known = properties?.[name]
    if (known !== undefined) return checkValue(check, known, member, join(path, snake(name)))
    if (additionalProperties === undefined) return [unknown(path, name)]
    return checkValue(check, additionalProperties, member, join(path, name))
  })
}

function checkText(check: Check, schema: Schema, value: Json, path: string): readonly Violation[] {
  const { format } = schema
  if (format === 'int64' || format === 'uint64') {
    const fine = check.strict
      ? typeof value === 'string'
      : typeof value === 'string' || Number.isInteger(value)
    return fine && /^-?\d+$/.test(String(value)) ? [] : [invalid(path, 'TYPE_INT64', value)]
  }
  if (typeof value !== 'string') return [invalid(path, 'TYPE_STRING', value)]
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [invalid(path, 'TYPE_ENUM', value)]
  if (format === 'byte' && !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value))
    return [invalid(path, 'TYPE_BYTES', value)]
  if (format === 'google-duration' && !/^-?\d+(\.\d+)?s$/.test(value))
    return [invalid(path, 'Duration', value)]
  if (format === 'google-datetime' && Number.isNaN(Date.parse(value)))
    return [invalid(path, 'Timestamp', value)]
  return []
}

function checkValue(check: Check, schema: Schema, value: Json, path: string): readonly Violation[] {
  if (value === null) return check.strict ? [invalid(path, 'null', value)] : []
  if (schema.$ref !== undefined) {
    const target = check.schemas[schema.$ref]
    if (target === undefined) throw new Error(`no schema ${schema.$ref}`)
    return checkValue(check, target, value, path)
  }
  switch (schema.type) {
    case 'object':
      return checkObject(check, schema, value, path)
    case 'array':
      if (!Array.isArray(value)) return [invalid(path, 'TYPE_REPEATED', value)]
      return value.flatMap((item: Json, index) =>
        checkValue(check, schema.items ?? {}, item, `${path}[${index}]`),
      )
    case 'string':
      return checkText(check, schema, value, path)
    case 'integer':
      return Number.isInteger(value) ? [] : [invalid(path, 'TYPE_INT32', value)]
    case 'number':
      return typeof value === 'number' ? [] : [invalid(path, 'TYPE_DOUBLE', value)]
    case 'boolean':
      return typeof value === 'boolean' ? [] : [invalid(path, 'TYPE_BOOL', value)]
    case 'any':
    case undefined:
      return []
    default:
      return schema.type satisfies never
  }
}

/** What is wrong with a request's body. */
export function checkBody(api: Description, method: Method, body: Json): readonly Violation[] {
  if (method.request === undefined) {
    const empty = isObject(body) && Object.keys(body).length === 0
    return empty ? [] : [{ field: '', description: 'Invalid JSON payload received. No body is expected.' }]
  }
  return checkValue({ schemas: api.schemas, strict: false }, { $ref: method.request }, body, '')
}

const queryFits = (schema: Schema, value: string): boolean => {
  if (schema.type === 'integer') return /^-?\d+$/.test(value)
  if (schema.type === 'boolean') return /^(true|false)$/i.test(value)
  return schema.enum === undefined || schema.enum.includes(value)
}

/** What is wrong with a request's query. */
export function checkQuery(api: Description, method: Method, query: URLSearchParams): readonly Violation[] {
  return [...query.keys()].flatMap(name => {
    const schema = method.query[name] ?? api.parameters[name]
    if (schema === undefined) {
      const problem = `Cannot bind query parameter. Field '${name}' could not be found in request message.`
      const description = `Invalid JSON payload received. Unknown name "${name}": ${problem}`
      return [{ field: '', description }]
    }
    return query
      .getAll(name)
      .filter(value => !queryFits(schema, value))
      .map(value => invalid(name, schema.format ?? schema.type ?? 'TYPE_ENUM', value))
  })
}

/** What is wrong with an answer, held against the description of the method that gave it. */
export function checkResponse(api: Description, method: Method, body: Json): readonly Violation[] {
  if (method.response === undefined) return []
  return checkValue({ schemas: api.schemas, strict: true }, { $ref: method.response }, body, '')
}
