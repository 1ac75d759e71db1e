import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { alone } from '../../src/cache/alone.ts'

const freshLock = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'slipway-alone-')), 'a.lock')

/** Of a process that has ended. */
const deadPid = (): number => spawnSync('true').pid

describe('work that is done alone', () => {
  test('is never done twice at a time, and each gets what its own work gave', async () => {
    const lock = await freshLock()
    let working = 0
    let most = 0
    const work = async (index: number): Promise<number> => {
      most = Math.max(most, ++working)
      await new Promise(done => setTimeout(done, 20))
      working--
      return index
    }
    const told: number[] = []
    const both = [0, 1, 2].map(index =>
      alone(
        lock,
        () => work(index),
        owner => void told.push(owner),
      ),
    )
    expect(await Promise.all(both)).toEqual([0, 1, 2])
    expect([most, told]).toEqual([1, [process.pid, process.pid]])
    expect(await readdir(dirname(lock))).toEqual([])
  })
  test('leaves no lock behind when it fails', async () => {
    const lock = await freshLock()
    const failing = alone(
      lock,
      () => Promise.reject(new Error('no')),
      () => undefined,
    )
    await expect(failing).rejects.toThrow('no')
    expect(
      await alone(
        lock,
        async () => 'yes',
        () => undefined,
      ),
    ).toBe('yes')
  })
  test('breaks the lock of a process that is gone, and waits for none', async () => {
    const lock = await freshLock()
    await writeFile(lock, String(deadPid()))
    const told: number[] = []
    expect(
      await alone(
        lock,
        async () => 'done',
        owner => void told.push(owner),
      ),
    ).toBe('done')
    expect(told).toEqual([])
    expect(await readdir(dirname(lock))).toEqual([])
  })
})
