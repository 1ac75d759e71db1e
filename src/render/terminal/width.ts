import { plain } from '../text.ts'

/** Scripts and pictures that take two columns. */
const broad =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u
const none = /\p{M}/u

const columnsOf = (char: string): number => (none.test(char) ? 0 : broad.test(char) ? 2 : 1)

/** How many columns a text takes, colours not counted in: colour it afterwards. */
export const displayWidth = (text: string): number =>
  [...text].reduce((width, char) => width + columnsOf(char), 0)

/** Text on one line and without control characters, no wider than `width`; `…` shows that there was more. */
export const clip = (text: string, width: number): string => {
  const clean = plain(text)
  if (displayWidth(clean) <= width) return clean
  let [kept, used] = ['', 0]
  for (const char of clean) {
    used += columnsOf(char)
    if (used > width - 1) break
    kept += char
  }
  return width < 1 ? '' : `${kept}…`
}

/** Where a word stands that has no room below its column. */
const shallow = 6

/**
 * A line in lines no wider than `width`, broken at spaces: what follows stands below its column `at`, a word that is too
 * long for that, and what follows it, further to the left. What stands before the column keeps its spaces.
 */
export const hang = (line: string, width: number, at: number): readonly string[] => {
  if (displayWidth(line) <= width) return [line]
  const lines: string[] = []
  let open = line.slice(0, at)
  let indent = at
  for (const [index, [, gap = '', word = '']] of [...line.slice(at).matchAll(/(\s*)(\S+)/g)].entries()) {
    const next = `${open}${gap}${word}`
    const startsInside = index === 0 && gap === '' && !open.endsWith(' ')
    if (!startsInside && displayWidth(next) > width) {
      lines.push(open.trimEnd())
      if (displayWidth(word) > width - at) indent = shallow
      open = `${' '.repeat(indent)}${word}`
    } else open = next
  }
  return [...lines, open]
}

/** Filled with spaces to `width`. */
export const pad = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - displayWidth(text)))

/** Text in lines no wider than `width`, broken at spaces; a longer word stands alone and is not broken. */
export const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of plain(text)
    .split(' ')
    .filter(part => part !== '')) {
    const next = line === '' ? word : `${line} ${word}`
    if (line !== '' && displayWidth(next) > width) {
      lines.push(line)
      line = word
    } else line = next
  }
  return line === '' ? lines : [...lines, line]
}
