import fc from 'fast-check'
import type { Verdict } from './converge.ts'
import { report } from './report.ts'

/** Where a property begins to draw; another number draws other environments. */
const seed = Number(process.env.SLIPWAY_SEED ?? 20261121)

/** How many inputs are drawn for each that is to prove something. */
const patience = 3

/**
 * Runs a law over drawn inputs until it has been tried `runs` times, and prints how it fared; every failure is kept,
 * none stops the others. Inputs with nothing to prove do not count, but too many of them are a failure.
 */
export const law = async <T>(
  name: string,
  inputs: fc.Arbitrary<T>,
  runs: number,
  check: (input: T) => Promise<Verdict>,
): Promise<readonly string[]> => {
  const failures: string[] = []
  const unusable: string[] = []
  let [held, refused] = [0, 0]
  for (const input of fc.sample(inputs, { numRuns: patience * runs, seed })) {
    if (held + refused + failures.length === runs) break
    try {
      const verdict = await check(input)
      if (typeof verdict === 'object') unusable.push(verdict.unusable)
      else if (verdict === 'refused') refused++
      else held++
    } catch (error) {
      failures.push(`${error instanceof Error ? error.message : String(error)}\n${JSON.stringify(input)}`)
    }
  }
  const survived = held + refused
  const more = `(${refused} refused as announced, ${unusable.length} more with nothing to prove)`
  report(name, survived, survived + failures.length, more)
  if (process.env.SLIPWAY_SHOW_UNUSABLE === '1')
    process.stdout.write(`${[...new Set(unusable)].join('\n')}\n`)
  if (survived + failures.length < runs)
    failures.push(`too few usable inputs: ${unusable.slice(0, 3).join(' | ')}`)
  return failures
}
