import fc from 'fast-check'
import { edits } from './environment-pairs.ts'
import { law } from './properties.ts'
import { conflicts, type Interference, meddledBetween, meddlingCount, windows } from './second-actor.ts'

/** What somebody else does, at a point between the plan and the last write of an apply. */
const interference: fc.Arbitrary<Interference> = fc.record({
  chosen: fc.uniqueArray(fc.nat(meddlingCount - 1), { minLength: 1, maxLength: 4 }),
  inTheWay: fc.uniqueArray(fc.nat(meddlingCount - 1), { minLength: 1, maxLength: 4 }),
  // No number that is drawn: those crowd around 0.
  when: fc.constantFrom(...Array.from({ length: 21 }, (_, index) => index / 20)),
})

/** Law 5 for so many drawn edits; prints how it fared, and which windows were met how often. Gives the failures. */
export const reviewedLaw = async (runs: number): Promise<readonly string[]> => {
  const failures = await law('5 (reviewed)', fc.tuple(edits, interference), runs, ([edit, somebody]) =>
    meddledBetween(edit, somebody),
  )
  const met = [...windows].sort().map(([name, count]) => `${name}: ${count}`)
  process.stdout.write(
    `LAW 5 conflicts: ${conflicts.met} with what a reviewed step was to write, ${conflicts.named} of them left as they were and named\n`,
  )
  process.stdout.write(`LAW 5 windows met, all listed in SECURITY.md: ${met.join(', ') || 'none'}\n`)
  return failures
}
