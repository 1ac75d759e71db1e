import type { Path } from '../core/json.ts'
import { isPosition, type Source } from '../core/problem.ts'
import type { MapTree, Member, Tree } from './tree.ts'

/** A value of the preset that the file replaces. */
export interface Overridden {
  readonly path: Path
  readonly source: Source
}

/** Two trees as one. */
export interface Merged {
  readonly tree: MapTree
  readonly overridden: readonly Overridden[]
}

/**
 * `over` laid over `base`: maps are merged, everything else (lists too) is replaced. A `null` that is written out takes
 * away what the base says below a section: then nobody says anything of it.
 */
export const merge = (base: MapTree, over: MapTree): Merged => {
  const overridden: Overridden[] = []
  const tree = mergeMaps(base, over, [], overridden)
  return { tree, overridden }
}

const mergeMaps = (base: MapTree, over: MapTree, path: Path, overridden: Overridden[]): MapTree => {
  const members = new Map(base.members)
  for (const [key, member] of over.members) {
    const before = base.members.get(key)
    const merged = before === undefined ? member : mergeMember(before, member, [...path, key], overridden)
    if (before !== undefined && path.length > 0 && takesAway(member.value) && !isNull(before.value)) {
      members.delete(key)
    } else members.set(key, merged)
  }
  return { type: 'map', members, source: isPosition(over.source) ? over.source : base.source }
}

const mergeMember = (base: Member, over: Member, path: Path, overridden: Overridden[]): Member => {
  if (base.value.type === 'map' && over.value.type === 'map') {
    return { key: over.key, value: mergeMaps(base.value, over.value, path, overridden) }
  }
  if (!same(base.value, over.value)) {
    overridden.push({ path, source: over.value.type === 'leaf' ? over.value.source : over.key })
  }
  return over
}

const isNull = (tree: Tree): boolean => tree.type === 'leaf' && tree.value === null

/** True for a `null` that somebody wrote: a key without a value is an oversight, and said to be one. */
export const takesAway = (tree: Tree | undefined): boolean =>
  tree?.type === 'leaf' && tree.value === null && (tree.written ?? '') !== ''

const same = (a: Tree, b: Tree): boolean => a.type === 'leaf' && b.type === 'leaf' && a.value === b.value
