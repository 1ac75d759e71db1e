import { expect, test } from '@jest/globals'
import { pathWith, withHelm } from '../support/helm.ts'
import { struckDeeds } from '../support/release-kill.ts'

const long = 3_600_000

test.each([
  { said: 'the command line and its helm, by SIGKILL at every', signal: 'SIGKILL', which: 'in turn' },
  {
    said: 'the command line, by SIGTERM and ten seconds at every other',
    signal: 'SIGTERM',
    which: 'every other',
  },
] as const)(
  'law 8: $said write of a first installation',
  async ({ signal, which }) => {
    const run = (helm: string) => struckDeeds('install', signal, which, { PATH: pathWith(helm) })
    expect((await withHelm('killing an installation', run, () => undefined)) ?? []).toEqual([])
  },
  long,
)
