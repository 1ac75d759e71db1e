import { expect, test } from '@jest/globals'
import { pathWith, withHelm } from '../support/helm.ts'
import { struckDeeds } from '../support/release-kill.ts'

const long = 3_600_000

/** Three times as many strikes: nightly. The writes at Google are struck at every moment elsewhere, as are helm's by an upgrade. */
const every = process.env.SLIPWAY_EVERY_MOMENT === '1' ? 'every moment' : 'in turn'

test.each([
  { said: 'the command line and its helm, by SIGKILL at every', signal: 'SIGKILL', which: every },
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
