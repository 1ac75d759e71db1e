import { equal, isObject, type Json, type JsonObject, type Path } from '../../core/json.ts'
import { present } from './object.ts'
import { assumedKey, shapeOf } from './shape.ts'

/**
 * A set of fields of one object, as server-side apply keeps it: each way is a list of elements in the notation of
 * `fieldsV1` (`f:NAME`, `k:{KEYS}`, `v:VALUE`), stored under its JSON text.
 */
export type FieldSet = ReadonlyMap<string, readonly string[]>

const add = (set: Map<string, readonly string[]>, way: readonly string[]): void => {
  set.set(JSON.stringify(way), way)
}

/** The `k:{…}` element that names a list item; key members are sorted as the server sorts them. */
export const itemElement = (item: JsonObject, keys: readonly string[]): string => {
  const members = [...keys].sort().map(key => [key, item[key] ?? assumedKey(key)] as const)
  return `k:${JSON.stringify(present(Object.fromEntries(members)))}`
}

interface Walk {
  readonly kind: string
  readonly set: Map<string, readonly string[]>
}

const walkList = (walk: Walk, value: readonly Json[], path: Path, way: readonly string[]): void => {
  const shape = shapeOf(walk.kind, path, true)
  if (shape === 'atomic' || shape === 'granular') add(walk.set, way)
  else
    for (const item of value) {
      if (shape === 'set') add(walk.set, [...way, `v:${JSON.stringify(item)}`])
      else if (isObject(item)) {
        const element = [...way, itemElement(item, shape.keys)]
        add(walk.set, element)
        for (const [key, member] of Object.entries(item))
          visit(walk, member, [...path, key], [...element, `f:${key}`])
      }
    }
}

const visit = (walk: Walk, value: Json, path: Path, way: readonly string[]): void => {
  const whole =
    !isObject(value) || Object.keys(value).length === 0 || shapeOf(walk.kind, path, false) === 'atomic'
  if (Array.isArray(value)) walkList(walk, value, path, way)
  else if (whole) add(walk.set, way)
  else
    for (const [key, member] of Object.entries(value))
      visit(walk, member, [...path, key], [...way, `f:${key}`])
}

const unowned = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'managedFields',
  'selfLink',
  'generateName',
])

/** All fields of an object that a manager can own: identity and what the server writes are left out. */
export const fieldsOf = (object: JsonObject): FieldSet => {
  const walk: Walk = { kind: typeof object.kind === 'string' ? object.kind : '', set: new Map() }
  for (const [key, value] of Object.entries(object)) {
    if (key === 'apiVersion' || key === 'kind') continue
    if (key !== 'metadata') visit(walk, value, [key], [`f:${key}`])
    else if (isObject(value))
      for (const [name, member] of Object.entries(value))
        if (!unowned.has(name)) visit(walk, member, [key, name], ['f:metadata', `f:${name}`])
  }
  return walk.set
}

/** The set together with every way that leads to one of its members. */
export const withParents = (...sets: readonly FieldSet[]): FieldSet => {
  const found = new Map<string, readonly string[]>()
  for (const set of sets)
    for (const way of set.values())
      for (let size = 1; size <= way.length; size++) add(found, way.slice(0, size))
  return found
}

/** Members of `a` that `keep` holds for. */
export const filtered = (a: FieldSet, keep: (key: string, way: readonly string[]) => boolean): FieldSet =>
  new Map([...a].filter(([key, way]) => keep(key, way)))

/** Members of either. */
export const united = (a: FieldSet, b: FieldSet): FieldSet => new Map([...a, ...b])

/** True when both hold the same ways. */
export const sameFields = (a: FieldSet, b: FieldSet): boolean =>
  a.size === b.size && [...a.keys()].every(key => b.has(key))

type Tree = { [element: string]: Tree }

/** The set as `fieldsV1`. */
export const encodeFields = (set: FieldSet): JsonObject => {
  const root: Tree = {}
  for (const way of set.values()) {
    let node = root
    for (const element of way) {
      node[element] ??= {}
      node = node[element]
    }
    if (way.at(-1)?.startsWith('k:') === true) node['.'] = {}
  }
  return root
}

/** A set from `fieldsV1`. */
export const decodeFields = (fields: JsonObject): FieldSet => {
  const set = new Map<string, readonly string[]>()
  const read = (node: JsonObject, way: readonly string[]): void => {
    const members = Object.entries(node)
    if (members.length === 0 && way.length > 0) add(set, way)
    for (const [element, child] of members) {
      if (element === '.') add(set, way)
      else if (isObject(child)) read(child, [...way, element])
    }
  }
  read(fields, [])
  return set
}

const itemIndex = (list: readonly Json[], element: string): number => {
  const wanted: Json = JSON.parse(element.slice(2))
  if (element.startsWith('v:')) return list.findIndex(item => equal(item, wanted))
  if (!isObject(wanted)) return -1
  return list.findIndex(
    item =>
      isObject(item) &&
      Object.entries(wanted).every(([key, value]) => equal(item[key] ?? assumedKey(key), value)),
  )
}

/** The value that a way leads to, undefined where there is none. */
export const fieldValue = (root: Json | undefined, way: readonly string[]): Json | undefined => {
  let value = root
  for (const element of way) {
    if (element.startsWith('f:')) {
      if (!isObject(value)) return undefined
      value = value[element.slice(2)]
    } else {
      if (!Array.isArray(value)) return undefined
      value = value[itemIndex(value, element)]
    }
  }
  return value
}

/** A copy of `root` without what the way leads to. */
export const removed = (root: Json, way: readonly string[]): Json => {
  const [element, ...rest] = way
  if (element === undefined) return root
  if (element.startsWith('f:')) {
    const key = element.slice(2)
    if (!isObject(root) || root[key] === undefined) return root
    const inner = rest.length === 0 ? undefined : removed(root[key], rest)
    return present({ ...root, [key]: inner })
  }
  if (!Array.isArray(root)) return root
  const at = itemIndex(root, element)
  if (at < 0) return root
  return root.flatMap((item, index) =>
    index !== at ? [item] : rest.length === 0 ? [] : [removed(item, rest)],
  )
}

/** A way as the server writes it in messages: `.spec.containers[name="x"].image`. */
export const showFields = (way: readonly string[]): string =>
  way
    .map(element => {
      if (element.startsWith('f:')) return `.${element.slice(2)}`
      const key: Json = JSON.parse(element.slice(2))
      if (!isObject(key)) return `[=${JSON.stringify(key)}]`
      return `[${Object.entries(key)
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join(',')}]`
    })
    .join('')
