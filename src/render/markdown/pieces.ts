import { alignRows, type Row } from '../rows.ts'
import { counted, thousands } from '../text.ts'
import type { Block, Rank } from './blocks.ts'
import { fenceLine, fenceMarks } from './escape.ts'

/** Rows in a diff fence, unfolded, below an introduction (Markdown; '' for none). */
export const fenceBlock = (rank: Rank, noun: string, intro: string, rows: readonly Row[]): Block => {
  const lines = alignRows(rows).map(fenceLine)
  const { open, close } = fenceMarks(lines, 'diff')
  return {
    rank,
    noun,
    open: `${intro === '' ? '' : `${intro}\n\n`}${open}\n`,
    items: lines,
    glue: '\n',
    close: `\n${close}`,
    more: left => `  … ${counted(left, 'more line')}`,
  }
}

/** A block inside a fold. `title` is HTML made by us and `htmlCode`. */
export const folded = (title: string, block: Block, open = false): Block => ({
  ...block,
  open: `<details${open ? ' open' : ''}><summary>${title}</summary>\n\n${block.open}`,
  close: `${block.close}\n\n</details>`,
})

/** Paragraphs in one of GitHub's alerts. Items are single lines of Markdown. */
export const alertBlock = (
  rank: Rank,
  noun: string,
  level: 'CAUTION' | 'WARNING' | 'IMPORTANT',
  items: readonly string[],
): Block => ({
  rank,
  noun,
  open: `> [!${level}]\n`,
  items: items.map(item => `> ${item}`),
  glue: '\n>\n',
  close: '',
  more: left => `> … and ${thousands(left)} more.`,
})

/** A list of paragraphs. Items are single lines of Markdown. */
export const listBlock = (rank: Rank, noun: string, items: readonly string[]): Block => ({
  rank,
  noun,
  open: '',
  items: items.map(item => `- ${item}`),
  glue: '\n',
  close: '',
  more: left => `- … and ${thousands(left)} more`,
})
