import { expect, test } from '@jest/globals'
import { reviewedLaw } from '../support/reviewed.ts'

/** For slow machines: nothing here waits. */
const patient = 300_000

test(
  'law 5: what was not reviewed is not applied, whoever changes the cloud, and whenever',
  async () => {
    expect(await reviewedLaw(12)).toEqual([])
  },
  patient,
)
