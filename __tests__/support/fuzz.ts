/** Where a fuzz begins; it is printed, and SLIPWAY_SEED sets it again. */
const firstSeed = (): number => Number(process.env.SLIPWAY_SEED ?? Date.now() % 2 ** 31)

/** Seconds that each fuzz goes on. */
const seconds = Number(process.env.SLIPWAY_FUZZ_SECONDS ?? 60)

/** How a fuzz ended. */
export interface Fuzzed {
  readonly tried: number
  /** What the first failing input did, with its seed and itself. */
  readonly failure: string | undefined
}

/** Tries one input after another, each made from a seed of its own, until the time is over or one fails. */
export const fuzz = (
  name: string,
  make: (seed: number) => unknown,
  check: (input: unknown) => void,
): Fuzzed => {
  const start = firstSeed()
  const end = Date.now() + seconds * 1000
  process.stdout.write(`FUZZ ${name}: from seed ${start}, for ${seconds} s\n`)
  let seed = start
  for (; Date.now() < end; seed++) {
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
