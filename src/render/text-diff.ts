import { counted } from './text.ts'

/** One line of a diff of two texts. */
export interface TextLine {
  readonly marker: ' ' | '+' | '-'
  readonly text: string
}

const context = 2
const most = 30

/**
 * The lines in which two texts differ, with two lines around them. What both begin and end with is left out; what is
 * between is shown as taken away, then added, at most 30 lines of each.
 */
export const textDiff = (from: string, to: string): readonly TextLine[] => {
  const [a, b] = [from.split('\n'), to.split('\n')]
  const shortest = Math.min(a.length, b.length)
  let start = 0
  while (start < shortest && a[start] === b[start]) start++
  let end = 0
  while (end < shortest - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const same = (lines: readonly string[]): readonly TextLine[] => lines.map(text => ({ marker: ' ', text }))
  return [
    ...same(a.slice(Math.max(0, start - context), start)),
    ...limited('-', a.slice(start, a.length - end)),
    ...limited('+', b.slice(start, b.length - end)),
    ...same(a.slice(a.length - end, a.length - end + context)),
  ]
}

const limited = (marker: '+' | '-', lines: readonly string[]): readonly TextLine[] => {
  const shown = lines.slice(0, most).map(text => ({ marker, text }))
  const left = lines.length - shown.length
  return left === 0 ? shown : [...shown, { marker, text: `… ${counted(left, 'more line')}` }]
}
