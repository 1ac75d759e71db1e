import type { Json, Path } from './json.ts'
import { compareVersions } from './version.ts'

/** What a change does to people, from weakest to strongest. `refused` is never applied. */
export type Effect = 'in-place' | 'restart' | 'recreate-nodes' | 'remove' | 'refused'

/** Effects by strength. */
export const effectOrder: readonly Effect[] = ['in-place', 'restart', 'recreate-nodes', 'remove', 'refused']

/** True if `a` is no stronger than `b`. */
export const noStronger = (a: Effect, b: Effect): boolean => effectOrder.indexOf(a) <= effectOrder.indexOf(b)

/** An effect in people's words. */
export interface EffectRule {
  readonly effect: Effect
  /** What people feel, for example `connections drop for about a minute`; for `refused`: why. */
  readonly words?: string
  /** About how long the change takes, in seconds. */
  readonly seconds?: number
  /** True if data is protected less afterwards: nobody feels it, and it is said first all the same. */
  readonly weakens?: true
  /** For `refused` and strong effects: the way to get there, a sentence or a link below docs/. */
  readonly recipe?: string
}

/** How a change goes, for the cases in which its effect differs. */
export type Case = 'increase' | 'decrease' | 'enable' | 'disable' | 'add' | 'remove'

/**
 * How one field is compared and what its change does.
 * - `equal`: by value. - `floor`: a live number at or above the wanted one is fine (disk sizes grow by themselves).
 * - `minimum`: a live version at or above the wanted one is fine (channels upgrade by themselves).
 * - `create-only`: read at create and never compared.
 */
export interface FieldRule {
  readonly path: string
  readonly compare?: 'equal' | 'floor' | 'minimum' | 'create-only'
  readonly change: EffectRule
  readonly cases?: Partial<Readonly<Record<Case, EffectRule>>>
  /** How a change to one of several words goes, by that word, where it differs. */
  readonly toward?: Readonly<Record<string, EffectRule>>
  /** For a map's members: what is live but not wanted is removed even if no record says that it is ours. */
  readonly exclusive?: boolean
  /**
   * What happens when the file no longer declares it: `remove` takes it away, `release` leaves it as it is and says so.
   * By default `remove` for the members of a map (a pattern that ends in `*`), `release` for anything else.
   */
  readonly unset?: 'remove' | 'release'
}

/** What the core must know of a kind; kinds add how to read and write. */
export interface KindFacts {
  /** The kind's name, the first half of an address. */
  readonly kind: string
  readonly rules: Rules
  /** True if removing or replacing it can lose data: never by a merge alone. */
  readonly holdsData: boolean
  /** The field that protects it from deletion: the last applied file must have it false before `delete:` is legal. */
  readonly protection?: string
  /** Kinds of which it may own something: what a plan removes of them goes first. */
  readonly removedAfter?: readonly string[]
  /** Least and most seconds that a create usually takes. */
  readonly takes: readonly [number, number]
}

/** What unsetting the field does. */
export const onUnset = (rule: FieldRule): 'remove' | 'release' =>
  rule.unset ?? (rule.path.endsWith('*') ? 'remove' : 'release')

/**
 * The effects of a kind, first match wins. A `path` is segments joined by `.`; `*` is any one segment, a trailing `**`
 * any number; a segment may hold `*` as a wildcard. Keys with dots match `*` only.
 */
export type Rules = readonly FieldRule[]

type SegmentMatcher = (segment: string) => boolean

const segmentMatcher = (pattern: string): SegmentMatcher => {
  if (pattern === '*') return () => true
  if (!pattern.includes('*')) return segment => segment === pattern
  const parts = pattern.split('*').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const expression = new RegExp(`^${parts.join('.*')}$`, 's')
  return segment => segment === pattern || expression.test(segment)
}

interface PathMatcher {
  readonly open: boolean
  readonly fixed: readonly SegmentMatcher[]
}

/** Patterns are few, and each is asked about every field of every resource. */
const matchers = new Map<string, PathMatcher>()

const matcherOf = (pattern: string): PathMatcher => {
  const known = matchers.get(pattern)
  if (known !== undefined) return known
  const segments = pattern.split('.')
  const open = segments.at(-1) === '**'
  const made = { open, fixed: (open ? segments.slice(0, -1) : segments).map(segmentMatcher) }
  matchers.set(pattern, made)
  return made
}

/** True if `path` matches the pattern of a rule. */
export const pathMatches = (pattern: string, path: Path): boolean => {
  const { open, fixed } = matcherOf(pattern)
  if (open ? path.length < fixed.length : path.length !== fixed.length) return false
  return fixed.every((matches, index) => matches(path[index] ?? ''))
}

/** The rule of a path, or undefined if the kind has none: such a field is a defect of the kind. */
export const ruleFor = (rules: Rules, path: Path): FieldRule | undefined =>
  rules.find(rule => pathMatches(rule.path, path))

const caseOf = (from: Json | undefined, to: Json | undefined): Case | undefined => {
  if (to === undefined) return 'remove'
  if (from === undefined) return 'add'
  if (typeof from === 'number' && typeof to === 'number') return to > from ? 'increase' : 'decrease'
  if (typeof to === 'boolean') return to ? 'enable' : 'disable'
  if (typeof from !== 'string' || typeof to !== 'string' || skeleton(from) !== skeleton(to)) return undefined
  return compareVersions(to, from) > 0 ? 'increase' : 'decrease'
}

/** Two texts that differ in their numbers only are versions or sizes of one another. */
const skeleton = (text: string): string => text.replace(/\d+/g, '0')

/** The effect of changing a field from `from` to `to` (undefined: not there). */
export const effectOf = (rule: FieldRule, from: Json | undefined, to: Json | undefined): EffectRule => {
  const which = caseOf(from, to)
  const word = typeof to === 'string' ? rule.toward?.[to] : undefined
  return word ?? (which === undefined ? undefined : rule.cases?.[which]) ?? rule.change
}
