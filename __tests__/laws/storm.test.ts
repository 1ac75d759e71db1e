import { expect, test } from '@jest/globals'
import { undisturbed } from '../support/kill.ts'
import { report } from '../support/report.ts'
import { storm } from '../support/storm.ts'

/** For slow machines: nothing here waits. */
const patient = 300_000

test(
  'law 8: an apply in which every fifth call fails comes to the same end',
  async () => {
    const { snapshot } = await undisturbed()
    const seeds = [1, 2, 3, 4, 5, 6]
    const wrong: string[] = []
    for (const seed of seeds) wrong.push(...(await storm(seed, snapshot)))
    report('8 (storm)', seeds.length - wrong.length, seeds.length)
    expect(wrong).toEqual([])
  },
  patient,
)
