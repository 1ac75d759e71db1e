import type { Survived } from './kill.ts'
import { report } from './report.ts'

/** One attempt at breaking a run. */
export interface Attempt {
  readonly said: string
  readonly run: () => Promise<Survived>
}

/** How attempts are made. */
export interface Making {
  /** How many moments may never be reached: two writes at once may come as one. They are printed. */
  readonly unreached?: number
  /** How many attempts are made at a time. More than one, where attempts spend their time waiting for processes. */
  readonly atOnce?: number
}

/**
 * Makes all attempts, prints how many of those that met their moment were survived and which never met it, and gives
 * what went wrong. That too few met theirs is wrong too.
 */
export const survivedAll = async (
  law: string,
  attempts: readonly Attempt[],
  { unreached = 0, atOnce = 1 }: Making = {},
): Promise<readonly string[]> => {
  const wrong: string[] = []
  const missed: string[] = []
  const late: number[] = []
  let survived = 0
  const make = async ({ said, run }: Attempt): Promise<void> => {
    const { reached, wrong: found, late: writes } = await run()
    if (writes !== undefined) late.push(writes)
    if (!reached) missed.push(`${said}: never reached`)
    else if (found.length === 0) survived++
    else {
      wrong.push(...found.map(text => `${said}: ${text}`))
      process.stdout.write(`LAW ${law}: not survived: ${said}: ${found.join(' | ').slice(0, 1_000)}\n`)
    }
  }
  await abreast(attempts, Array.from({ length: atOnce }), make)
  report(
    law,
    survived,
    attempts.length - missed.length,
    [saidLate(late), ...missed].filter(text => text !== '').join('; '),
  )
  return missed.length > unreached ? [...wrong, ...missed] : wrong
}

/** How much was still begun by processes that had been asked to end. */
const saidLate = (late: readonly number[]): string => {
  const begun = late.filter(writes => writes > 0)
  return late.length === 0
    ? ''
    : `(${begun.length} began a write after they had said that they stop, at most ${Math.max(0, ...begun)})`
}

/** Works on all items, as many at once as there are places; nothing else is at a place meanwhile. Gives what came of each. */
export const abreast = async <Item, Place, Result>(
  items: readonly Item[],
  places: readonly Place[],
  work: (item: Item, place: Place) => Promise<Result>,
): Promise<readonly Result[]> => {
  const waiting = items.entries()
  const results: Result[] = []
  const workAt = async (place: Place): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item, place)
  }
  await Promise.all(places.map(workAt))
  return results
}
