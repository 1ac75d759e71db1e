import { expect, test } from '@jest/globals'
import { fromNothing, fromTo } from '../support/converge.ts'
import { edits, environments } from '../support/environments.ts'
import { law } from '../support/properties.ts'

/** For slow machines: nothing here waits. */
const patient = 300_000

test(
  'law 9: after an apply the plan is empty, whatever the environment',
  async () => {
    expect(await law('9 (empty plan)', environments, 12, fromNothing)).toEqual([])
  },
  patient,
)

test(
  'laws 5, 7 and 9: any environment to any other, or a refusal that was announced',
  async () => {
    expect(await law('9 (any to any)', edits, 10, ([from, to]) => fromTo(from, to))).toEqual([])
  },
  patient,
)
