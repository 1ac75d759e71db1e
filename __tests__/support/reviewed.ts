import fc from 'fast-check'
import { edits } from './environments.ts'
import { law } from './properties.ts'
import { type Interference, meddledBetween, meddlingCount, windows } from './second-actor.ts'

/** What somebody else does, at a point between the plan and the last write of an apply. */
const interference: fc.Arbitrary<Interference> = fc.record({
  chosen: fc.uniqueArray(fc.integer({ min: 0, max: meddlingCount - 1 }), { minLength: 1, maxLength: 4 }),
  when: fc.double({ min: 0, max: 1, noNaN: true }),
})

/** Law 5 for so many drawn edits; prints how it fared, and which windows were met how often. Gives the failures. */
export const reviewedLaw = async (runs: number): Promise<readonly string[]> => {
  const failures = await law('5 (reviewed)', fc.tuple(edits, interference), runs, ([edit, somebody]) =>
    meddledBetween(edit, somebody),
  )
  const met = [...windows].sort().map(([name, count]) => `${name}: ${count}`)
  process.stdout.write(`LAW 5 windows met, all listed in SECURITY.md: ${met.join(', ') || 'none'}\n`)
  return failures
}
