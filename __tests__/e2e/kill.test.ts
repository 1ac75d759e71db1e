import { describe, expect, test } from '@jest/globals'
import { pathWith, withHelm } from '../support/helm.ts'
import { killAndRerun, moments, undisturbed } from '../support/kill.ts'
import { report } from '../support/report.ts'
import { calmRelease, killRelease, sigkillAndRerun } from '../support/sigkill.ts'

const long = 900_000

describe('law 8: kill it anywhere, everywhere', () => {
  test(
    'at every moment around every mutating call',
    async () => {
      const calm = await undisturbed()
      const wrong: string[] = []
      let tried = 0
      let survived = 0
      for (const spot of calm.spots) {
        for (const moment of moments) {
          const { reached, wrong: found } = await killAndRerun(spot, moment, calm)
          tried++
          if (reached && found.length === 0) survived++
          if (!reached) wrong.push(`${spot.key} (${spot.nth}) ${moment}: never reached`)
          wrong.push(...found.map(text => `${spot.key} (${spot.nth}) ${moment}: ${text}`))
        }
      }
      report('8 (kill, all)', survived, tried)
      expect(wrong).toEqual([])
    },
    long,
  )

  test(
    'a real process by SIGKILL, at every mutating call in turn',
    async () => {
      const calm = await undisturbed()
      const wrong: string[] = []
      let tried = 0
      let survived = 0
      for (const [index] of calm.spots.entries()) {
        const moment = moments[index % moments.length] ?? moments[0]
        const { reached, wrong: found } = await sigkillAndRerun(index + 1, moment, calm)
        if (reached) tried++
        if (reached && found.length === 0) survived++
        wrong.push(...found.map(text => `write ${index + 1} ${moment}: ${text}`))
      }
      report('8 (SIGKILL)', survived, tried)
      expect(wrong).toEqual([])
      expect(tried).toBeGreaterThan(calm.spots.length - 4)
    },
    long,
  )

  test(
    'the process and its helm in the middle of a release',
    async () => {
      await withHelm(
        'killing helm',
        async helm => {
          const env = { PATH: pathWith(helm) }
          const calm = await calmRelease(env)
          const counts = Array.from({ length: 8 }, (_, index) => 1 + Math.floor((index * calm.writes) / 8))
          const wrong: string[] = []
          let survived = 0
          for (const count of counts) {
            const { reached, wrong: found } = await killRelease(count, env, calm)
            if (reached && found.length === 0) survived++
            wrong.push(...found.map(text => `after ${count} of ${calm.writes} writes: ${text}`))
          }
          report('8 (release)', survived, counts.length)
          expect(wrong).toEqual([])
        },
        () => undefined,
      )
    },
    long,
  )
})
