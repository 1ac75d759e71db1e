import { describe, expect, test } from '@jest/globals'
import { survivedAll } from '../support/attempts.ts'
import { create, setOut, undisturbed, update } from '../support/kill.ts'
import { strikeAndRerun, writesOf } from '../support/sigkill.ts'
import { saidOf, strikesAt } from '../support/strike.ts'

const long = 3_600_000

describe.each([create, update])('law 8: the real command line at a $name', journey => {
  test.each([
    {
      said: 'SIGKILL at every moment around every mutating call',
      signal: 'SIGKILL',
      which: 'every moment',
      unreached: 4,
    },
    {
      said: 'SIGTERM and ten seconds, at every mutating call, the moments in turn',
      signal: 'SIGTERM',
      which: 'in turn',
      unreached: 2,
    },
  ] as const)(
    '$said',
    async ({ signal, which, unreached }) => {
      const { text, name } = journey
      const calm = await undisturbed(journey)
      const wrong = await setOut(journey, { wall: true }, async start => {
        const writes = await writesOf(start, text)
        const attempts = strikesAt(writes, signal, which).map(strike => ({
          said: saidOf(strike, writes),
          run: () => strikeAndRerun(start, text, strike, calm),
        }))
        return survivedAll(`8 (${signal}, ${name})`, attempts, { unreached, atOnce: 3 })
      })
      expect(wrong).toEqual([])
    },
    long,
  )
})
