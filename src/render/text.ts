const lineBreak = /\r\n|[\n\r\u0085\u2028\u2029]/g
/** Controls, bidirectional and zero-width characters, tags, private use, fillers that look like nothing. */
const unprintable = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu
const blank = /[\t\v\f\p{Zs}]/gu
const piledMarks = /(\p{M}{3})\p{M}+/gu

/**
 * Other people's text on one line: line breaks become `breaks`, controls, bidirectional and invisible characters go,
 * lone surrogates become U+FFFD. What is left can be read, and is what it looks like.
 */
export const plain = (text: string, breaks = ' '): string =>
  text
    .toWellFormed()
    .replace(lineBreak, breaks)
    .replace(blank, ' ')
    .replace(unprintable, '')
    .replace(piledMarks, '$1')

/** A message of several lines on one line: where one ends without a mark and the next begins a sentence, a full stop comes between. */
export const sentencesOf = (message: string): string =>
  message.replace(/([\p{L}\p{N})\]}"'`])[ \t]*[\r\n]+\s*(?=\p{Lu})/gu, '$1. ')

/** A message without the address that it begins with, for where the address stands before it anyway. */
export const withoutAddress = (message: string, address: string): string =>
  message.startsWith(`${address}: `) ? message.slice(address.length + 2) : message

/** At most `max` UTF-16 units of `text`, with `… (N more characters)` after them if there was more. */
export const cut = (text: string, max: number): string => {
  if (text.length <= max) return text
  const kept = text.slice(0, max).replace(/[\ud800-\udbff]$/, '')
  return `${kept}… (${text.length - kept.length} more characters)`
}

/** `5f1c…9ae2`: enough of a digest to recognise it. */
export const shortDigest = (digest: string): string =>
  digest.length <= 12 ? digest : `${digest.slice(0, 4)}…${digest.slice(-4)}`

/** `1,234`. Without Intl, whose tables take some 20 ms to load for one number. */
export const thousands = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

/** `1 object`, `3 objects`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${thousands(count)} ${count === 1 ? one : many}`

/** `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`: at most `max` of them are named. */
export const listed = (names: readonly string[], max = 3): string => {
  const shown = names.length > max ? names.slice(0, max) : names.slice(0, -1)
  const last = names.length > max ? `${names.length - max} more` : (names.at(-1) ?? '')
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`
}

/** With a capital letter at the front. */
export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** The same unless it begins with a name, such as an address, a path or an e-mail: those are written one way only. */
export const opened = (text: string): string => (/^[a-z]+(?=[\s,]|$)/.test(text) ? capital(text) : text)

/** Without the full stop at the end, so that one can be set. */
export const stopless = (text: string): string => text.trimEnd().replace(/\.$/, '')
