import type fc from 'fast-check'
import { journey, needsCluster } from './converge.ts'
import { apart, everyEdit } from './environment-pairs.ts'
import { removals } from './environment-removals.ts'
import { type Document, everyKind } from './environments.ts'
import { withHelm } from './helm.ts'
import { kindsBelow, resetKinds } from './kinds-drawn.ts'
import { law } from './properties.ts'
import { smallChart } from './small-chart.ts'

const googleKinds = [
  ...['service', 'service-account', 'grant', 'secret', 'address'],
  ...['cluster', 'node-pool', 'sql-instance', 'sql-database', 'sql-user', 'use', 'delete'],
]
const clusterKinds = ['namespace', 'kubernetes-secret', 'release']

/**
 * Runs a law over drawn journeys. Where there is no helm those that need it are left out, and that is said; gives what went
 * wrong.
 */
const journeys = async (
  name: string,
  runs: number,
  drawn: fc.Arbitrary<readonly Document[]>,
  held: number,
): Promise<readonly string[]> => {
  const withTools = async (helm: string) => {
    const tools = { helm, chartFolder: await smallChart() }
    return law(name, drawn, runs, documents => journey(documents, tools), { held })
  }
  const rest = drawn.filter(documents => !documents.some(needsCluster))
  const without = () => law(name, rest, runs, documents => journey(documents), { held })
  return (await withHelm(`${name} with releases`, withTools, () => undefined)) ?? without()
}

/** Kinds that must have been among what was drawn. */
const kindsThere = (): readonly string[] =>
  withHelm(
    '',
    () => [...googleKinds, ...clusterKinds],
    () => undefined,
  ) ?? googleKinds

/** Law 9 from nothing: an environment of any kinds is applied, and the next plan is empty. Gives the failures. */
export const emptyPlanLaw = async (runs: number): Promise<readonly string[]> => {
  const name = '9 (empty plan)'
  resetKinds()
  const failures = await journeys(
    name,
    runs,
    everyKind.map(one => [one]),
    0.9,
  )
  return [...failures, ...kindsBelow(name, kindsThere(), Math.floor(runs / 30))]
}

/** Law 9 from one environment to an edit of it. */
export const editLaw = (runs: number): Promise<readonly string[]> =>
  journeys('9 (edits)', runs, everyEdit, 0.5)

/** Law 9 from one environment to any other. */
export const apartLaw = (runs: number): Promise<readonly string[]> =>
  journeys('9 (any to any)', runs, apart, 0.05)

/** Laws 7 and 9: what leaves a file is removed, in two steps where it holds data. */
export const removalLaw = (runs: number): Promise<readonly string[]> =>
  journeys('7 and 9 (removals)', runs, removals, 0.6)
