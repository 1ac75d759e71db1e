import { expect, test } from '@jest/globals'
import { pathWith, withHelm } from '../support/helm.ts'
import { struckDeeds } from '../support/release-kill.ts'

const long = 3_600_000

test(
  'law 8: the command line and its helm, by SIGKILL at every other write that takes a whole environment away',
  async () => {
    const run = (helm: string) => struckDeeds('removal', 'SIGKILL', 'every other', { PATH: pathWith(helm) })
    expect((await withHelm('killing a removal', run, () => undefined)) ?? []).toEqual([])
  },
  long,
)
