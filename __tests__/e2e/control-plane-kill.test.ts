import { beforeAll, expect, test } from '@jest/globals'
import { prepareReleases } from './control-plane/kill.ts'
import { struckLives } from './control-plane/lives.ts'
import { onControlPlane } from './control-plane/suite.ts'

const long = 3_600_000

onControlPlane(
  'law 8 on a real control plane: the command line and its helm',
  world => {
    beforeAll(() => prepareReleases(world()))

    test(
      'SIGKILL at every moment around every write of an installation and of a chart upgrade',
      async () => {
        expect(await struckLives(world(), 'SIGKILL', 'every moment')).toEqual([])
      },
      long,
    )

    test(
      'SIGTERM at every write of both, the moments in turn: it ends by itself, and begins nothing more',
      async () => {
        expect(await struckLives(world(), 'SIGTERM', 'in turn')).toEqual([])
      },
      long,
    )
  },
  { relayed: ['first', 'second', 'third', 'fourth', 'fifth'] },
)
