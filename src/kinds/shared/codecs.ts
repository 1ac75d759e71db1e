import { isObject, type Json, type JsonObject } from '../../core/json.ts'

/** Translates one value between the words of the file and those of an API. */
export interface Codec {
  readonly toApi: (value: Json) => Json
  /** Undefined: the answer says nothing that the file could say. */
  readonly fromApi: (value: Json) => Json | undefined
}

/** The same value on both sides. */
export const same: Codec = { toApi: value => value, fromApi: value => value }

/** A number here, an int64 (text in Google's JSON) there. */
export const int64: Codec = { toApi: value => String(value), fromApi: value => Number(value) }

/** `enabled` here, `disabled` there. */
export const negated: Codec = { toApi: value => value !== true, fromApi: value => value !== true }

/** A map of members to `true` here, a list there; the order of a list has no meaning. */
export const memberSet: Codec = {
  toApi: value => Object.keys(objectOf(value)).sort(),
  fromApi: value => Object.fromEntries(listOf(value).map(member => [String(member), true])),
}

/** A link to something of Google's, compared by what follows the host: `projects/p/global/networks/n`. */
export const link: Codec = { toApi: value => value, fromApi: value => tailOf(String(value)) }

/** The part of a link that names: from `projects/` on. */
export const tailOf = (text: string): string => text.slice(Math.max(0, text.indexOf('projects/')))

/** One word here, another there; words that are not listed are the same on both sides. */
export const words = (there: Readonly<Record<string, string>>): Codec => {
  const here = Object.fromEntries(Object.entries(there).map(([word, other]) => [other, word]))
  return {
    toApi: value => there[String(value)] ?? value,
    fromApi: value => here[String(value)] ?? value,
  }
}

/** The same word, but where nothing was ever said (`…_UNSPECIFIED`), which means `word`. */
export const saidOr = (word: string): Codec => ({
  toApi: value => value,
  fromApi: value => (String(value).endsWith('UNSPECIFIED') ? word : value),
})

/** A boolean here, one of two words there. */
export const either = (on: string, off: string): Codec => ({
  toApi: value => (value === true ? on : off),
  fromApi: value => value === on,
})

/** A map here, a list of objects with two members there, in the order of the keys. */
export const pairs = (key: string, value: string): Codec => ({
  toApi: map =>
    Object.entries(objectOf(map))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => ({ [key]: name, [value]: member })),
  fromApi: list =>
    Object.fromEntries(
      listOf(list)
        .filter(isObject)
        .map(item => [String(item[key]), item[value] ?? '']),
    ),
})

/** The object, or an empty one. */
export const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})

/** The list, or an empty one. */
export const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])
