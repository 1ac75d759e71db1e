import { Document, isMap, isScalar, type Pair, visit } from 'yaml'
import type { Path } from '../core/json.ts'
import { cut, plain } from '../render/text.ts'
import { commentKey, type Draft, type Left } from './draft.ts'

const widest = 110
const longestComment = 160

/** A remark on one line, whatever other people's names are in it. */
const remark = (text: string): string => ` ${cut(plain(text), longestComment)}`

/** The lines that say what the file leaves out. */
const leftLines = (left: readonly Left[]): readonly string[] =>
  left.length === 0 ? [] : ['', 'Not taken over:', ...left.map(({ what, why }) => `- ${what}: ${why}`)]

/** The text of a draft: comments where values come from, above it `head`, below it what is not in it. */
export const textOf = ({ document, comments, left }: Draft, head: readonly string[]): string => {
  const yaml = new Document(document, { version: '1.2' })
  visit(yaml, {
    Pair: (_, pair, ancestors) => {
      const comment = comments.get(commentKey(pathOf(pair, ancestors)))
      if (comment === undefined || !isScalar(pair.key)) return
      if (isScalar(pair.value) && comment.length < 60) pair.value.comment = remark(comment)
      else pair.key.commentBefore = remark(comment)
    },
  })
  const lines = (texts: readonly string[]) =>
    texts.map(line => (line === '' ? '#' : `#${remark(line)}`)).join('\n')
  const body = yaml.toString({ lineWidth: widest, flowCollectionPadding: false })
  const below = leftLines(left)
  return `${lines(head)}\n${body}${below.length === 0 ? '' : `${lines(below)}\n`}`
}

const pathOf = (pair: Pair, ancestors: readonly unknown[]): Path => {
  const keys: string[] = []
  const chain = [...ancestors, pair]
  for (const [index, node] of chain.entries()) {
    if (isPairLike(node)) keys.push(keyOf(node))
    const parent = chain[index - 1]
    if (index > 0 && isItems(parent)) keys.push(String(parent.items.indexOf(node)))
  }
  return keys
}

const isPairLike = (node: unknown): node is Pair =>
  typeof node === 'object' && node !== null && 'key' in node && 'value' in node

const keyOf = ({ key }: Pair): string => (isScalar(key) ? String(key.value) : String(key))

const isItems = (node: unknown): node is { readonly items: readonly unknown[] } =>
  typeof node === 'object' && node !== null && 'items' in node && !isMap(node)
