/** Finds what Slipway says when it refuses or fails, in the sources themselves. */
import { parseAst } from 'rolldown/parseAst'

/** One message with its way out; capitals and `…` stand for what is filled in. */
export interface Message {
  readonly text: string
  readonly advice: readonly string[]
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

/** The values that constants of a file are given, by name, in reading order, with the block in which they count. */
type Constants = ReadonlyMap<string, readonly { readonly block: Node; readonly value: Node }[]>

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

const childrenOf = (node: Node): readonly Node[] =>
  Object.values(node).flatMap(value =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  )

const all = (node: Node): readonly Node[] => [node, ...childrenOf(node).flatMap(all)]

const nodesAt = (node: Node, key: string): readonly Node[] => {
  const found = node[key]
  return Array.isArray(found) ? found.filter(isNode) : isNode(found) ? [found] : []
}

const nameOf = (node: Node | undefined): string => (typeof node?.name === 'string' ? node.name : '')

/** What the constant of that name holds at a place. */
const constant = (constants: Constants, name: string, { start }: Node): Node | undefined =>
  constants.get(name)?.findLast(({ block }) => block.start <= start && start < block.end)?.value

const constantsOf = (nodes: readonly Node[]): Constants => {
  const blocks = nodes.filter(({ type }) => type === 'Program' || type === 'BlockStatement')
  const around = ({ start }: Node) => blocks.findLast(block => block.start <= start && start < block.end)
  return Map.groupBy(
    nodes.flatMap(node => {
      const [id, value, block] = [nodesAt(node, 'id')[0], nodesAt(node, 'init')[0], around(node)]
      if (node.type !== 'VariableDeclarator' || block === undefined || value === undefined) return []
      return [{ name: nameOf(id), block, value }]
    }),
    ({ name }) => name,
  )
}

const words = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase()

const isText = (node: Node | undefined): boolean =>
  node !== undefined &&
  ['Literal', 'TemplateLiteral', 'ConditionalExpression', 'LogicalExpression'].includes(node.type)

/** What fills a gap: a constant's own words, the name of a value, else `…`. */
const gap = (node: Node, constants: Constants, depth: number): string => {
  if (node.type === 'Identifier') {
    const value = constant(constants, nameOf(node), node)
    if (typeof value?.value === 'number') return String(value.value)
    if (value?.type === 'Literal' || value?.type === 'TemplateLiteral')
      return depth > 3 ? '…' : (textsOf(value, constants, depth + 1)[0] ?? '…')
    return words(nameOf(node))
  }
  if (node.type === 'MemberExpression') return words(nameOf(nodesAt(node, 'property')[0])) || '…'
  const [argument] = nodesAt(node, 'arguments')
  if (
    node.type === 'CallExpression' &&
    nameOf(nodesAt(node, 'callee')[0]) === 'String' &&
    argument !== undefined
  )
    return gap(argument, constants, depth)
  return '…'
}

/** Every text that an expression can come to. */
const textsOf = (node: Node, constants: Constants, depth = 0): readonly string[] => {
  if (depth > 4) return []
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? [node.value] : []
    case 'TemplateLiteral': {
      const quasis = nodesAt(node, 'quasis').map(({ value }) => String((value as { cooked?: string }).cooked))
      const gaps = nodesAt(node, 'expressions').map(one => gap(one, constants, depth))
      return [quasis.map((text, index) => `${text}${gaps[index] ?? ''}`).join('')]
    }
    case 'ConditionalExpression':
      return ['consequent', 'alternate'].flatMap(side =>
        nodesAt(node, side).flatMap(one => textsOf(one, constants, depth + 1)),
      )
    case 'LogicalExpression':
      return nodesAt(node, 'right').flatMap(one => textsOf(one, constants, depth + 1))
    case 'Identifier': {
      const value = constant(constants, nameOf(node), node)
      return isText(value) && value !== undefined ? textsOf(value, constants, depth + 1) : []
    }
    default:
      return []
  }
}

const property = (node: Node | undefined, key: string): Node | undefined =>
  node === undefined
    ? undefined
    : nodesAt(node, 'properties').find(one => nameOf(nodesAt(one, 'key')[0]) === key)

const valueAt = (node: Node | undefined, key: string): Node | undefined => {
  const found = property(node, key)
  return found === undefined ? undefined : nodesAt(found, 'value')[0]
}

/** The message and the advice of a node that is a problem, a thrown error of ours, or the making of an `Unknown`. */
const partsOf = (node: Node): { readonly message?: Node | undefined; readonly advice?: Node | undefined } => {
  const [first, second] = nodesAt(node, 'arguments')
  const callee = nameOf(nodesAt(node, 'callee')[0])
  if (node.type === 'NewExpression' && /^[A-Z]\w+Error$/.test(callee) && callee !== 'TypeError')
    return { message: first, advice: valueAt(second, 'advice') }
  if (node.type === 'CallExpression' && callee === 'unknown') return { message: first, advice: second }
  if (node.type !== 'ObjectExpression' || property(node, 'level') !== undefined) return {}
  return { message: valueAt(node, 'message'), advice: valueAt(node, 'advice') ?? spreadAdvice(node) }
}

/** `...(x === undefined ? {} : { advice: … })` */
const spreadAdvice = (node: Node): Node | undefined =>
  nodesAt(node, 'properties')
    .filter(({ type }) => type === 'SpreadElement')
    .flatMap(all)
    .map(one => (one.type === 'ObjectExpression' ? valueAt(one, 'advice') : undefined))
    .find(one => one !== undefined)

const isAdvice = (text: string, found: readonly Message[]): boolean =>
  found.some(({ advice }) => advice.some(one => one.includes(text)))

/** No name, path or command. */
const isSentence = (text: string): boolean =>
  text.trim().split(/\s+/).length >= 3 && !/^(\.|node:|gcloud|Secret Manager of project \S+$)/.test(text)

/** Enough of our own words that people can look for them. */
const isTelling = (text: string): boolean => (text.match(/\b[a-z’']{2,}\b/g) ?? []).length >= 2

/** What one source file says, each message once. `whole`: every text in it counts, since it puts them together. */
export const messagesIn = (source: string, whole = false): readonly Message[] => {
  const nodes = all(parseAst(source, { lang: 'ts' }) as unknown as Node)
  const constants = constantsOf(nodes)
  const texts = whole
    ? nodes
        .filter(({ type }) => type === 'Literal' || type === 'TemplateLiteral')
        .flatMap(node => textsOf(node, constants).map(text => ({ text, advice: [] })))
    : []
  const found = nodes.flatMap(node => {
    const { message, advice } = partsOf(node)
    if (message === undefined) return []
    const ways = advice === undefined ? [] : textsOf(advice, constants)
    return textsOf(message, constants).map(text => ({ text, advice: ways }))
  })
  return [
    ...Map.groupBy(
      [...found, ...texts.filter(({ text }) => isSentence(text) && !isAdvice(text, found))].filter(
        ({ text }) => isTelling(text),
      ),
      ({ text }) => text,
    ),
  ].map(([text, same]) => ({
    text,
    advice: [...new Set(same.flatMap(one => one.advice))],
  }))
}
