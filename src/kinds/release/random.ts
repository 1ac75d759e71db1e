import { isObject, type JsonObject, type Path } from '../../core/json.ts'
import { partsOf } from './keys.ts'
import { differences, without } from './project.ts'

type Objects = Readonly<Record<string, JsonObject>>

/**
 * Paths of what two renderings of one chart make differently. An object whose name is drawn by lot is there as a
 * pattern, `Job/web/web-?????`: no name in Kubernetes holds a `?` or `*`.
 */
export const randomIn = (once: Objects, again: Objects): readonly Path[] => {
  const [gone, come] = [keysBeside(once, again), keysBeside(again, once)]
  const pairs = gone.flatMap(key => {
    const twin = come.find(other => isTwin(key, other))
    return twin === undefined ? [] : [[key, twin] as const]
  })
  const named = new Set(pairs.flat())
  const patterns = new Set(pairs.map(([key, twin]) => patternOf(key, twin)))
  const fields = differences(once, again).filter(([key = '']) => !named.has(key))
  return [...[...patterns].map(pattern => [pattern]), ...fields]
}

const keysBeside = (objects: Objects, others: Objects): readonly string[] =>
  Object.keys(objects).filter(key => !Object.hasOwn(others, key))

const isTwin = (a: string, b: string): boolean => {
  const [one, other] = [partsOf(a), partsOf(b)]
  return (
    one.kind === other.kind && one.namespace === other.namespace && sharedLength(one.name, other.name) > 0
  )
}

const sharedLength = (a: string, b: string): number => {
  const at = [...a].findIndex((letter, index) => letter !== b[index])
  return at === -1 ? a.length : at
}

/** Up to the last separator that two names share: a letter behind it that they share too is an accident. */
const patternOf = (key: string, twin: string): string => {
  const start = key.slice(0, sharedLength(key, twin)).replace(/[^-./]*$/, '')
  return `${start}${key.length === twin.length ? '?'.repeat(key.length - start.length) : '*'}`
}

/** Objects without what comes out differently each time; an object that is wanted under its own name stays. */
export const withoutRandom = (objects: JsonObject, random: readonly Path[], wanted: Objects): JsonObject => {
  const patterns = random.filter(({ length }) => length === 1).map(([key = '']) => matcher(key))
  const kept = Object.entries(objects).filter(
    ([key, object]) =>
      !isObject(object) || Object.hasOwn(wanted, key) || !patterns.some(pattern => pattern.test(key)),
  )
  return random.reduce<JsonObject>((rest, path) => without(rest, path), Object.fromEntries(kept))
}

const matcher = (pattern: string): RegExp => {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('?', '[a-z0-9.-]').replaceAll('*', '[a-z0-9.-]*')}$`)
}
