import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { archiveSums } from '../../src/helm/archives.ts'
import { findHelm } from '../../src/helm/find.ts'

/** A folder with a program that says it is that helm. */
const helmOf = async (version: string, ...below: readonly string[]): Promise<string> => {
  const root = await mkdtemp(join(tmpdir(), 'slipway-find-'))
  const folder = join(root, ...below)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'helm'), `#!/bin/sh\necho ${version}\n`)
  await chmod(join(folder, 'helm'), 0o755)
  return below.length === 0 ? folder : root
}

describe('helm', () => {
  const progress = () => undefined
  test('is the first on PATH that is new enough', async () => {
    const [old, good, newer] = await Promise.all(
      ['v3.21.4', 'v4.1.2+g123', 'v4.2.4'].map(version => helmOf(version)),
    )
    const PATH = ['/nonexistent', old, good, newer].join(delimiter)
    const XDG_CACHE_HOME = await mkdtemp(join(tmpdir(), 'slipway-find-'))
    expect(await findHelm({ environment: { PATH, XDG_CACHE_HOME }, progress })).toBe(join(good ?? '', 'helm'))
  })
  test('is the one that was made before, where PATH has none', async () => {
    const cache = await helmOf('v4.2.4', 'slipway', 'helm-v4.2.4')
    const PATH = await helmOf('v4.0.9')
    const found = await findHelm({ environment: { PATH, XDG_CACHE_HOME: cache }, progress })
    expect(found).toBe(join(cache, 'slipway', 'helm-v4.2.4', 'helm'))
  })
  test('is asked its version again only when it is another file', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'slipway-find-'))
    const PATH = await helmOf('v4.2.4')
    const asked = join(cache, 'asked')
    const path = join(PATH, 'helm')
    const say = (version: string) => writeFile(path, `#!/bin/sh\necho x >> '${asked}'\necho ${version}\n`)
    const find = () => findHelm({ environment: { PATH, XDG_CACHE_HOME: cache }, progress })
    await say('v4.2.4')
    expect([await find(), await find()]).toEqual([path, path])
    expect(await readFile(asked, 'utf8')).toBe('x\n')
    await say('v4.10.0')
    expect(await find()).toBe(path)
    expect(await readFile(asked, 'utf8')).toBe('x\nx\n')
    await writeFile(join(cache, 'slipway', 'helm-versions.json'), '{"broken')
    expect(await find()).toBe(path)
  })
  test('is not taken from an archive that is another one than was published', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'slipway-find-'))
    const found = findHelm({
      environment: { PATH: '', XDG_CACHE_HOME: cache },
      progress,
      download: async url => ({ status: 200, bytes: Buffer.from('other'), challenge: '', url }),
    })
    await expect(found).rejects.toThrow('its sha256 differs; and Go is not there to build it.')
    expect(await readdir(cache)).toEqual([])
  })
  test('is built once by Go, however many look for it at a time: the others wait', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'slipway-find-'))
    const [bin, log] = [join(cache, 'bin'), join(cache, 'log')]
    await mkdir(bin)
    const helm = '#!/bin/sh\\necho v4.2.4\\n'
    const go = `#!/bin/sh\necho x >> '${log}'\nsleep 1\nmkdir -p "$GOBIN"\nprintf '${helm}' > "$GOBIN/helm"\nchmod 755 "$GOBIN/helm"\n`
    await writeFile(join(bin, 'go'), go, { mode: 0o755 })
    const said: string[] = []
    const find = () =>
      findHelm({
        environment: { PATH: [bin, '/usr/bin', '/bin'].join(delimiter), XDG_CACHE_HOME: cache },
        progress: line => void said.push(line),
        download: async url => ({ status: 404, bytes: Buffer.from(''), challenge: '', url }),
      })
    const built = join(cache, 'slipway', 'helm-v4.2.4', 'helm')
    expect(await Promise.all([find(), find()])).toEqual([built, built])
    expect(await readFile(log, 'utf8')).toBe('x\n')
    expect(said.filter(line => /^building/.test(line))).toHaveLength(1)
    expect(said).toContain(`waiting for process ${process.pid}, which builds helm 4.2.4`)
    expect((await readdir(join(cache, 'slipway'))).toSorted()).toEqual(['helm-v4.2.4'])
  })
  test('has a sum for every machine that runs the action', () => {
    expect(Object.keys(archiveSums)).toEqual(
      expect.arrayContaining(['linux-amd64', 'linux-arm64', 'darwin-arm64']),
    )
    for (const sum of Object.values(archiveSums)) expect(sum).toMatch(/^[0-9a-f]{64}$/)
  })
})
