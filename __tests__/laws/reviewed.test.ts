import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { edits } from '../support/environments.ts'
import { law } from '../support/properties.ts'
import { meddledBetween, meddlingCount } from '../support/second-actor.ts'

/** An edit of an environment, and what somebody else does between its plan and its apply. */
const inputs = fc.tuple(
  edits,
  fc.uniqueArray(fc.integer({ min: 0, max: meddlingCount - 1 }), { minLength: 1, maxLength: 3 }),
)

test('law 5: what was not reviewed is not applied, whoever changes the cloud in between', async () => {
  const failures = await law('5 (reviewed)', inputs, 12, ([edit, chosen]) => meddledBetween(edit, chosen))
  expect(failures).toEqual([])
})
