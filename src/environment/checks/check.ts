import { type JsonObject, type Path, valueAt } from '../../core/json.ts'
import type { Note } from '../../core/plan.ts'
import { isPosition, type Position, type Problem } from '../../core/problem.ts'
import type { Header } from '../header.ts'
import { placeOf, type Tree, treeAt } from '../tree.ts'

/** A valid long-form document with the places of its values: what checks look at. */
export interface Checked {
  readonly header: Header & { readonly name: string }
  readonly document: JsonObject
  readonly tree: Tree
  readonly start: Position
}

/** What a check finds. */
export interface Finding {
  readonly problems: readonly Problem[]
  readonly notes: readonly Note[]
}

/** One thing that can be wrong although every value is well-formed. */
export type Check = (checked: Checked) => Partial<Finding>

/** The place of what a check complains about: the nearest line of the file. */
export const placeIn = ({ tree, start }: Checked, path: Path): Position => placeOf(tree, path) ?? start

/** True if the value comes from a line of the file, not from the preset. */
export const isOwn = ({ tree }: Checked, path: Path): boolean => isPosition(treeAt(tree, path)?.source)

/** The members of the map at `path`, none if there is none. */
export const entriesAt = (document: JsonObject, path: Path): readonly (readonly [string, JsonObject])[] =>
  Object.entries(objectAt(document, path)).map(([key, value]) => [key, asObject(value)])

/** The map at `path`, empty if there is none. */
export const objectAt = (document: JsonObject, path: Path): JsonObject => asObject(valueAt(document, path))

const asObject = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
