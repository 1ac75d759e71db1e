import { isObject, type Json } from '../../src/emulator/json.ts'

/** What there is in the end, by names of the tests' own, without what differs between two roads there. */
export type EndState = Readonly<Record<string, Json>>

/** How an end state differs from the one of an undisturbed run; empty if it does not. */
export const otherThan = (calm: EndState, now: EndState): readonly string[] =>
  [...new Set([...Object.keys(calm), ...Object.keys(now)])]
    .map(key => ({ key, lines: difference(calm[key], now[key]) }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ key, lines }) => `another end state: ${key}${lines.join('')}`)

/** A line for each innermost place at which two values differ; in which order the members of a map are is no difference. */
const difference = (wanted: Json | undefined, found: Json | undefined, path = ''): readonly string[] => {
  if (JSON.stringify(wanted) === JSON.stringify(found)) return []
  if (!isObject(wanted) || !isObject(found))
    return [`\n${path}: ${JSON.stringify(wanted)} / ${JSON.stringify(found)}`.slice(0, 600)]
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
  return keys.flatMap(key => difference(wanted[key], found[key], path === '' ? key : `${path}.${key}`))
}
