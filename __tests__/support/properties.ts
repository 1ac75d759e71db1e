import fc from 'fast-check'
import type { Verdict } from './converge.ts'
import { report } from './report.ts'

/** Where a property begins to draw; another number draws other environments. */
const seed = Number(process.env.SLIPWAY_SEED ?? 20261121)

/** Runs a law over drawn inputs and prints how it fared; every failure is kept, none stops the others. */
export const law = async <T>(
  name: string,
  inputs: fc.Arbitrary<T>,
  runs: number,
  check: (input: T) => Promise<Verdict>,
): Promise<readonly string[]> => {
  const verdicts: Verdict[] = []
  const failures: string[] = []
  for (const input of fc.sample(inputs, { numRuns: runs, seed })) {
    try {
      verdicts.push(await check(input))
    } catch (error) {
      failures.push(`${error instanceof Error ? error.message : String(error)}\n${JSON.stringify(input)}`)
    }
  }
  const unusable = verdicts.flatMap(verdict => (typeof verdict === 'object' ? [verdict.unusable] : []))
  const refused = verdicts.filter(verdict => verdict === 'refused').length
  const tried = runs - unusable.length
  report(
    name,
    tried - failures.length,
    tried,
    `(${refused} refused as announced, ${unusable.length} with nothing to prove)`,
  )
  if (process.env.SLIPWAY_SHOW_UNUSABLE === '1')
    process.stdout.write(`${[...new Set(unusable)].join('\n')}\n`)
  if (unusable.length > runs / 2) failures.push(`too few usable inputs: ${unusable.slice(0, 3).join(' | ')}`)
  return failures
}
