import { Document, isMap, isScalar, type Pair, visit } from 'yaml'
import type { JsonObject, Path } from '../core/json.ts'
import { wrap } from '../render/terminal/width.ts'
import { cut, plain } from '../render/text.ts'
import { commentKey, type Draft, type Left } from './draft.ts'

const widest = 110
const longestComment = 600

/** Other people's names stand in comments: what is written stays in its lines. */
const remark = (text: string): readonly string[] => wrap(cut(plain(text), longestComment), widest - 4)

/** The lines that say what the file leaves out. */
const leftLines = (left: readonly Left[]): readonly string[] =>
  left.flatMap(({ what, why }) =>
    remark(`- ${what}: ${why}`).map((line, at) => (at === 0 ? line : `  ${line}`)),
  )

/** The order in which people read a file. */
const order = [
  'name',
  'app',
  'project',
  'location',
  'state',
  'names',
  'login',
  'services',
  'serviceAccounts',
  'cluster',
  'nodePools',
  'addresses',
  'secrets',
  'database',
  'namespaces',
  'release',
  'releases',
]

const ordered = (document: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(document).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)))

/** The text of a draft: comments where values come from, above it `head`, below it what is not in it. */
export const textOf = ({ document, comments, left }: Draft, head: readonly string[]): string => {
  const yaml = new Document(ordered(document), { version: '1.2' })
  visit(yaml, {
    Pair: (_, pair, ancestors) => {
      const comment = comments.get(commentKey(pathOf(pair, ancestors)))
      if (comment === undefined || !isScalar(pair.key)) return
      const lines = remark(comment).map(line => ` ${line}`)
      if (isScalar(pair.value) && comment.length < shortComment) pair.value.comment = lines.join(' ')
      else pair.key.commentBefore = lines.join('\n')
    },
  })
  const said = (lines: readonly string[]) => lines.map(line => `${`# ${line}`.trimEnd()}\n`).join('')
  const body = yaml.toString({ lineWidth: widest, flowCollectionPadding: false })
  const below = left.length === 0 ? '' : `\n${said(['Not taken over:', ...leftLines(left)])}`
  return `${said(head.flatMap(remark))}${body}${below}`
}

/** Up to this length a comment stands behind its value. */
const shortComment = 60

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
