import type { Survived } from './kill.ts'
import { report } from './report.ts'

/** One attempt at breaking a run. */
export interface Attempt {
  readonly said: string
  readonly run: () => Promise<Survived>
}

/** How attempts are made. */
export interface Making {
  /** How many moments may never be reached: two writes at once may come as one. */
  readonly unreached?: number
  /** How many attempts are made at a time. More than one, where attempts spend their time waiting for processes. */
  readonly atOnce?: number
}

/**
 * Makes all attempts, prints how many of those that met their moment were survived, and gives what went wrong. A moment
 * that is never reached is wrong too.
 */
export const survivedAll = async (
  law: string,
  attempts: readonly Attempt[],
  { unreached = 0, atOnce = 1 }: Making = {},
): Promise<readonly string[]> => {
  const wrong: string[] = []
  const missed: string[] = []
  let survived = 0
  const make = async ({ said, run }: Attempt): Promise<void> => {
    const { reached, wrong: found } = await run()
    if (!reached) missed.push(`${said}: never reached`)
    else if (found.length === 0) survived++
    else {
      wrong.push(...found.map(text => `${said}: ${text}`))
      process.stdout.write(`LAW ${law}: not survived: ${said}: ${found.join(' | ').slice(0, 1_000)}\n`)
    }
  }
  const waiting = attempts.values()
  const lane = async (): Promise<void> => {
    for (const attempt of waiting) await make(attempt)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  report(law, survived, attempts.length - missed.length)
  return missed.length > unreached ? [...wrong, ...missed] : wrong
}
