import { isObject, type Json } from '../../core/json.ts'

/** What stands for a value that looks like a secret. The same for every value: nothing can be learnt from it. */
export const hidden = '(hidden)'

const secretWord =
  /(pass(word|wd|phrase)?|token|api[-_]?key|access[-_]?key|credentials?|private[-_]?key|client[-_]?secret|cookie[-_]?secret|dsn|connection[-_]?(string|uri|url))$/i
const inLine =
  /^(\s*(?:-\s+)?["']?[\w.-]*(?:password|passwd|token|api[-_]?key|secret|credentials?|private[-_]?key)["']?\s*[:=]\s*)(?!\s*$|["']?(?:true|false|null|\$\{|\$\()|["']{2}\s*$)(\S.*)$/gim
const inUrl = /(:\/\/[^\s/:@]*:)[^\s/@]+(@)/g
const inArgument = /^(--?[\w-]*(?:password|token|api-?key|secret|credentials?)=).+$/i

/**
 * A value with everything that looks like a secret replaced: members under telling names, environment variables of
 * telling names, lines of configuration texts, passwords in URLs and arguments.
 */
export const masked = (value: Json, name = ''): Json => {
  if (typeof value === 'string') return maskedText(value, name)
  if (Array.isArray(value)) return value.map(item => masked(item, ''))
  if (!isObject(value)) return value
  // `{name: API_TOKEN, value: …}`, in a list or keyed by its name.
  const variable = [value.name, name].find(one => typeof one === 'string' && secretWord.test(one))
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      masked(member, key === 'value' && typeof variable === 'string' ? variable : key),
    ]),
  )
}

const maskedText = (text: string, name: string): string => {
  if (text !== '' && secretWord.test(name)) return hidden
  return text
    .replace(inUrl, `$1${hidden}$2`)
    .replace(inArgument, `$1${hidden}`)
    .replace(inLine, (line, start: string) => (text.includes('\n') ? `${start}${hidden}` : line))
}
