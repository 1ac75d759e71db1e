import { expect, test } from '@jest/globals'
import { apartLaw, editLaw, emptyPlanLaw, removalLaw } from '../support/converge-laws.ts'

/** For slow machines: nothing here waits. */
const patient = 300_000

test(
  'law 9: after an apply the plan is empty, whatever the environment',
  async () => {
    expect(await emptyPlanLaw(12)).toEqual([])
  },
  patient,
)

test(
  'laws 5, 7 and 9: an edit of an environment, or a refusal that was announced',
  async () => {
    expect(await editLaw(10)).toEqual([])
  },
  patient,
)

test(
  'laws 5, 7 and 9: any environment to any other, or a refusal that was announced',
  async () => {
    expect(await apartLaw(10)).toEqual([])
  },
  patient,
)

test(
  'laws 7 and 9: what holds data goes in two steps, or is refused',
  async () => {
    expect(await removalLaw(10)).toEqual([])
  },
  patient,
)
