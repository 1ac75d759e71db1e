import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { StoppedError } from '../../src/core/problem.ts'
import { run } from '../../src/helm/run.ts'

test('a program that is to stop before it began is not begun', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-run-'))
  const stopped = run({
    command: '/bin/sh',
    arguments: ['-c', `touch '${folder}/begun'`],
    environment: { PATH: '/usr/bin:/bin' },
    seconds: 60,
    signal: AbortSignal.abort(),
  })
  await expect(stopped).rejects.toBeInstanceOf(StoppedError)
  expect(await readdir(folder)).toEqual([])
})
