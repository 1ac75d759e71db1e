import { expect, test } from '@jest/globals'
import { logins, prepareReleases } from './control-plane/kill.ts'
import { struckLives } from './control-plane/lives.ts'
import { onControlPlane } from './control-plane/suite.ts'

const long = 3_600_000

onControlPlane(
  'law 8 on a real control plane: the command line and its helm',
  (world, canaries) => {
    test(
      'SIGKILL at every moment around every write of an installation and of a chart upgrade',
      async () => {
        for (const payload of logins) canaries.add(payload)
        prepareReleases(world())
        expect(await struckLives(world(), 'SIGKILL', 'every moment')).toEqual([])
      },
      long,
    )

    test(
      'SIGTERM and ten seconds, at every write of both, the moments in turn',
      async () => {
        expect(await struckLives(world(), 'SIGTERM', 'in turn')).toEqual([])
      },
      long,
    )
  },
  { relayed: ['first', 'second', 'third', 'fourth', 'fifth'] },
)
