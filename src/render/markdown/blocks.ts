import { counted } from '../text.ts'
import { prose } from './escape.ts'

/**
 * How late a block is cut when a comment is too long: the lowest rank first. What is refused, removed or taken over
 * goes last.
 */
export const ranks = [
  'info',
  'creates',
  'reviewed',
  'objects',
  'pending',
  'diagram',
  'drift',
  'changes',
  'heading',
  'manual',
  'warnings',
  'table',
  'adoptions',
  'interrupts',
  'removals',
  'refused',
  'frame',
] as const

/** A rank by name. */
export type Rank = (typeof ranks)[number]

/**
 * A piece of a comment that is whole by itself: its items are single lines or paragraphs that are kept or left out,
 * never divided, between an opening and a closing that always stand together.
 */
export interface Block {
  readonly rank: Rank
  /** What the items are called where some had to go, as plain text: `line of staging's changes`. */
  readonly noun: string
  readonly open: string
  readonly items: readonly string[]
  /** Between items. */
  readonly glue: string
  readonly close: string
  /** The line that stands for items that were left out, in the block's own syntax. */
  readonly more: (left: number) => string
}

/** A paragraph that is shown whole or not at all. */
export const paragraph = (rank: Rank, noun: string, text: string): Block => ({
  rank,
  noun,
  open: '',
  items: [text],
  glue: '\n',
  close: '',
  more: () => '',
})

const between = '\n\n'

/** The text of a block with its first `keep` items; '' if nothing is left. */
const textOf = ({ open, items, glue, close, more }: Block, keep: number): string => {
  if (keep === 0) return ''
  const rest = items.length > keep ? more(items.length - keep) : ''
  return open + [...items.slice(0, keep), ...(rest === '' ? [] : [rest])].join(glue) + close
}

/** How long a text may be and how that is measured. */
export interface Limit {
  readonly most: number
  readonly measure: (text: string) => number
}

/** A comment: GitHub refuses more than 65,536 UTF-16 units. */
export const commentLimit: Limit = { most: 65_000, measure: text => text.length }

/** A job summary: GitHub drops more than 1 MiB of UTF-8 a step. */
export const summaryLimit: Limit = { most: 1_000_000, measure: text => Buffer.byteLength(text) }

/**
 * The blocks as one text no longer than the limit. What does not fit is left out by rank, from the end of a block,
 * whole items at a time; `note` says what was left out and stands before the last block.
 */
export const fitted = (blocks: readonly Block[], limit: Limit, where: string): string => {
  const full = blocks.filter(({ items }) => items.length > 0)
  const keeps = full.map(({ items }) => items.length)
  const whole = assemble(full, keeps, '')
  if (limit.measure(whole) <= limit.most) return `${whole}\n`
  const room = limit.most - noteRoom
  const order = full.map((_, index) => index).sort((a, b) => rankAt(full, a) - rankAt(full, b) || b - a)
  let length = full.reduce(
    (sum, block) => sum + limit.measure(textOf(block, block.items.length) + between),
    0,
  )
  for (const index of order) {
    const block = full[index]
    if (length <= room || block === undefined || block.rank === 'frame') break
    const before = limit.measure(textOf(block, block.items.length) + between)
    const keep = keepWithin(block, before - (length - room), limit)
    keeps[index] = keep
    length += (keep === 0 ? 0 : limit.measure(textOf(block, keep) + between)) - before
  }
  return `${assemble(full, keeps, cutNote(full, keeps, where))}\n`
}

/** Room for the sentence that says what was left out. */
const noteRoom = 2_500

const rankAt = (blocks: readonly Block[], index: number): number =>
  ranks.indexOf(blocks[index]?.rank ?? 'frame')

/** The largest number of items with which a block is no longer than `most`. */
const keepWithin = (block: Block, most: number, limit: Limit): number => {
  let [low, high] = [0, block.items.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (limit.measure(textOf(block, middle) + between) <= most) low = middle
    else high = middle - 1
  }
  return low
}

const assemble = (blocks: readonly Block[], keeps: readonly number[], note: string): string => {
  const texts = blocks.map((block, index) => textOf(block, keeps[index] ?? 0)).filter(text => text !== '')
  const all = note === '' ? texts : [...texts.slice(0, -1), note, ...texts.slice(-1)]
  return all.join(between)
}

/** How many kinds of omission are named one by one. */
const namedCuts = 8

const cutNote = (blocks: readonly Block[], keeps: readonly number[], where: string): string => {
  const cuts = blocks.flatMap(({ items, noun }, index) => {
    const left = items.length - (keeps[index] ?? 0)
    return left === 0 ? [] : [{ left, noun }]
  })
  const named = cuts
    .slice(0, namedCuts)
    .map(({ left, noun }) => prose(counted(left, noun, pluralOf(noun)), 140))
  const others = cuts.slice(namedCuts).reduce((sum, { left }) => sum + left, 0)
  const all = others === 0 ? named : [...named, `${counted(others, 'line')} elsewhere`]
  return `**Too long to show whole.** Left out: ${all.join('; ')}. ${where}`
}

/** The plural of `line of …`, `diagram of …`: the first word takes it. */
const pluralOf = (noun: string): string => noun.replace(/^\S+/, first => `${first}s`)
