import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { fromNothing, fromTo } from '../support/converge.ts'
import { edits, environments } from '../support/environments.ts'
import { undisturbed } from '../support/kill.ts'
import { law } from '../support/properties.ts'
import { report } from '../support/report.ts'
import { meddledBetween, meddlingCount } from '../support/second-actor.ts'
import { storm } from '../support/storm.ts'

const long = 900_000

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
    expect(await law('9 (empty plan)', environments, 200, fromNothing)).toEqual([])
  },
  long,
)

test(
  'laws 5, 7 and 9: any environment to any other',
  async () => {
    expect(await law('9 (any to any)', edits, 200, ([from, to]) => fromTo(from, to))).toEqual([])
  },
  long,
)

test(
  'law 5: what was not reviewed is not applied',
  async () => {
    const meddling = fc.uniqueArray(fc.integer({ min: 0, max: meddlingCount - 1 }), {
      minLength: 1,
      maxLength: 3,
    })
    const inputs = fc.tuple(edits, meddling)
    expect(await law('5 (reviewed)', inputs, 200, ([edit, chosen]) => meddledBetween(edit, chosen))).toEqual(
      [],
    )
  },
  long,
)
