import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { createFacts } from '../../src/cache/facts.ts'
import { cacheFolder } from '../../src/cache/home.ts'

const freshFile = async (): Promise<string> =>
  join(await mkdtemp(join(tmpdir(), 'slipway-facts-')), 'below', 'facts.json')

describe('facts', () => {
  test('are there in the next run, all that were kept side by side', async () => {
    const file = await freshFile()
    const facts = createFacts(file)
    await Promise.all(['a', 'b', 'c'].map(key => facts.keep(key, { of: key })))
    expect(facts.recall('a')).toEqual({ of: 'a' })
    const next = createFacts(file)
    expect(['a', 'b', 'c', 'd'].map(next.recall)).toEqual([{ of: 'a' }, { of: 'b' }, { of: 'c' }, undefined])
  })
  test('are twenty at most: what was kept last', async () => {
    const file = await freshFile()
    const facts = createFacts(file)
    for (let index = 0; index < 25; index++) await facts.keep(`key ${index}`, index)
    expect(Object.values(JSON.parse(await readFile(file, 'utf8')))).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 5),
    )
  })
  test.each(['', '{"broken', '[1, 2]', 'null', '"text"'])('a file that says %j says nothing', async text => {
    const file = join(await mkdtemp(join(tmpdir(), 'slipway-facts-')), 'facts.json')
    await writeFile(file, text)
    expect(createFacts(file).recall('0')).toBeUndefined()
    await createFacts(file).keep('a', 1)
    expect(createFacts(file).recall('a')).toBe(1)
  })
  test('that cannot be written are known to this run alone', async () => {
    const facts = createFacts('/dev/null/facts.json')
    await facts.keep('a', 1)
    expect(facts.recall('a')).toBe(1)
  })
})

test.each([
  [{ XDG_CACHE_HOME: '/caches', HOME: '/home/me' }, '/caches/slipway'],
  [{ XDG_CACHE_HOME: '', HOME: '/home/me' }, '/home/me/.cache/slipway'],
])('the cache of %j', (environment, folder) => {
  expect(cacheFolder(environment)).toBe(folder)
})
