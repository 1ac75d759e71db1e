import { isObject, type Json, type JsonObject, type Path } from '../core/json.ts'
import { hidden, masked } from '../kinds/release/mask.ts'

/** Values that are a secret whatever they are called: tokens by their prefixes, private keys, hashes of passwords. */
const telling =
  /(?:^|[\s"'=:])(?:gh[pousr]_|github_pat_|xox[abprs]-|sk-[A-Za-z0-9]|AKIA[0-9A-Z]{12}|AIza[\w-]{20}|ya29\.|glpat-|eyJ[\w-]{10,}\.)|PRIVATE KEY-----|"private_key"|\$apr1\$|\$2[aby]\$|\{SHA\}/

/** Names that a value is only referred to by. */
const shortest = 24

/** Text that no person thought of: long, of mixed letters and digits, with no words to be seen in it. */
const isRandom = (text: string): boolean =>
  text.length >= shortest &&
  /^[\w+/=-]+$/.test(text) &&
  /[a-z]/.test(text) &&
  /[A-Z]/.test(text) &&
  /\d/.test(text) &&
  new Set(text).size > text.length / 3

const looksSecret = (text: string): boolean => telling.test(text) || text.split(/[\s"':,;]+/).some(isRandom)

/** Everything in a chart's values that looks like a secret, by its name or by itself: such a value is never shown. */
export const secretPaths = (values: JsonObject): readonly Path[] => {
  const found: Path[] = []
  const walk = (value: Json, shown: Json | undefined, path: Path): void => {
    if (typeof value === 'string') {
      if (value !== shown || shown === hidden || looksSecret(value)) found.push(path)
    } else if (Array.isArray(value)) {
      const other = Array.isArray(shown) ? shown : []
      for (const [index, item] of value.entries()) walk(item, other[index], [...path, String(index)])
    } else if (isObject(value)) {
      const other = isObject(shown) ? shown : {}
      for (const [key, member] of Object.entries(value)) walk(member, other[key], [...path, key])
    }
  }
  walk(values, masked(values), [])
  return found
}
