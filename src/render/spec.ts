import { isObject, type Json, type JsonObject } from '../core/json.ts'
import { type Known, showValue } from './values.ts'

/** A reader of specs that other versions of Slipway may have written: what is missing reads as undefined or ''. */
export interface SpecReader {
  /** The value at a key, as people read it; '' if there is none. */
  readonly word: (key: string) => string
  /** The raw value at a key. */
  readonly raw: (key: string) => Json | undefined
  /** A reader of the object at a key; empty if there is none. */
  readonly inner: (key: string) => SpecReader
  /** The members of the map at a key. */
  readonly members: (key: string) => readonly (readonly [string, Json])[]
}

/** Reads a spec. */
export const reading = (spec: JsonObject, known: Known): SpecReader => {
  const raw = (key: string): Json | undefined => (Object.hasOwn(spec, key) ? spec[key] : undefined)
  const object = (key: string): JsonObject => {
    const value = raw(key)
    return isObject(value) ? value : {}
  }
  return {
    raw,
    word: key => (raw(key) === undefined ? '' : showValue(raw(key), known)),
    inner: key => reading(object(key), known),
    members: key => Object.entries(object(key)),
  }
}

/** The parts that say something, joined by commas. */
export const joined = (...parts: readonly (string | false)[]): string =>
  parts.filter(part => part !== '' && part !== false).join(', ')

/** `text` with something before and after it, or '' if it is empty. */
export const around = (before: string, text: string, after = ''): string =>
  text === '' ? '' : `${before}${text}${after}`
