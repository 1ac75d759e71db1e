import { isObject, type Json } from '../core/json.ts'
import type { Plan } from '../core/plan.ts'
import { isReference, isText, type Reference, referenceParts } from '../core/reference.ts'
import { cut, plain, shortDigest } from './text.ts'

/** What is known of resources that exist; fills references in. */
export type Known = Plan['outputs']

/** How many characters of one value are shown. */
export const valueLimit = 300

/** A value as people read it, on one line: references say what will make them known. */
export const showValue = (value: Json | undefined, known: Known = {}): string =>
  cut(shown(value, known), valueLimit)

const shown = (value: Json | undefined, known: Known): string => {
  if (value === undefined) return 'not set'
  if (value === null) return 'none'
  if (typeof value === 'string') return showString(value)
  if (isReference(value)) return showReference(value, known)
  if (isText(value))
    return value.$text
      .map(part => (typeof part === 'string' ? plain(part, '⏎') : shown(part, known)))
      .join('')
  if (Array.isArray(value)) return `[${value.map(item => shown(item, known)).join(', ')}]`
  if (!isObject(value)) return String(value)
  const members = Object.entries(value).map(([key, member]) => `${plain(key, '⏎')}: ${shown(member, known)}`)
  return `{${members.join(', ')}}`
}

const showString = (value: string): string => {
  if (/^[0-9a-f]{64}$/.test(value)) return shortDigest(value)
  const clean = plain(value, '⏎')
  return clean === '' || clean !== clean.trim() ? JSON.stringify(clean) : clean
}

/** The value that a reference has, or undefined while it is not known. */
export const outputOf = (reference: Reference, known: Known): Json | undefined => {
  const { address, output } = referenceParts(reference)
  const outputs = Object.hasOwn(known, address) ? known[address] : undefined
  return outputs !== undefined && Object.hasOwn(outputs, output) ? outputs[output] : undefined
}

const showReference = (reference: Reference, known: Known): string => {
  const value = outputOf(reference, known)
  return value === undefined ? `(${knownLater(reference)})` : shown(value, {})
}

/** `address/staging, known after apply`. */
export const knownLater = (reference: Reference): string => {
  return `${plain(referenceParts(reference).address)}, known after apply`
}
