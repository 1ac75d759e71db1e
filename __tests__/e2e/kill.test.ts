import { expect, test } from '@jest/globals'
import { survivedAll } from '../support/attempts.ts'
import {
  clear,
  create,
  killAndRerun,
  moments,
  remove,
  setOut,
  slowness,
  undisturbed,
  update,
} from '../support/kill.ts'

const long = 3_600_000

test.each([create, update, remove, clear])(
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
      return survivedAll(`8 (kill, ${journey.name})`, attempts, { atOnce: 3 })
    })
    expect(wrong).toEqual([])
  },
  long,
)
