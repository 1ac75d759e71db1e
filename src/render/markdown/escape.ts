import { cut, plain, sentencesOf } from '../text.ts'

/** How many characters of one message or advice are shown. */
export const proseLimit = 600

/** Words that GitHub would turn into a mention, a link, a reference (a commit is one) or a picture; `www` if a full stop of ours follows. */
const alive = /@|:\/\/|www(\.|$)|#\d|gh-\d|:[\w+-]+:|\b[0-9a-f]{40}\b/i

const escapes: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '|': '&#124;',
  '`': '&#96;',
}

const escaped = (text: string): string =>
  text.replace(/[\\*_[\]#~$<>&|`]/g, found => escapes[found] ?? `\\${found}`)

/** What would start a list, a heading or a rule at the beginning of a line. */
const atStart = (text: string): string =>
  text.replace(/^([-+=])/, '\\$1').replace(/^(\d{1,9})([.)])/, '$1\\$2')

/** Code spans that touch would run into one another. */
const joinSpans = (parts: readonly string[]): string =>
  parts.reduce(
    (text, part) => (text.endsWith('`') && part.startsWith('`') ? `${text} ${part}` : text + part),
    '',
  )

const word = (text: string): string => {
  if (!alive.test(text)) return escaped(text)
  const [, before = '', core = '', after = ''] = /^([("'[{]*)(.*?)([)\]}"'.,:;!?]*)$/s.exec(text) ?? []
  return core === '' ? code(text) : joinSpans([escaped(before), code(core), escaped(after)])
}

/**
 * Other people's words as one line of Markdown. Pairs of backticks stay code; words that would come alive on GitHub
 * (mentions, references, addresses, links) become code, so that they can be copied and do nothing.
 */
export const prose = (text: string, max = proseLimit): string => {
  const parts = cut(plain(sentencesOf(text)), max)
    .trim()
    .split(/(`[^`]+`)/)
  const shown = parts.map((part, index) =>
    index % 2 === 1 ? code(part.slice(1, -1)) : joinSpans(part.split(/(\s+)/).map(word)),
  )
  return atStart(joinSpans(shown.filter(part => part !== '')))
}

/** No HTML comment can be opened or closed by it. */
const noComment = (text: string): string => text.replaceAll('<!--', '<! --').replaceAll('-->', '-- >')

/** Other people's text as a code span. Not for table cells and HTML: see `cellCode` and `htmlCode`. */
export const code = (text: string, max = proseLimit): string => {
  const clean = noComment(cut(plain(text), max)).trim()
  if (clean === '') return '`(empty)`'
  const ticks = '`'.repeat(longestRun(clean) + 1)
  return clean.includes('`') ? `${ticks} ${clean} ${ticks}` : `${ticks}${clean}${ticks}`
}

const longestRun = (text: string): number =>
  (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0)

const entities = (text: string): string =>
  text.replace(/[^\p{L}\p{M}\p{N} /,–—…→✚✎✖-]/gu, found => `&#${found.codePointAt(0)};`)

/** Other people's text as code in a table cell, where a pipe would end the cell even inside a code span. */
export const cellCode = (text: string, max = 120): string =>
  /^[\w ./:@-]+$/.test(text) ? code(text, max) : htmlCode(text, max)

/** Other people's text as code where Markdown is not read: in the summaries of folds. */
export const htmlCode = (text: string, max = 120): string => {
  const clean = plain(text).trim()
  return `<code>${clean === '' ? '(empty)' : entities(cut(clean, max))}</code>`
}

/** Lines as a fenced block that none of them can close. `lines` must be single lines. */
export const fence = (lines: readonly string[], language: string): string => {
  const { open, close } = fenceMarks(lines, language)
  return [open, ...lines.map(fenceLine), close].join('\n')
}

/** The lines that open and close a fence around `lines`. */
export const fenceMarks = (
  lines: readonly string[],
  language: string,
): { readonly open: string; readonly close: string } => {
  const longest = lines.reduce((most, line) => Math.max(most, longestRun(line)), 0)
  const ticks = '`'.repeat(Math.max(3, longest + 1))
  return { open: `${ticks}${language}`, close: ticks }
}

/** One line for the inside of a fence. */
export const fenceLine = (line: string): string => noComment(plain(line))

/** Longer than this, an address is no address that people could follow. */
const longestUrl = 2_000

/** An address that is safe between the brackets of a link; undefined if it is none of the web's. */
export const safeUrl = (url: string): string | undefined => {
  if (!URL.canParse(url)) return undefined
  const { protocol, href } = new URL(url.toWellFormed())
  if (protocol !== 'https:' && protocol !== 'http:') return undefined
  const safe = href.replace(/[^\w:/?#&=%.,;+@-]/g, found =>
    encodeURIComponent(found).replace(/[!'()*~]/g, hex),
  )
  return safe.length > longestUrl ? undefined : safe
}

const hex = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`

/** A link whose text is Markdown made by the functions above; just the text if the address is none of the web's. */
export const link = (text: string, url: string | undefined): string => {
  const target = url === undefined ? undefined : safeUrl(url)
  return target === undefined ? text : `[${text}](${target})`
}

/** Other people's text as a label of a diagram, for use between double quotes; at most `max` characters. */
export const diagramLabel = (text: string, max = 48): string => {
  const clean = [...plain(text).trim()]
  const short = clean.length > max ? [...clean.slice(0, max - 1), '…'] : clean
  return (
    short
      .map(char => (/[\p{L}\p{M}\p{N} ./,…→✚✎✖-]/u.test(char) ? char : `#${char.codePointAt(0)};`))
      .join('') || '…'
  )
}
