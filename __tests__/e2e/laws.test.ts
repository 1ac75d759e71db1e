import { afterAll, expect, test } from '@jest/globals'
import { searched } from '../support/canaries.ts'
import { apartLaw, editLaw, emptyPlanLaw, removalLaw } from '../support/converge-laws.ts'
import { create, remove, update } from '../support/kill.ts'
import { readOnlyPlans } from '../support/read-only.ts'
import { report } from '../support/report.ts'
import { reviewedLaw } from '../support/reviewed.ts'
import { storms } from '../support/storm.ts'

const long = 3_600_000

test.each([create, update, remove])(
  'law 8: a hundred storms over a $name',
  async journey => {
    expect(await storms(journey, 100)).toEqual([])
  },
  long,
)

test(
  'law 9: after an apply the plan is empty',
  async () => {
    expect(await emptyPlanLaw(200)).toEqual([])
  },
  long,
)

test(
  'laws 5, 7 and 9: any edit of an environment',
  async () => {
    expect(await editLaw(200)).toEqual([])
  },
  long,
)

test(
  'laws 5, 7 and 9: any environment to any other',
  async () => {
    expect(await apartLaw(200)).toEqual([])
  },
  long,
)

test(
  'laws 7 and 9: what holds data goes in two steps',
  async () => {
    expect(await removalLaw(100)).toEqual([])
  },
  long,
)

afterAll(() => {
  report('6 (only reading)', readOnlyPlans.held, readOnlyPlans.count, 'plans of these environments')
  report(
    '10 (canaries)',
    searched.clean,
    searched.count,
    'applies of these environments, and all that showed them',
  )
})

test(
  'law 5: what was not reviewed is not applied',
  async () => {
    expect(await reviewedLaw(200)).toEqual([])
  },
  long,
)
