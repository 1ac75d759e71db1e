import fc from 'fast-check'
import type { Verdict } from './converge.ts'
import { report } from './report.ts'

/** Where a property begins to draw; another number draws other environments. */
const seed = Number(process.env.SLIPWAY_SEED ?? 20261121)

/** How many inputs are drawn for each that is to prove something. */
const patience = 3

/** What must come of a law for it to say anything. */
export interface Floor {
  /**
   * The share of the runs that must end with the change made: a product that refuses everything holds nothing. A law
   * that says nothing of it demands a third.
   */
  readonly held?: number
}

interface Tally {
  readonly failures: string[]
  readonly unusable: string[]
  held: number
  refused: number
}

const tried = ({ held, refused, failures }: Tally): number => held + refused + failures.length

/**
 * Runs a law over drawn inputs until it has been tried `runs` times, and prints how it fared; every failure is kept,
 * none stops the others. Inputs with nothing to prove do not count, but too many of them are a failure, and so is too
 * small a share of runs that changed anything.
 */
export const law = async <T>(
  name: string,
  inputs: fc.Arbitrary<T>,
  runs: number,
  check: (input: T) => Promise<Verdict>,
  { held: share = 1 / 3 }: Floor = {},
): Promise<readonly string[]> => {
  const tally: Tally = { failures: [], unusable: [], held: 0, refused: 0 }
  for (const input of fc.sample(inputs, { numRuns: patience * runs, seed })) {
    if (tried(tally) === runs) break
    await tryOne(input, check, tally)
  }
  const { failures, unusable, held, refused } = tally
  const least = Math.ceil(share * runs)
  const counts = `${held} made, at least ${least} must be; ${refused} refused as announced`
  report(name, held + refused, tried(tally), `(${counts}; ${unusable.length} more with nothing to prove)`)
  if (process.env.SLIPWAY_SHOW_UNUSABLE === '1')
    process.stdout.write(`${[...new Set(unusable)].join('\n')}\n`)
  if (tried(tally) < runs) failures.push(`too few usable inputs: ${unusable.slice(0, 3).join(' | ')}`)
  if (held < least) failures.push(`only ${held} of ${runs} were made, the rest refused or failed`)
  return failures
}

const tryOne = async <T>(input: T, check: (input: T) => Promise<Verdict>, tally: Tally): Promise<void> => {
  try {
    const verdict = await check(input)
    if (typeof verdict === 'object') tally.unusable.push(verdict.unusable)
    else if (verdict === 'refused') tally.refused++
    else tally.held++
  } catch (error) {
    tally.failures.push(`${error instanceof Error ? error.message : String(error)}\n${JSON.stringify(input)}`)
  }
}
