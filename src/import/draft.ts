import { isObject, type Json, type JsonObject, type Path, valueAt, withValueAt } from '../core/json.ts'

/** Something that the file does not say, and why. */
export interface Left {
  readonly what: string
  readonly why: string
}

/** An environment file in the making. */
export interface Draft {
  readonly document: JsonObject
  /** What is to be said of a value, by `commentKey` of its path. */
  readonly comments: ReadonlyMap<string, string>
  readonly left: readonly Left[]
}

/** A path as a key of comments; keys of the document may hold dots. */
export const commentKey = (path: Path): string => JSON.stringify(path)

/** A draft that says this much, and nothing of where it comes from. */
export const draftOf = (document: JsonObject, left: readonly Left[] = []): Draft => ({
  document,
  comments: new Map(),
  left,
})

/** The draft with a value at `path`. A set that was written as a list becomes a map where a member is put into it. */
export const put = (draft: Draft, path: Path, value: Json, comment?: string): Draft => ({
  ...draft,
  document: withValueAt(openSets(draft.document, path), path, value),
  comments:
    comment === undefined ? draft.comments : new Map([...draft.comments, [commentKey(path), comment]]),
})

/** The draft without what is at `path`, and without maps that are empty then; `why` says what is lost. */
export const drop = (draft: Draft, path: Path, why?: Left): Draft => ({
  ...draft,
  document: without(draft.document, path),
  left: why === undefined ? draft.left : [...draft.left, why],
})

/** The draft with something more that it does not say. */
export const leave = (draft: Draft, ...left: readonly Left[]): Draft => ({
  ...draft,
  left: [...draft.left, ...left],
})

const openSets = (document: JsonObject, path: Path): JsonObject => {
  for (let length = 1; length < path.length; length++) {
    const above = path.slice(0, length)
    const list = valueAt(document, above)
    if (!Array.isArray(list)) continue
    const members = Object.fromEntries(list.map(member => [String(member), true]))
    return withValueAt(document, above, members)
  }
  return document
}

const without = (object: JsonObject, [key, ...rest]: Path): JsonObject => {
  if (key === undefined || !Object.hasOwn(object, key)) return object
  const { [key]: inner, ...others } = object
  if (rest.length === 0) return others
  if (Array.isArray(inner)) {
    const items = inner.filter((_, index) => String(index) !== rest[0])
    return items.length === 0 ? others : { ...object, [key]: items }
  }
  if (!isObject(inner)) return object
  const left = without(inner, rest)
  return Object.keys(left).length === 0 ? others : { ...object, [key]: left }
}
