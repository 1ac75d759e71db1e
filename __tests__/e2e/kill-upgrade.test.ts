import { expect, test } from '@jest/globals'
import { pathWith, withHelm } from '../support/helm.ts'
import { struckDeeds } from '../support/release-kill.ts'

const long = 3_600_000

test(
  'law 8: the command line and its helm, by SIGKILL at every moment around every write of a chart upgrade',
  async () => {
    const run = (helm: string) => struckDeeds('upgrade', 'SIGKILL', 'every moment', { PATH: pathWith(helm) })
    expect((await withHelm('killing an upgrade', run, () => undefined)) ?? []).toEqual([])
  },
  long,
)

test(
  'law 8: the command line by SIGTERM and ten seconds at every write of a chart upgrade',
  async () => {
    const run = (helm: string) => struckDeeds('upgrade', 'SIGTERM', 'in turn', { PATH: pathWith(helm) })
    expect((await withHelm('stopping an upgrade', run, () => undefined)) ?? []).toEqual([])
  },
  long,
)
