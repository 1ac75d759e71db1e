import { describe, expect, test } from '@jest/globals'
import { survivedAll } from '../support/attempts.ts'
import { create, moments, undisturbed, update } from '../support/kill.ts'
import { strikeAndRerun, writesOf } from '../support/sigkill.ts'

const long = 3_600_000

describe.each([create, update])('law 8: the real command line at a $name', journey => {
  test(
    'SIGKILL at every moment around every mutating call',
    async () => {
      const [calm, writes] = [await undisturbed(journey), await writesOf(journey)]
      const attempts = Array.from({ length: writes }, (_, index) => index + 1).flatMap(nth =>
        moments.map(moment => ({
          said: `write ${nth} ${moment}`,
          run: () => strikeAndRerun(journey, { nth, moment, signal: 'SIGKILL' }, calm),
        })),
      )
      expect(await survivedAll(`8 (SIGKILL, ${journey.name})`, attempts, 4)).toEqual([])
    },
    long,
  )

  test(
    'SIGTERM and ten seconds, at every mutating call, the moments in turn',
    async () => {
      const [calm, writes] = [await undisturbed(journey), await writesOf(journey)]
      const attempts = Array.from({ length: writes }, (_, index) => {
        const [nth, moment] = [index + 1, moments[index % moments.length] ?? moments[0]]
        return {
          said: `write ${nth} ${moment}`,
          run: () => strikeAndRerun(journey, { nth, moment, signal: 'SIGTERM' }, calm),
        }
      })
      expect(await survivedAll(`8 (SIGTERM, ${journey.name})`, attempts, 2)).toEqual([])
    },
    long,
  )
})
