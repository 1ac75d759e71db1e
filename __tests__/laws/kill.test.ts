import { describe, expect, test } from '@jest/globals'
import { create, killAndRerun, moments, type Spot, setOut, slowness, undisturbed } from '../support/kill.ts'
import { report } from '../support/report.ts'

/** In the fast set every call is met at one of the moments, in turn; the slow set meets each at all of them. */
const momentFor = (index: number) => moments[index % moments.length] ?? moments[0]

/** For slow machines: nothing here waits. */
const patient = 300_000

describe('law 8: kill it anywhere', () => {
  test(
    'an apply killed at any mutating call is brought to the same end by the next one',
    async () => {
      const calm = await undisturbed()
      const wrong: string[] = []
      let reached = 0
      await setOut(create, slowness, async start => {
        for (const [index, spot] of calm.spots.entries()) {
          const moment = momentFor(index)
          const survived = await killAndRerun(start, create.text, { spot, moment }, calm)
          if (survived.reached) reached++
          wrong.push(...survived.wrong.map(text => `${said(spot)} ${moment}: ${text}`))
        }
      })
      report(
        '8 (kill)',
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
