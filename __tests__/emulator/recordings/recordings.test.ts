import { existsSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { checkEveryAnswer, emulate } from '../gcp/support.ts'
import { flightsIn, logsIn, type Recording } from './exchange.ts'
import { replay } from './replay.ts'
import { wholly } from './scope.ts'
import { prepared, seenReads } from './setups.ts'
import { isReal, matches, reportOf, type Verdict, verdictOf } from './verdict.ts'

checkEveryAnswer()

// Real traffic, kept outside this repository. SLIPWAY_RECORDINGS names the folder that holds it.
const folder = process.env.SLIPWAY_RECORDINGS ?? ''
const available = folder !== '' && existsSync(folder)
if (!available)
  process.stderr.write('recordings.test.ts SKIPPED: set SLIPWAY_RECORDINGS to the folder of recordings.\n')

const judge = async (recording: Recording): Promise<readonly Verdict[]> => {
  const reason = wholly(recording)
  if (reason !== undefined)
    return recording.exchanges.map(exchange =>
      verdictOf(recording, { exchange, api: exchange.host, notEmulated: reason, differences: [] }),
    )
  const seen = seenReads(recording)
  const { emulator, send } = await emulate({
    clock: 'manual',
    projects: [{ id: 'acme-ml', number: '123456789012' }],
    iamUnsettledReads: seen.length,
    iamSees: read => seen[read - 1] ?? true,
  })
  const exchanges = await prepared(emulator, send, recording)
  return (await replay(emulator, send, exchanges)).map(judged => verdictOf(recording, judged))
}

;(available ? describe : describe.skip)('recordings', () => {
  const answers = async (): Promise<void> => {
    const verdicts: Verdict[] = []
    for (const recording of [...logsIn(folder), ...flightsIn(folder)])
      verdicts.push(...(await judge(recording)))
    process.stdout.write(`${reportOf(verdicts).join('\n')}\n`)
    const unexplained = verdicts.flatMap(({ recording, request, unexplained: found }) =>
      found.map(text => `${recording} ${request}: ${text}`),
    )
    expect(unexplained).toEqual([])
    const real = verdicts.filter(one => isReal(one) && one.notEmulated === undefined)
    expect(real.length).toBeGreaterThan(120)
    expect(real.filter(matches).length / real.length).toBeGreaterThanOrEqual(0.95)
  }
  // The time is for slow machines: nothing here waits.
  test('the emulator answers as Google did', answers, 300_000)
})
