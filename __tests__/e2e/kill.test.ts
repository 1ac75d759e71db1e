import { expect, test } from '@jest/globals'
import { survivedAll } from '../support/attempts.ts'
import { create, killAndRerun, moments, undisturbed, update } from '../support/kill.ts'

const long = 3_600_000

test.each([create, update])(
  'law 8: a run of $name that dies at every moment around every mutating call',
  async journey => {
    const calm = await undisturbed(journey)
    const attempts = calm.spots.flatMap(spot =>
      moments.map(moment => ({
        said: `${spot.key} (${spot.nth}) ${moment}`,
        run: () => killAndRerun(spot, moment, calm, journey),
      })),
    )
    expect(await survivedAll(`8 (kill, ${journey.name})`, attempts)).toEqual([])
  },
  long,
)
