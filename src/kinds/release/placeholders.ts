import { isObject, type Json, type JsonObject } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import { isReference, isText, type Reference, referenceParts } from '../../core/reference.ts'
import type { PrepareContext } from '../kind.ts'

/** Stands in for values that are not known yet, while a chart is rendered. */
export interface Placeholders {
  /** `value` with a typed, unique text for each reference. @throws SlipwayError for an output that no kind has. */
  fill<T extends Json>(value: T): T
  /** What was rendered, with the references back in place. */
  restore(value: JsonObject): JsonObject
}

const shortest = 8

/** Placeholders of one release. `lookUp` gives the text that a kind proposes for an output. */
export const createPlaceholders = (lookUp: PrepareContext['placeholder']): Placeholders => {
  const byReference = new Map<string, string>()
  const textFor = (reference: Reference): string => {
    const known = byReference.get(reference.$ref)
    if (known !== undefined) return known
    const made = unused(proposal(reference, lookUp), new Set(byReference.values()))
    byReference.set(reference.$ref, made)
    return made
  }
  const fill = (value: Json): Json => {
    if (isReference(value)) return textFor(value)
    if (isText(value))
      return value.$text.map(part => (typeof part === 'string' ? part : textFor(part))).join('')
    if (Array.isArray(value)) return value.map(fill)
    return isObject(value) ? mapped(value, fill) : value
  }
  const restore = (value: Json): Json => {
    if (typeof value === 'string') return restored(value, byReference)
    if (Array.isArray(value)) return value.map(restore)
    return isObject(value) ? mapped(value, restore) : value
  }
  return {
    fill: value => fill(value) as typeof value,
    restore: value => (byReference.size === 0 ? value : (restore(value) as JsonObject)),
  }
}

const mapped = (value: JsonObject, change: (member: Json) => Json): JsonObject =>
  Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member)]))

const proposal = (reference: Reference, lookUp: PrepareContext['placeholder']): string => {
  const { address, output } = referenceParts(reference)
  const proposed = lookUp(address, output)
  if (proposed === undefined)
    throw new SlipwayError(`The values refer to ${output} of ${address}, and there is no such output.`, {
      advice: `Check the name; ${address} must be in the same file.`,
    })
  // Short texts, such as a version number, would be found again in places that have nothing to do with them.
  return proposed.length < shortest
    ? `slipway-${output}-of-${address.replace(/[^a-z0-9]+/gi, '-')}`
    : proposed
}

const unused = (proposed: string, used: ReadonlySet<string>): string => {
  const ip = /^(\d+\.\d+\.\d+\.)(\d+)$/.exec(proposed)
  for (let count = 0; ; count++) {
    const one =
      ip === null ? (count === 0 ? proposed : `${proposed}-${count + 1}`) : `${ip[1]}${Number(ip[2]) + count}`
    if (!used.has(one)) return one
  }
}

const restored = (text: string, byReference: ReadonlyMap<string, string>): Json => {
  const references = new Map([...byReference].map(([$ref, placeholder]) => [placeholder, { $ref }]))
  const exact = references.get(text)
  if (exact !== undefined) return exact
  const longestFirst = [...references.keys()].sort((a, b) => b.length - a.length)
  const found = longestFirst.filter(placeholder => text.includes(placeholder))
  if (found.length === 0) return text
  const pattern = new RegExp(
    `(${found.map(one => `(?<![0-9.])${one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![0-9])`).join('|')})`,
  )
  const parts = text.split(pattern).filter(part => part !== '')
  const $text = parts.map(part => references.get(part) ?? part)
  return $text.some(part => typeof part !== 'string') ? { $text } : text
}
