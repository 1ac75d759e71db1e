import { expect, test } from '@jest/globals'
import { create, remove, update } from '../support/kill.ts'
import { storms } from '../support/storm.ts'

/** For slow machines: nothing here waits. */
const patient = 300_000

test.each([
  { ...create, seeds: 4 },
  { ...update, seeds: 2 },
  { ...remove, seeds: 2 },
])(
  'law 8: a $name in which every fifth call fails comes to the same end',
  async ({ seeds, ...journey }) => {
    expect(await storms(journey, seeds)).toEqual([])
  },
  patient,
)
