/** The part of a piece of work that is needed here. */
interface Addressed {
  readonly address: string
  readonly signal: AbortSignal
}

/** Does one piece of work after another and collects what each gives by address. Starts none after a stop. */
export const inTurn = async <W extends Addressed, Result>(
  works: readonly W[],
  one: (work: W) => Promise<Result>,
): Promise<ReadonlyMap<string, Result>> => {
  const results = new Map<string, Result>()
  for (const work of works) {
    work.signal.throwIfAborted()
    results.set(work.address, await one(work))
  }
  return results
}
