import type { Json } from '../../src/emulator/json.ts'

/** What there is in the end, by names of the tests' own, without what differs between two roads there. */
export type EndState = Readonly<Record<string, Json>>

/** How an end state differs from the one of an undisturbed run; empty if it does not. */
export const otherThan = (calm: EndState, now: EndState): readonly string[] =>
  [...new Set([...Object.keys(calm), ...Object.keys(now)])]
    .filter(key => JSON.stringify(now[key]) !== JSON.stringify(calm[key]))
    .map(key => `another end state: ${key}${difference(calm[key], now[key])}`)

const difference = (wanted: Json | undefined, found: Json | undefined): string => {
  const [before, after] = [wanted, found].map(side => (side ?? {}) as Readonly<Record<string, Json>>)
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  return keys
    .filter(key => JSON.stringify(before?.[key]) !== JSON.stringify(after?.[key]))
    .map(key => `\n${key}: ${JSON.stringify(before?.[key])} / ${JSON.stringify(after?.[key])}`.slice(0, 600))
    .join('')
}
