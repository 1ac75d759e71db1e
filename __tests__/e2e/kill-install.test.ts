import { expect, test } from '@jest/globals'
import { pathWith, withHelm } from '../support/helm.ts'
import { struckDeeds } from '../support/release-kill.ts'

const long = 3_600_000

test.each([
  { said: 'the command line and its helm, by SIGKILL', signal: 'SIGKILL' },
  { said: 'the command line, by SIGTERM and ten seconds', signal: 'SIGTERM' },
] as const)(
  'law 8: $said at every write of a first installation',
  async ({ signal }) => {
    const run = (helm: string) => struckDeeds('install', signal, 'in turn', { PATH: pathWith(helm) })
    expect((await withHelm('killing an installation', run, () => undefined)) ?? []).toEqual([])
  },
  long,
)
