/** Elements that have no end. */
const empty: ReadonlySet<string> = new Set(['br', 'hr', 'img', 'input'])

const tag = /<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*)?\/?>/gi

/** Elements of rendered Markdown that are left open, closed twice, or closed in another order than they were opened. */
export const unbalanced = (html: string): readonly string[] => {
  const open: string[] = []
  for (const [whole, end, name = ''] of withoutComments(html).matchAll(tag)) {
    if (empty.has(name)) continue
    if (end === '') open.push(name)
    else if (open.pop() !== name) return [`closed where it is not open: ${whole}`]
  }
  return open.map(name => `left open: <${name}>`)
}

const withoutComments = (html: string): string => html.replace(/<!--[\s\S]*?-->/g, '')

/** What GitHub turns into something after Markdown has been read: in the text of anything but code and links. */
const live: readonly (readonly [string, RegExp])[] = [
  ['a mention', /@[\w-]/],
  ['a reference', /#\d/],
  ['a reference', /\bgh-\d/i],
  ['a commit', /\b[0-9a-f]{40}\b/i],
  ['an address', /\w:\/\/|\bwww\.\w/i],
  ['an emoji', /:[a-z+-][\w+-]*:/i],
]

/** Stands for what is left out: nothing joins across it. */
const gap = '\uFFFC'

const inline = /<\/?(strong|em|del|b|sub|sup)(\s[^<>]*)?>/gi

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' }

const decoded = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
    name === undefined
      ? String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
      : (entities[name] ?? whole),
  )

/** Words that come alive. Emphasis does not keep two halves of one apart. */
export const liveIn = (
  html: string,
  urls: readonly string[],
  meant: readonly string[],
): readonly string[] => {
  const ours = (href: string) => urls.some(url => decoded(href).startsWith(url))
  const text = withoutComments(html)
    .replace(/<pre>[\s\S]*?<\/pre>/g, gap)
    .replace(/<code>[\s\S]*?<\/code>/g, gap)
    .replace(/<a href="([^"]*)">[\s\S]*?<\/a>/g, (whole, href) => (ours(String(href)) ? gap : whole))
    .replace(inline, '')
    .replace(/<[^<>]*>/g, '\n')
  const words = meant.reduce((left, one) => left.replaceAll(one, gap), decoded(text))
  return live.flatMap(([what, pattern]) => {
    const at = words.search(pattern)
    return at < 0 ? [] : [`alive, ${what}: ${words.slice(Math.max(0, at - 20), at + 60)}`]
  })
}
