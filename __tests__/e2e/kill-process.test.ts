import { describe, expect, test } from '@jest/globals'
import { survivedAll } from '../support/attempts.ts'
import { create, remove, setOut, undisturbed, update } from '../support/kill.ts'
import { strikeAndRerun, writesOf } from '../support/sigkill.ts'
import { saidOf, strikesAt } from '../support/strike.ts'

const long = 3_600_000

describe.each([create, update, remove])('law 8: the real command line at a $name', journey => {
  test.each([
    {
      said: 'SIGKILL at every moment around every mutating call',
      signal: 'SIGKILL',
    },
    {
      said: 'SIGTERM and ten seconds, at every moment around every mutating call',
      signal: 'SIGTERM',
    },
  ] as const)(
    '$said',
    async ({ signal }) => {
      const { name } = journey
      const calm = await undisturbed(journey)
      const wrong = await setOut(journey, { wall: true }, async start => {
        const byCommand = await writesOf(start, journey)
        const attempts = strikesAt(byCommand, signal, 'every moment').map(strike => ({
          said: saidOf(strike, byCommand),
          run: () => strikeAndRerun(start, journey, strike, { ...calm, byCommand }),
        }))
        return survivedAll(`8 (${signal}, ${name})`, attempts, { unreached: 2, atOnce: 3 })
      })
      expect(wrong).toEqual([])
    },
    long,
  )
})
