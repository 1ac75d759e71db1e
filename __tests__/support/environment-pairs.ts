import fc from 'fast-check'
import { some } from './draw.ts'
import { claimed } from './environment-claims.ts'
import { type Document, defined, environments, environmentsInCluster, everyKind } from './environments.ts'

/** Two files of one environment, the later one second. */
export type Pair = readonly [Document, Document]

const googleSections = [
  ...['serviceAccounts', 'projectIam', 'nodePools', 'cluster', 'addresses', 'database', 'secrets'],
]

const editsOf = (drawn: fc.Arbitrary<Document>, sections: readonly string[]): fc.Arbitrary<Pair> =>
  fc
    .tuple(drawn, drawn, some(sections, 1), fc.integer({ min: 0, max: 3 }))
    .map(([from, other, chosen, gentle]) => {
      const to: Record<string, unknown> = { ...from }
      for (const key of chosen) {
        if (other[key] === undefined || from[key] === undefined) {
          if (gentle === 0 || other[key] !== undefined) to[key] = other[key]
        } else to[key] = gentle === 0 ? other[key] : blended(from[key], other[key], gentle)
      }
      return [from, defined(to)] as const
    })

/** A second environment that is like the first one but for some sections: what an edit of a file looks like. */
export const edits: fc.Arbitrary<Pair> = editsOf(environments, googleSections)

/** The same with every kind; one in eight of them in a cluster. */
export const everyEdit: fc.Arbitrary<Pair> = fc.oneof(
  { weight: 7, arbitrary: editsOf(environments.chain(claimed), [...googleSections, 'use', 'delete']) },
  {
    weight: 1,
    arbitrary: editsOf(environmentsInCluster, [...googleSections, 'namespaces', 'releases']),
  },
)

/** Two environments that have nothing to do with one another but name and project. */
export const apart: fc.Arbitrary<Pair> = fc.tuple(everyKind, everyKind)

/** Single settings of `to` over `from`: every `step`th key that both have, and keys that only one has. */
const blended = (from: unknown, to: unknown, step: number): unknown => {
  if (!isMap(from) || !isMap(to)) return to
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])]
  const kept = new Set([
    'name',
    'mode',
    'location',
    'version',
    'diskType',
    'spot',
    'accelerators',
    'maxPods',
    'id',
    'nodes',
    'autoscaling',
  ])
  return Object.fromEntries(
    keys.flatMap((key, index) => {
      const [before, after] = [from[key], to[key]]
      if (kept.has(key)) return before === undefined ? [] : [[key, before]]
      if (isMap(before) && isMap(after)) return [[key, blended(before, after, step)]]
      const value = index % (step + 1) === 0 ? after : before
      return value === undefined ? [] : [[key, value]]
    }),
  )
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
