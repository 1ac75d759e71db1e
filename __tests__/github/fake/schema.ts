import type { Json, JsonObject } from './json.ts'
import { isObject } from './json.ts'

/** Resolves `#/components/schemas/NAME`. */
export type Resolve = (name: string) => Json | undefined

interface Checker {
  readonly resolve: Resolve
  /** Whether a property that the schema does not name is a problem. */
  readonly strict: boolean
}

type Check = (schema: JsonObject, value: Json, at: string, checker: Checker) => readonly string[]

const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])

const typeOf = (value: Json): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

const checkType: Check = (schema, value, at) => {
  const wanted = schema.type
  const found = typeOf(value)
  if (typeof wanted !== 'string' || wanted === found || (wanted === 'number' && found === 'integer'))
    return []
  return [`${at} must be ${wanted}, found ${found}`]
}

const checkEnum: Check = (schema, value, at) =>
  Array.isArray(schema.enum) && !schema.enum.includes(value)
    ? [`${at} must be one of ${JSON.stringify(schema.enum)}, found ${JSON.stringify(value)}`]
    : []

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

const fits = (limit: Json | undefined, test: (limit: number) => boolean): boolean =>
  typeof limit !== 'number' || test(limit)

/** GitHub sends an empty text where a URI is not set (`target_url` of a deployment status). */
const checkText: Check = (schema, value, at) => {
  if (typeof value !== 'string') return []
  const problems: string[] = []
  if (schema.format === 'date-time' && !DATE_TIME.test(value)) problems.push(`${at} must be a date-time`)
  if (schema.format === 'uri' && value !== '' && !URL.canParse(value))
    problems.push(`${at} must be a URI, found "${value}"`)
  if (typeof schema.pattern === 'string' && !new RegExp(schema.pattern).test(value))
    problems.push(`${at} must match ${schema.pattern}`)
  if (!fits(schema.maxLength, n => value.length <= n)) problems.push(`${at} is too long`)
  if (!fits(schema.minLength, n => value.length >= n)) problems.push(`${at} is too short`)
  return problems
}

const checkNumber: Check = (schema, value, at) => {
  if (typeof value !== 'number') return []
  const inside = fits(schema.minimum, n => value >= n) && fits(schema.maximum, n => value <= n)
  return inside ? [] : [`${at} is out of range`]
}

const checkItems: Check = (schema, value, at, checker) => {
  if (!Array.isArray(value)) return []
  const sized = fits(schema.minItems, n => value.length >= n) && fits(schema.maxItems, n => value.length <= n)
  const items = schema.items
  const inner =
    items === undefined ? [] : value.flatMap((item, i) => check(items, item, `${at}[${i}]`, checker))
  return sized ? inner : [`${at} has a wrong number of items`, ...inner]
}

const unknownProperty = (schema: JsonObject, name: string, value: Json, at: string, checker: Checker) => {
  const more = schema.additionalProperties
  if (isObject(more)) return check(more, value, `${at}.${name}`, checker)
  const closed = more === false || (more === undefined && schema.properties !== undefined && checker.strict)
  return closed ? [`${at}.${name} is not a documented property`] : []
}

const checkProperties: Check = (schema, value, at, checker) => {
  if (!isObject(value)) return []
  const properties = isObject(schema.properties) ? schema.properties : {}
  const missing = list(schema.required).filter(name => typeof name === 'string' && value[name] === undefined)
  const inner = Object.entries(value).flatMap(([name, item]) => {
    if (item === undefined) return []
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined
    return own === undefined
      ? unknownProperty(schema, name, item, at, checker)
      : check(own, item, `${at}.${name}`, checker)
  })
  return [...missing.map(name => `${at}.${String(name)} is missing`), ...inner]
}

const fewest = (branches: readonly (readonly string[])[]): readonly string[] =>
  branches.reduce<readonly string[] | undefined>(
    (best, problems) => (best === undefined || problems.length < best.length ? problems : best),
    undefined,
  ) ?? []

/** `oneOf` is read as `anyOf`: GitHub's alternatives overlap. Parts of an `allOf` do not know each other's names. */
const checkAlternatives: Check = (schema, value, at, checker) => {
  const choices = [...list(schema.oneOf), ...list(schema.anyOf)]
  const parts = list(schema.allOf)
  const inParts = parts.length > 1 ? { ...checker, strict: false } : checker
  return [
    ...fewest(choices.map(choice => check(choice, value, at, checker))),
    ...parts.flatMap(part => check(part, value, at, inParts)),
  ]
}

const CHECKS: readonly Check[] = [
  checkEnum,
  checkText,
  checkNumber,
  checkItems,
  checkProperties,
  checkAlternatives,
]

/** Checks `value` against the subset of OpenAPI 3.0 schemas that GitHub's description uses; gives the problems. */
export const check = (schema: Json, value: Json, at: string, checker: Checker): readonly string[] => {
  if (!isObject(schema)) return []
  if (typeof schema.$ref === 'string') {
    const target = checker.resolve(schema.$ref.replace('#/components/schemas/', ''))
    return target === undefined ? [`${at}: unknown schema ${schema.$ref}`] : check(target, value, at, checker)
  }
  if (value === null && schema.nullable === true) return []
  const wrongType = checkType(schema, value, at, checker)
  if (wrongType.length > 0) return wrongType
  return CHECKS.flatMap(one => one(schema, value, at, checker))
}
