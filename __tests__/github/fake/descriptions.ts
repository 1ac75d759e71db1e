import { readFileSync } from 'node:fs'
import type { Json, JsonObject } from './json.ts'
import { check } from './schema.ts'

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required: boolean
  readonly schema: JsonObject
}

/** One operation of GitHub's OpenAPI description. */
export interface Operation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly body?: Json
  readonly bodyRequired?: boolean
  readonly responses: { readonly [status: string]: Json }
}

interface Descriptions {
  readonly source: string
  readonly operations: readonly Operation[]
  readonly schemas: JsonObject
}

/** What `scripts/derive-github-descriptions.ts` wrote. */
const descriptions: Descriptions = JSON.parse(
  readFileSync(new URL('../descriptions/github.json', import.meta.url), 'utf8'),
)

const resolve = (name: string): Json | undefined => descriptions.schemas[name]
const STRICT = { resolve, strict: true }

/** Path parameters that may hold slashes. */
const WIDE = new Set(['path', 'ref', 'branch', 'basehead'])

interface Route {
  readonly operation: Operation
  readonly names: readonly string[]
  readonly pattern: RegExp
}

const toRoute = (operation: Operation): Route => {
  const names: string[] = []
  const pattern = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name)
    if (name === 'path') return '(.*)'
    return WIDE.has(name) ? '(.+)' : '([^/]+)'
  })
  return { operation, names, pattern: new RegExp(`^${pattern}$`) }
}

/** Longer templates first, so that `commits/{sha}/pulls` wins over `commits/{ref}`. */
const routes = descriptions.operations
  .map(toRoute)
  .sort((a, b) => b.operation.path.split('/').length - a.operation.path.split('/').length)

/** An operation with the values of its path. */
export interface Match {
  readonly operation: Operation
  readonly path: Readonly<Record<string, string>>
}

/** The operation that a method and an (encoded) pathname mean; undefined if GitHub's description has none. */
export const match = (method: string, pathname: string): Match | undefined => {
  for (const { operation, names, pattern } of routes) {
    const found = operation.method === method ? pattern.exec(pathname) : null
    if (found === null) continue
    const values = names.map((name, i) => [name, decodeURIComponent(found[i + 1] ?? '')] as const)
    return { operation, path: Object.fromEntries(values) }
  }
  return undefined
}

/** All operation ids that are described. */
export const operationIds: readonly string[] = descriptions.operations.map(o => o.id)

/** A query or path value as the type that its schema wants, if it can be read as such. */
const typed = (schema: JsonObject, value: string): Json => {
  if (schema.type === 'integer' && /^-?\d+$/.test(value)) return Number(value)
  if (schema.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

/** GitHub takes date ranges (`>=2026-01-01`) where its description says date-time. */
const isRange = (value: string): boolean => /^([<>]=?|\*\.\.)|\.\./.test(value)

/** Problems of a request's path, query and body against its operation. */
export const checkRequest = (
  { operation, path }: Match,
  query: Readonly<Record<string, string>>,
  body: Json | undefined,
): readonly string[] => {
  const given = { path, query } as const
  const known = operation.parameters.filter(p => p.in === 'path' || p.in === 'query')
  const parameters = known.flatMap(p => {
    const value = given[p.in === 'path' ? 'path' : 'query'][p.name]
    if (value === undefined) return p.required ? [`${p.in} parameter ${p.name} is missing`] : []
    if (p.name === 'created' && isRange(value)) return []
    return check(p.schema, typed(p.schema, value), `${p.in} parameter ${p.name}`, STRICT)
  })
  const names = new Set(known.filter(p => p.in === 'query').map(p => p.name))
  const unknown = Object.keys(query).filter(name => !names.has(name))
  return [
    ...parameters,
    ...unknown.map(n => `query parameter ${n} is not documented`),
    ...checkBody(operation, body),
  ]
}

const checkBody = (operation: Operation, body: Json | undefined): readonly string[] => {
  if (operation.body === undefined) return body === undefined ? [] : ['a body is not documented']
  if (body === undefined) return operation.bodyRequired === true ? ['the body is missing'] : []
  return check(operation.body, body, 'body', STRICT)
}

/** Statuses that GitHub gives on every operation without describing them. */
const GENERAL = new Set(['400', '401', '403', '404', '422', '429', '500', '502', '503', '504'])

/** Problems of an answer against its operation. */
export const checkResponse = (
  operation: Operation,
  status: number,
  body: Json | undefined,
): readonly string[] => {
  const schema = operation.responses[String(status)]
  if (schema === undefined) return GENERAL.has(String(status)) ? [] : [`status ${status} is not documented`]
  return schema === null || body === undefined ? [] : check(schema, body, 'response', STRICT)
}
