import { afterAll, expect, test } from '@jest/globals'
import { searched } from '../support/canaries.ts'
import { apartLaw, editLaw, emptyPlanLaw, removalLaw } from '../support/converge-laws.ts'
import { undisturbed } from '../support/kill.ts'
import { readOnlyPlans } from '../support/read-only.ts'
import { report } from '../support/report.ts'
import { reviewedLaw } from '../support/reviewed.ts'
import { storm } from '../support/storm.ts'

const long = 3_600_000

test(
  'law 8: a hundred storms',
  async () => {
    const { snapshot } = await undisturbed()
    const wrong: string[] = []
    for (let seed = 1; seed <= 100; seed++) wrong.push(...(await storm(seed, snapshot)))
    report('8 (storm)', 100 - wrong.length, 100)
    expect(wrong).toEqual([])
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
