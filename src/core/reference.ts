import { isObject, type Json, type JsonObject } from './json.ts'

/**
 * A value that another resource will give: `{"$ref": "address/staging#address"}`. It stays symbolic in specs, plans,
 * comparisons and digests, and is resolved just before use.
 */
export interface Reference extends JsonObject {
  readonly $ref: string
}

/** A text with references inside: `{"$text": ["http://", {"$ref": "address/staging#address"}]}`. */
export interface Text extends JsonObject {
  readonly $text: readonly (string | Reference)[]
}

/** What a resource gives to others, by output name. Never a secret. */
export type Outputs = Readonly<Record<string, Json>>

/** Makes a reference to `output` of the resource at `address`. */
export const reference = (address: string, output: string): Reference => ({ $ref: `${address}#${output}` })

/** True for a `Reference`. */
export const isReference = (value: unknown): value is Reference =>
  isObject(value) && typeof value.$ref === 'string' && Object.keys(value).length === 1

/** True for a `Text`. */
export const isText = (value: unknown): value is Text =>
  isObject(value) && Array.isArray(value.$text) && Object.keys(value).length === 1

/** The two halves of a reference. An address may hold `#`? No: names never do, so the last one divides. */
export const referenceParts = ({
  $ref,
}: Reference): { readonly address: string; readonly output: string } => {
  const at = $ref.lastIndexOf('#')
  return { address: $ref.slice(0, at), output: $ref.slice(at + 1) }
}

/** All references inside a value, in reading order, repeats included. */
export const referencesIn = (value: Json): readonly Reference[] => {
  if (isReference(value)) return [value]
  if (isText(value)) return value.$text.filter(part => typeof part !== 'string')
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  return isObject(value) ? Object.values(value).flatMap(referencesIn) : []
}

/** Looks an output up; undefined while it is not known. */
export type Resolver = (address: string, output: string) => Json | undefined

/** `value` with every reference replaced, or undefined where one is not known yet. */
export const resolve = (value: Json, lookUp: Resolver): Json | undefined => {
  if (isReference(value)) {
    const { address, output } = referenceParts(value)
    return lookUp(address, output)
  }
  if (isText(value)) return resolveText(value, lookUp)
  if (Array.isArray(value)) {
    const items = value.map(item => resolve(item, lookUp))
    return items.includes(undefined) ? undefined : (items as Json[])
  }
  if (!isObject(value)) return value
  const members = Object.entries(value).map(([key, member]) => [key, resolve(member, lookUp)] as const)
  return members.some(([, member]) => member === undefined)
    ? undefined
    : (Object.fromEntries(members) as JsonObject)
}

const resolveText = ({ $text }: Text, lookUp: Resolver): string | undefined => {
  const parts = $text.map(part => (typeof part === 'string' ? part : resolve(part, lookUp)))
  return parts.includes(undefined) ? undefined : parts.map(String).join('')
}
