import { mkdtemp, readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { createShelf } from '../../src/cache/shelf.ts'

const freshFolder = async (): Promise<string> =>
  join(await mkdtemp(join(tmpdir(), 'slipway-shelf-')), 'below', 'charts')

describe('files on a shelf', () => {
  test('are there in the next run, for their owner alone', async () => {
    const folder = await freshFolder()
    await createShelf(folder).keep('../a key', Buffer.from('an archive'))
    const next = createShelf(folder)
    expect(next.recall('../a key')?.toString()).toBe('an archive')
    expect(next.recall('another')).toBeUndefined()
    const [name = ''] = await readdir(folder)
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
  })
  test('are twenty at most: the oldest go, parts of a run that was stopped among them', async () => {
    const folder = await freshFolder()
    const shelf = createShelf(folder)
    await shelf.keep('first', Buffer.from('1'))
    await writeFile(join(folder, 'stopped.part'), '')
    for (const name of await readdir(folder)) await utimes(join(folder, name), 1, 1)
    for (let index = 0; index < 20; index++) await shelf.keep(`key ${index}`, Buffer.from('2'))
    expect(await readdir(folder)).toHaveLength(20)
    expect(shelf.recall('first')).toBeUndefined()
    expect(shelf.recall('key 0')?.toString()).toBe('2')
  })
  test('that are large, or cannot be written, are not kept', async () => {
    const folder = await freshFolder()
    const shelf = createShelf(folder)
    await shelf.keep('large', Buffer.alloc(5 * 1024 * 1024 + 1))
    expect(shelf.recall('large')).toBeUndefined()
    await createShelf('/dev/null/charts').keep('a', Buffer.from('1'))
    expect(createShelf('/dev/null/charts').recall('a')).toBeUndefined()
  })
})
