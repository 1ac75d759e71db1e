import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import type { Position, Problem } from '../core/problem.ts'
import { maxAliases, maxDepth, maxValues } from './limits.ts'
import type { Leaf, Member, Tree } from './tree.ts'
import { tooDeep } from './yaml-errors.ts'

/** What a text holds: a tree (undefined: nothing but comments), or what is wrong with it. */
export interface Parsed {
  readonly tree: Tree | undefined
  readonly problems: readonly Problem[]
}

/** Makes a tree of a parsed document: duplicates, dangerous keys, values without a JSON form become problems. */
export const treeOf = (document: Document, at: (offset: number) => Position): Parsed => {
  const work: Work = { document, at, problems: [], counts: { aliases: 0, values: 0 } }
  const { contents } = document
  if (contents === null) return { tree: undefined, problems: [] }
  try {
    const tree = convert(work, contents, [])
    return { tree, problems: work.problems }
  } catch (error) {
    if (error instanceof TooMuch) return { tree: undefined, problems: [error.problem] }
    throw error
  }
}

interface Work {
  readonly document: Document
  readonly at: (offset: number) => Position
  readonly problems: Problem[]
  readonly counts: { aliases: number; values: number }
}

/** Ends the conversion: going on would take too much time or memory. */
class TooMuch extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.message)
    this.problem = problem
  }
}

const convert = (work: Work, node: unknown, within: readonly Node[]): Tree => {
  const parent = within.at(-1)
  const place = placeOf(work, node, parent)
  if (within.length > maxDepth) throw new TooMuch({ ...tooDeep, position: place })
  work.counts.values += 1
  if (work.counts.values > maxValues) throw new TooMuch({ ...tooMany, position: place })
  if (isAlias(node)) return convertAlias(work, node, within, place)
  if (isMap(node)) return { type: 'map', members: membersOf(work, node, [...within, node]), source: place }
  if (isSeq(node)) {
    const inner = [...within, node]
    return { type: 'list', items: node.items.map(item => convert(work, item, inner)), source: place }
  }
  return isScalar(node) ? leafOf(work, node, place) : { type: 'leaf', value: null, source: place }
}

const tooMany = {
  message: `the file holds more than ${maxValues} values (what aliases repeat included).`,
  advice: 'Write less into one file.',
}

const placeOf = ({ at }: Work, node: unknown, parent: Node | undefined): Position => {
  const range = isAlias(node) || isMap(node) || isSeq(node) || isScalar(node) ? node.range : undefined
  return at(range?.[0] ?? parent?.range?.[0] ?? 0)
}

const convertAlias = (work: Work, alias: Alias, within: readonly Node[], position: Position): Tree => {
  work.counts.aliases += 1
  if (work.counts.aliases > maxAliases) {
    throw new TooMuch({
      message: `the file has more than ${maxAliases} aliases (\`*name\`), those inside repeated parts included.`,
      advice: 'Write the values out.',
      position,
    })
  }
  const target = alias.resolve(work.document)
  const wrong = target === undefined ? 'stands for nothing above it' : 'stands for something that contains it'
  if (target === undefined || within.includes(target)) {
    const message = `*${alias.source} ${wrong}.`
    work.problems.push({ message, advice: 'Put the value in quotes if it begins with `*`.', position })
    return { type: 'leaf', value: null, source: position }
  }
  const tree = convert(work, target, [...within, alias])
  return { ...tree, source: position }
}

const membersOf = (work: Work, map: YAMLMap, within: readonly Node[]): ReadonlyMap<string, Member> => {
  const members = new Map<string, Member>()
  for (const { key, value } of map.items) {
    const name = isScalar(key) ? String(key.value ?? '') : ''
    const place = placeOf(work, key, map)
    const refused = refusedKey(name, members)
    if (refused === undefined) {
      const tree = convert(work, value, within)
      const empty = value === null || (isScalar(value) && value.source === '' && value.value === null)
      members.set(name, { key: place, value: empty ? { ...tree, source: place } : tree })
    } else work.problems.push({ ...refused, position: place })
  }
  return members
}

const refusedKey = (name: string, before: ReadonlyMap<string, Member>): Problem | undefined => {
  if (name === '<<') {
    return { message: 'merge keys (`<<`) are not part of YAML 1.2.', advice: 'Write the values out.' }
  }
  if (name === '__proto__' || name === 'constructor' || name === 'prototype') {
    return { message: `${name}: this key is not allowed anywhere.`, advice: 'Choose another name.' }
  }
  if (name === '') return { message: 'a key is missing before the colon.', advice: 'Write `key: value`.' }
  const first = before.get(name)
  if (first === undefined) return undefined
  const line = 'line' in first.key ? ` It is also in line ${first.key.line}.` : ''
  return { message: `${showKey(name)}: this key is here twice.${line}`, advice: 'Keep one of them.' }
}

/** A key, cut so that it fits into a line. */
const showKey = (name: string): string => (name.length > 60 ? `${name.slice(0, 60)}…` : name)

const leafOf = (work: Work, { value, source }: Scalar, position: Position): Leaf => {
  const written = typeof source === 'string' && source.length < 60 ? { written: source } : {}
  if (value === null || typeof value === 'boolean')
    return { type: 'leaf', value, source: position, ...written }
  if (typeof value === 'string') return { type: 'leaf', value, source: position }
  if (typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) {
    return { type: 'leaf', value: value === 0 ? 0 : value, source: position, ...written }
  }
  work.problems.push({
    message: `the number ${String(source).slice(0, 40)} cannot be held exactly.`,
    advice: 'Write it in quotes if it is a name or a version.',
    position,
  })
  return { type: 'leaf', value: null, source: position }
}
