import type { Json, JsonObject, Path } from '../core/json.ts'
import { isPosition, type Position, type Source } from '../core/problem.ts'

/** A JSON value that knows, at every level, which line of the file or which preset it comes from. */
export type Tree = Leaf | ListTree | MapTree

/** A value without members. */
export interface Leaf {
  readonly type: 'leaf'
  readonly value: null | boolean | number | string
  readonly source: Source
  /** The value as it is written in the file, if that can differ from what it was read as: `1.30`. */
  readonly written?: string
}

/** A list. */
export interface ListTree {
  readonly type: 'list'
  readonly items: readonly Tree[]
  readonly source: Source
}

/** A map; own keys only. */
export interface MapTree {
  readonly type: 'map'
  readonly members: ReadonlyMap<string, Member>
  readonly source: Source
}

/** A value in a map with the place of its key. */
export interface Member {
  readonly key: Source
  readonly value: Tree
}

/** The plain value of a tree. */
export const toJson = (tree: Tree): Json => {
  switch (tree.type) {
    case 'leaf':
      return tree.value
    case 'list':
      return tree.items.map(toJson)
    case 'map':
      return toObject(tree)
  }
}

/** The plain object of a map. */
export const toObject = ({ members }: MapTree): JsonObject =>
  Object.fromEntries([...members].map(([key, { value }]) => [key, toJson(value)]))

/** A tree in which everything comes from `source`. */
export const fromJson = (value: Json, source: Source): Tree => {
  if (Array.isArray(value)) return { type: 'list', items: value.map(item => fromJson(item, source)), source }
  return isMapJson(value)
    ? fromObject(value, source)
    : { type: 'leaf', value: value as Leaf['value'], source }
}

/** A map in which everything comes from `source`. */
export const fromObject = (value: JsonObject, source: Source): MapTree => ({
  type: 'map',
  members: new Map(
    Object.entries(value).map(([key, member]) => [key, { key: source, value: fromJson(member, source) }]),
  ),
  source,
})

const isMapJson = (value: Json): value is JsonObject => typeof value === 'object' && value !== null

/** The member of a map, undefined for anything else. */
export const memberOf = (tree: Tree | undefined, key: string): Member | undefined =>
  tree?.type === 'map' ? tree.members.get(key) : undefined

/** The value below `key` if it is a map; else an empty one. */
export const mapAt = (tree: Tree, key: string): MapTree => {
  const value = memberOf(tree, key)?.value
  return value?.type === 'map' ? value : { type: 'map', members: new Map(), source: tree.source }
}

/** A copy with some members replaced, added, or (undefined) left out. */
export const withMembers = (
  tree: MapTree,
  changes: Readonly<Record<string, Member | undefined>>,
): MapTree => {
  const members = new Map(tree.members)
  for (const [key, member] of Object.entries(changes)) {
    if (member === undefined) members.delete(key)
    else members.set(key, member)
  }
  return { ...tree, members }
}

/** The tree at `path` (list items by their index), or undefined. */
export const treeAt = (tree: Tree, path: Path): Tree | undefined => {
  let here: Tree | undefined = tree
  for (const step of path) {
    here = here?.type === 'list' ? here.items[Number(step)] : memberOf(here, step)?.value
  }
  return here
}

/** The nearest place in a file at or above `path`; for maps and lists their key, for other values the value. */
export const placeOf = (tree: Tree, path: Path): Position | undefined => {
  for (let length = path.length; length >= 0; length--) {
    const above = path.slice(0, length)
    const here = treeAt(tree, above)
    if (here === undefined) continue
    const place = here.type === 'leaf' ? here.source : (keyOf(tree, above) ?? here.source)
    if (isPosition(place)) return place
  }
  return undefined
}

const keyOf = (tree: Tree, path: Path): Source | undefined => {
  const last = path.at(-1)
  return last === undefined ? undefined : memberOf(treeAt(tree, path.slice(0, -1)), last)?.key
}

/** Where each value below comes from, by `showPath`; '' is the tree itself. */
export const sourcesOf = (tree: Tree, own: Source = tree.source): Readonly<Record<string, Source>> => {
  const sources: Record<string, Source> = {}
  const walk = (here: Tree, source: Source, path: Path): void => {
    sources[path.join('.')] = source
    if (here.type === 'map') {
      for (const [key, member] of here.members) {
        const place = member.value.type === 'leaf' ? member.value.source : member.key
        walk(member.value, place, [...path, key])
      }
    }
    if (here.type === 'list') {
      for (const [index, item] of here.items.entries()) walk(item, item.source, [...path, String(index)])
    }
  }
  walk(tree, own, [])
  return sources
}
