import { expect, test } from '@jest/globals'
import { pathWith, withHelm } from '../support/helm.ts'
import { struckDeeds } from '../support/release-kill.ts'

const long = 3_600_000

test(
  'law 8: the command line and its helm, by SIGKILL at every write of a first installation',
  async () => {
    const run = (helm: string) => struckDeeds('install', 'SIGKILL', 'in turn', { PATH: pathWith(helm) })
    expect((await withHelm('killing an installation', run, () => undefined)) ?? []).toEqual([])
  },
  long,
)
