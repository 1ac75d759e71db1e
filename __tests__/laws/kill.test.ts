import { describe, expect, test } from '@jest/globals'
import { abreast } from '../support/attempts.ts'
import {
  create,
  killAndRerun,
  moments,
  remove,
  type Spot,
  setOut,
  slowness,
  undisturbed,
} from '../support/kill.ts'
import { report } from '../support/report.ts'

/** In the fast set every call is met at one of the moments, in turn; the slow set meets each at all of them. */
const momentFor = (index: number) => moments[index % moments.length] ?? moments[0]

/** For slow machines: nothing here waits. */
const patient = 300_000

describe('law 8: kill it anywhere', () => {
  test.each([create, remove])(
    'a $name killed at any mutating call is brought to the same end by the next one',
    async journey => {
      const calm = await undisturbed(journey)
      const wrong: string[] = []
      let reached = 0
      await setOut(journey, slowness, start =>
        abreast([...calm.spots.entries()], ['one', 'two', 'three'], async ([index, spot]) => {
          const moment = momentFor(index)
          const survived = await killAndRerun(start, journey.text, { spot, moment }, calm)
          if (survived.reached) reached++
          wrong.push(...survived.wrong.map(text => `${said(spot)} ${moment}: ${text}`))
        }),
      )
      report(
        `8 (kill, ${journey.name})`,
        calm.spots.length - new Set(wrong.map(text => text.split(': ')[0])).size,
        calm.spots.length,
      )
      expect(wrong).toEqual([])
      expect(reached).toBe(calm.spots.length)
    },
    patient,
  )
})

const said = ({ key, nth }: Spot): string => `${key} (${nth})`
