import { expect, test } from '@jest/globals'
import { survivedAll } from '../support/attempts.ts'
import { create, killAndRerun, moments, setOut, slowness, undisturbed, update } from '../support/kill.ts'

const long = 3_600_000

test.each([create, update])(
  'law 8: a run of $name that dies at every moment around every mutating call',
  async journey => {
    const calm = await undisturbed(journey)
    const wrong = await setOut(journey, slowness, start => {
      const attempts = calm.spots.flatMap(spot =>
        moments.map(moment => ({
          said: `${spot.key} (${spot.nth}) ${moment}`,
          run: () => killAndRerun(start, journey.text, { spot, moment }, calm),
        })),
      )
      return survivedAll(`8 (kill, ${journey.name})`, attempts)
    })
    expect(wrong).toEqual([])
  },
  long,
)
