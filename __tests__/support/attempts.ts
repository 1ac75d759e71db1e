import type { Survived } from './kill.ts'
import { report } from './report.ts'

/** One attempt at breaking a run. */
export interface Attempt {
  readonly said: string
  readonly run: () => Promise<Survived>
}

/**
 * Makes all attempts, prints how many of those that met their moment were survived, and gives what went wrong. A moment
 * that is never reached is wrong too, but for `unreached` of them: two writes at once may come as one.
 */
export const survivedAll = async (
  law: string,
  attempts: readonly Attempt[],
  unreached = 0,
): Promise<readonly string[]> => {
  const wrong: string[] = []
  const missed: string[] = []
  let survived = 0
  for (const { said, run } of attempts) {
    const { reached, wrong: found } = await run()
    if (!reached) missed.push(`${said}: never reached`)
    else if (found.length === 0) survived++
    else {
      wrong.push(...found.map(text => `${said}: ${text}`))
      process.stdout.write(`LAW ${law}: not survived: ${said}: ${found.join(' | ').slice(0, 1_000)}\n`)
    }
  }
  report(law, survived, attempts.length - missed.length)
  return missed.length > unreached ? [...wrong, ...missed] : wrong
}
