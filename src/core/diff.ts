import type { Cause, Change, Unended } from './change.ts'
import { equal, isObject, type Json, type JsonObject, type Path, showPath, valueAt } from './json.ts'
import type { Source } from './problem.ts'
import { isReference, isText, type Resolver, resolve } from './reference.ts'
import type { Present } from './resource.ts'
import { effectOf, type FieldRule, onUnset, type Rules, ruleFor } from './rules.ts'
import { satisfies } from './start.ts'

/** What an apply that did not end well wanted of a resource. */
export interface Begun {
  readonly spec: JsonObject
  readonly by: Unended
}

/** The three inputs of a comparison, in one vocabulary. */
export interface Comparison {
  readonly desired: JsonObject
  readonly observed: Present
  /** What was applied before; undefined if no record says. */
  readonly baseline: JsonObject | undefined
  readonly rules: Rules
  readonly lookUp: Resolver
  readonly sources: Readonly<Record<string, Source>>
  /** The cause of a difference whose wanted value is the one that was applied before. */
  readonly unchangedCause: Cause
  /** What applies that did not end well wanted since, oldest first: a live value that is just that is theirs. */
  readonly begun?: readonly Begun[]
}

/** What a comparison gives. */
export interface Difference {
  readonly changes: readonly Change[]
  /** Fields that the file no longer declares: left as they are, and said once. */
  readonly released: readonly Path[]
}

/** A field of a kind that has no rule; a defect of that kind, caught by a test over every schema. */
export class MissingRuleError extends Error {
  constructor(path: Path) {
    super(`no effect is declared for ${showPath(path)}`)
    this.name = 'MissingRuleError'
  }
}

/**
 * Compares what is wanted with what is there. Only declared fields count; unknown ones are passed over; foreign
 * members of maps are left alone unless the map is exclusive or a record says that they were ours.
 * @throws MissingRuleError for a declared field without a rule.
 */
export const difference = (comparison: Comparison): Difference => {
  const changes: Change[] = []
  const released: Path[] = []
  walk(comparison, [], comparison.desired, { changes, released })
  return { changes, released }
}

interface Found {
  readonly changes: Change[]
  readonly released: Path[]
}

const walk = (comparison: Comparison, path: Path, wanted: Json, found: Found): void => {
  if (isUnknown(comparison.observed, path)) return
  const live = valueAt(comparison.observed.spec, path)
  // Whatever the rules below say, what is equal satisfies them; most of what is looked at is.
  if (path.length > 1 && equal(live, wanted)) return
  const rule = path.length === 0 ? undefined : ruleFor(comparison.rules, path)
  if (isBranch(wanted) && (path.length === 0 || rule === undefined || isObject(live))) {
    for (const [key, member] of Object.entries(wanted)) walk(comparison, [...path, key], member, found)
    for (const key of Object.keys(isObject(live) ? live : {})) {
      if (!Object.hasOwn(wanted, key)) unwanted(comparison, [...path, key], found)
    }
    return
  }
  if (rule === undefined) throw new MissingRuleError(path)
  const resolved = resolve(wanted, comparison.lookUp)
  // Undefined is what nobody knows yet: whatever is there, or nothing, will be another value.
  const isSo = resolved === undefined ? rule.compare === 'create-only' : satisfies(rule, live, resolved)
  if (!isSo) found.changes.push(changeOf(comparison, rule, path, live, wanted))
}

const unwanted = (comparison: Comparison, path: Path, found: Found): void => {
  const live = valueAt(comparison.observed.spec, path)
  if (live === undefined || isEmptyMap(live) || isUnknown(comparison.observed, path)) return
  const rule = ruleFor(comparison.rules, path)
  const wasOurs = valueAt(comparison.baseline, path) !== undefined
  if (rule === undefined) {
    if (wasOurs)
      for (const below of leaves(valueAt(comparison.baseline, path) ?? null, path))
        unwanted(comparison, below, found)
    return
  }
  if (rule.compare === 'create-only' || !(wasOurs || rule.exclusive)) return
  if (onUnset(rule) === 'release') found.released.push(path)
  else found.changes.push(changeOf(comparison, rule, path, live, undefined))
}

/** The nearest paths below a struct that is no longer declared; stops where nothing is left. */
const leaves = (value: Json, path: Path): readonly Path[] =>
  isBranch(value) ? Object.keys(value).map(key => [...path, key]) : []

/** Nothing is left to take away in it, whatever rule it has as a whole. */
const isEmptyMap = (value: Json): boolean => isObject(value) && Object.keys(value).length === 0

const isBranch = (value: Json): value is JsonObject =>
  isObject(value) && !isReference(value) && !isText(value)

const isUnknown = ({ unknown = [] }: Present, path: Path): boolean => {
  if (unknown.length === 0) return false
  const shown = showPath(path)
  return unknown.some(prefix => shown === prefix || shown.startsWith(`${prefix}.`))
}

const changeOf = (
  comparison: Comparison,
  rule: FieldRule,
  path: Path,
  from: Json | undefined,
  to: Json | undefined,
): Change => {
  const { baseline, sources, unchangedCause, lookUp } = comparison
  const target = to === undefined ? undefined : resolve(to, lookUp)
  const next = to === undefined ? undefined : (target ?? to)
  const { effect, words, seconds, recipe, weakens } = effectOf(rule, from, next)
  const source = sourceOf(sources, path)
  const applied = baseline !== undefined && equal(valueAt(baseline, path), to)
  const cause = applied ? unchangedCause : 'file'
  const leftBy = cause === 'file' ? undefined : leaverOf(comparison, rule, path, from)
  return {
    path,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    effect,
    cause: leftBy === undefined ? cause : 'left',
    ...(leftBy === undefined ? {} : { leftBy }),
    ...(words === undefined ? {} : { words }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(effect !== 'refused' && isOneWay(rule, from, next) ? { oneWay: true } : {}),
    ...(weakens === true ? { weakens } : {}),
    ...(recipe === undefined ? {} : { recipe }),
    ...(source === undefined ? {} : { source }),
  }
}

/** The first apply that did not end well and whose file wanted just what is live. */
const leaverOf = (
  { begun = [], lookUp }: Comparison,
  rule: FieldRule,
  path: Path,
  live: Json | undefined,
): Unended | undefined =>
  begun.find(({ spec }) => {
    const wanted = valueAt(spec, path)
    if (wanted === undefined) return live === undefined && onUnset(rule) === 'remove'
    return holds(live, wanted, lookUp)
  })?.by

/** True if all that is declared is so, exactly. */
const holds = (live: Json | undefined, wanted: Json, lookUp: Resolver): boolean => {
  if (isBranch(wanted))
    return (
      isObject(live) &&
      Object.entries(wanted).every(([key, member]) => holds(valueAt(live, [key]), member, lookUp))
    )
  const resolved = resolve(wanted, lookUp)
  return resolved !== undefined && (equal(live, resolved) || (live === undefined && resolved === null))
}

/** True if going from `to` back to `from` is refused, or no difference by the rule (a floor, a least version). */
const isOneWay = (rule: FieldRule, from: Json | undefined, to: Json | undefined): boolean =>
  effectOf(rule, to, from).effect === 'refused' ||
  (rule.compare !== undefined && from !== undefined && satisfies(rule, to, from))

/** The source of the nearest declared ancestor. */
const sourceOf = (sources: Readonly<Record<string, Source>>, path: Path): Source | undefined => {
  for (let length = path.length; length >= 0; length--) {
    const source = sources[showPath(path.slice(0, length))]
    if (source !== undefined) return source
  }
  return undefined
}
