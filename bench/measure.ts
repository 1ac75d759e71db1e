/** One line of the table. */
export interface Row {
  readonly what: string
  /** Our side, with its unit. */
  readonly value: string
  /** What it is held against, with its unit; '' where there is only the aim. */
  readonly against?: string
  /** Our side over the other, or the number that the aim is about. */
  readonly ratio?: number
  /** `≤ 1.25` */
  readonly aim?: string
}

/** A measurement: the name of its place in docs/benchmarks.md, and its rows. */
export interface Measurement {
  readonly name: string
  readonly rows: () => Promise<readonly Row[]>
}

/** The middle one of some numbers. @throws RangeError if there are none. */
export const median = (numbers: readonly number[]): number => {
  const middle = numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
  if (middle === undefined) throw new RangeError('there is no median of nothing')
  return middle
}

/**
 * The medians of several sides, which take turns, so that whatever else the machine does meets all of them alike. The
 * first turn warms up and does not count.
 */
export const alternating = async (
  runs: number,
  sides: readonly (() => Promise<number>)[],
): Promise<readonly number[]> => {
  const taken = sides.map((): number[] => [])
  for (let run = 0; run <= runs; run++) {
    for (const [index, side] of sides.entries()) {
      const value = await side()
      if (run > 0) taken[index]?.push(value)
    }
  }
  return taken.map(median)
}

/** Milliseconds that some work takes. */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/** `240 ms`, `3.2 s`. */
export const showTime = (milliseconds: number): string =>
  milliseconds < 2000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
