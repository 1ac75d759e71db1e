import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { realClock } from '../../../src/emulator/kubernetes/clock.ts'

test('a process that was held up catches up in order: no deadline passes before what leads up to it', async () => {
  const clock = realClock(1_000)
  const seen: string[] = []
  const begun = clock.now()
  clock.schedule(600_000, () => void seen.push(`deadline ${Math.round((clock.now() - begun) / 60_000)}`))
  clock.schedule(10_000, () => {
    seen.push('first step')
    clock.schedule(20_000, () => void seen.push('second step'))
  })
  // 700 ms, 700 s of the clock's, in which nothing can run.
  for (const end = Date.now() + 700; Date.now() < end; );
  await wait(20)
  expect(seen).toEqual(['first step', 'second step', 'deadline 10'])
})
