import { micromark, parse, postprocess, preprocess } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import type { Event } from 'micromark-util-types'
import { liveIn, unbalanced } from './rendered.ts'

const html =
  /^(<details( open)?><summary>(<b>[\w ,]+<\/b>|<code>[^<>]*<\/code>|[\w :,.-])*<\/summary>|<\/details>|<\/?(sub|code)>)$/

interface Found {
  readonly faults: string[]
  depth: number
}

/**
 * What is wrong with a comment, as GitHub's dialect reads it: open fences and folds, HTML that is not ours or not balanced,
 * words that come alive, links elsewhere, a second marker, characters that cannot be seen. Empty if nothing is. Words are
 * looked at as GitHub does: in what is rendered, not in what is written. `meant` are references that are to be alive.
 */
export const faultsOf = (
  text: string,
  urls: readonly string[],
  meant: readonly string[] = [],
): readonly string[] => {
  const events = postprocess(
    parse({ extensions: [gfm()] })
      .document()
      .write(preprocess()(text, undefined, true)),
  )
  const options = { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] }
  const rendered = micromark(text, options)
  return [
    ...sourceFaults(events, urls),
    ...unbalanced(rendered),
    ...liveIn(rendered, urls, meant),
    ...wholeFaults(text),
    ...tableFaults(events),
  ]
}

const sourceFaults = (events: readonly Event[], urls: readonly string[]): readonly string[] => {
  const found: Found = { faults: [], depth: 0 }
  let fences = 0
  for (const [stage, token, context] of events) {
    const source = () => context.sliceSerialize(token)
    const entering = stage === 'enter'
    if (token.type === 'codeFenced') {
      if (entering) fences = 0
      else if (fences !== 2) found.faults.push(`open fence: ${source().slice(0, 60)}`)
    }
    if (!entering) continue
    if (token.type === 'codeFencedFence') fences++
    if (token.type === 'htmlFlow' || token.type === 'htmlText') checkHtml(source(), token.start.line, found)
    if (token.type === 'resourceDestinationString' && !urls.some(url => source().startsWith(url)))
      found.faults.push(`link elsewhere: ${source()}`)
    if (/^literalAutolink$|^autolink$|^image$|^definition$|^footnote/.test(token.type))
      found.faults.push(`${token.type}: ${source()}`)
  }
  if (found.depth !== 0) found.faults.push(`${found.depth} folds left open`)
  return found.faults
}

const checkHtml = (source: string, line: number, found: Found): void => {
  if (line === 1 && /^<!-- slipway:plan \{[^<>\n]*\} -->$/.test(source)) return
  for (const part of source.split('\n'))
    if (!html.test(part)) found.faults.push(`HTML: ${part.slice(0, 120)}`)
  if (source.startsWith('<details')) found.depth++
  if (source.startsWith('</details')) found.depth--
  if (found.depth < 0 || found.depth > 1) found.faults.push(`fold depth ${found.depth}`)
}

const wholeFaults = (text: string): readonly string[] => [
  ...(text.split('<!--').length === 2 ? [] : ['not one comment']),
  ...(/[\p{Cf}\p{Co}\p{Cs}]|[^\P{Cc}\n]/u.test(text) ? ['invisible characters'] : []),
]

/** Every row of a table has as many cells as its head: a pipe in other people's text shows here. */
const tableFaults = (events: readonly Event[]): readonly string[] => {
  const widths: number[] = []
  for (const [stage, token] of events) {
    if (stage !== 'enter') continue
    const type: string = token.type
    if (type === 'tableRow') widths.push(0)
    else if (type === 'tableHeader' || type === 'tableData') widths.push((widths.pop() ?? 0) + 1)
  }
  return new Set(widths).size > 1 ? [`ragged table: ${[...new Set(widths)].join(', ')}`] : []
}
