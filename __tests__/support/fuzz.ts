import { execFileSync } from 'node:child_process'

/**
 * Where a fuzz begins; it is printed, and SLIPWAY_SEED sets it again. Without that it is the commit: each one tries inputs
 * of its own, and the same one the same inputs, so that a gate does not turn red, or green, by being asked again.
 */
const firstSeed = (): number => {
  const { SLIPWAY_SEED } = process.env
  if (SLIPWAY_SEED !== undefined) return Number(SLIPWAY_SEED)
  try {
    const options = { cwd: import.meta.dirname, stdio: 'pipe', encoding: 'utf8' } as const
    return Number.parseInt(execFileSync('git', ['rev-parse', '--short=7', 'HEAD'], options).slice(0, 7), 16)
  } catch {
    return 1
  }
}

/** Seconds that each fuzz goes on. */
const seconds = Number(process.env.SLIPWAY_FUZZ_SECONDS ?? 60)

/** How a fuzz ended. */
export interface Fuzzed {
  readonly tried: number
  /** What the first failing input did, with its seed and itself. */
  readonly failure: string | undefined
}

/**
 * Tries one input after another, each made from a seed of its own, until the time is over and at least so many were tried, or
 * one fails.
 */
export const fuzz = <Input>(
  name: string,
  make: (seed: number) => Input,
  check: (input: Input) => void,
  least = 0,
): Fuzzed => {
  const start = firstSeed()
  const end = Date.now() + seconds * 1000
  process.stdout.write(`FUZZ ${name}: from seed ${start}, for ${seconds} s and ${least} inputs at least\n`)
  let seed = start
  for (; Date.now() < end || seed - start < least; seed++) {
    const input = make(seed)
    try {
      check(input)
    } catch (error) {
      const said = error instanceof Error ? (error.stack ?? error.message) : String(error)
      const failure = `seed ${seed}: ${said}\n${JSON.stringify(input).slice(0, 4_000)}`
      return { tried: seed - start + 1, failure }
    }
  }
  process.stdout.write(`FUZZ ${name}: ${seed - start}/${seed - start} survived\n`)
  return { tried: seed - start, failure: undefined }
}
