import { mkdtemp, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createShelf } from '../../src/cache/shelf.ts'
import { sha256 } from '../../src/core/digest.ts'
import { createDownload } from '../../src/helm/download.ts'
import { createPull } from '../../src/helm/pull.ts'
import { archiveOf, serveRoutes } from './charts.ts'

let folder = ''
let archive: Buffer = Buffer.alloc(0)
const closing: (() => Promise<void>)[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-pull-'))
  archive = await archiveOf({
    'demo/Chart.yaml': 'name: demo\nversion: 1.2.3+post.1',
    'demo/values.yaml': 'a: 1',
  })
})
afterEach(async () => {
  await Promise.all(closing.splice(0).map(close => close()))
})

const index = (digest: string, url = 'demo.tgz'): string =>
  `entries:\n  demo:\n  - {version: 1.2.3+post.1, urls: ['${url}'], digest: '${digest}'}\n  - {version: 1.0.0, urls: [old.tgz]}\n`

const repository = async (digest = sha256(archive), url?: string) => {
  const served = await serveRoutes(() => ({
    '/charts/index.yaml': (_, response) => void response.end(index(digest, url)),
    '/charts/demo.tgz': (_, response) => void response.end(archive),
    '/charts/away': (_, response) => void response.writeHead(302, { location: 'http://10.0.0.1/x' }).end(),
  }))
  closing.push(served.close)
  return served
}

describe('HTTP repositories', () => {
  test('give an exact version once a run, its sha256 compared with the index', async () => {
    const { base, hits } = await repository()
    const { pull } = createPull({ folder, loopback: true })
    const name = { repository: `${base}/charts`, chart: 'demo', version: '1.2.3+post.1' }
    const [chart, again] = await Promise.all([pull(name), pull({ ...name, sha256: sha256(archive) })])
    expect(chart).toMatchObject({
      name: 'demo',
      version: '1.2.3+post.1',
      sha256: sha256(archive),
      values: { a: 1 },
    })
    expect(again.path).toBe(chart.path)
    expect(await readFile(chart.path)).toEqual(archive)
    expect((await stat(chart.path)).mode & 0o777).toBe(0o600)
    expect(hits).toEqual(['/charts/index.yaml', '/charts/demo.tgz'])
  })
  test('give what they gave in an earlier run before they are asked, as a guess', async () => {
    const { base, hits } = await repository()
    const shelf = createShelf(join(folder, 'shelf'))
    const name = { repository: `${base}/charts`, chart: 'demo', version: '1.2.3+post.1' }
    const first = createPull({ folder, loopback: true, shelf })
    expect(await first.expected(name)).toBeUndefined()
    const chart = await first.pull(name)
    hits.splice(0)
    const next = createPull({ folder, loopback: true, shelf })
    expect(await next.expected(name)).toEqual(chart)
    expect(await next.expected({ ...name, version: '1.0.0' })).toBeUndefined()
    expect(hits).toEqual([])
    expect(await next.pull(name)).toEqual(chart)
    expect(hits).toEqual(['/charts/index.yaml', '/charts/demo.tgz'])
  })
  test('whose shelf holds no chart guess nothing', async () => {
    const shelf = { recall: () => Buffer.from('no archive'), keep: async () => undefined }
    const { expected } = createPull({ folder, shelf })
    expect(await expected({ repository: 'https://charts', chart: 'demo', version: '1.0.0' })).toBeUndefined()
  })
  test('that send other bytes than the index names are refused', async () => {
    const { base } = await repository('0'.repeat(64))
    const { pull } = createPull({ folder, loopback: true })
    await expect(
      pull({ repository: `${base}/charts`, chart: 'demo', version: '1.2.3+post.1' }),
    ).rejects.toThrow('is not the one that the index names')
  })
  test('that published a pinned version again are refused', async () => {
    const { base } = await repository()
    const name = {
      repository: `${base}/charts`,
      chart: 'demo',
      version: '1.2.3+post.1',
      sha256: 'a'.repeat(64),
    }
    await expect(createPull({ folder, loopback: true }).pull(name)).rejects.toThrow(
      'is not the archive that is pinned',
    )
  })
  test.each([
    [
      { chart: 'demo', version: '9.9.9' },
      'has no version 9.9.9 of chart demo',
      'Versions there: 1.2.3+post.1, 1.0.0.',
    ],
    [{ chart: 'demmo', version: '1.0.0' }, 'has no chart demmo', 'It has: demo.'],
  ])('say what they have instead of %j', async (name, message, advice) => {
    const { base } = await repository()
    const pulled = createPull({ folder, loopback: true }).pull({ repository: `${base}/charts`, ...name })
    await expect(pulled).rejects.toMatchObject({ message: expect.stringContaining(message), advice })
  })
  test.each([401, 403])('that answer %i want a login, which is said', async status => {
    const { base, close } = await serveRoutes(() => ({
      '/charts/index.yaml': (_, response) => void response.writeHead(status).end(),
    }))
    closing.push(close)
    const name = { repository: `${base}/charts`, chart: 'demo', version: '1.0.0' }
    await expect(createPull({ folder, loopback: true }).pull(name)).rejects.toMatchObject({
      message: `${base}/charts lets nobody read its index.yaml (${status})`,
      advice: expect.stringMatching(/without a login/),
    })
  })
  test('may not send their readers into a private network', async () => {
    const { base } = await repository(undefined, 'away')
    const pulled = createPull({ folder, loopback: true }).pull({
      repository: `${base}/charts`,
      chart: 'demo',
      version: '1.2.3+post.1',
    })
    await expect(pulled).rejects.toThrow('http://10.0.0.1/x was not sent: only https is allowed')
  })
  test('are https, and never this machine, unless that is allowed', async () => {
    const { base, hits } = await repository()
    await expect(
      createPull({ folder }).pull({ repository: base, chart: 'demo', version: '1.0.0' }),
    ).rejects.toThrow('only https')
    const download = createDownload({ trusted: new Set() })
    for (const url of [
      'https://169.254.169.254/x',
      'https://10.0.0.1/',
      'https://localhost/',
      'https://[::1]/',
    ])
      await expect(download(url, { bytes: 1 })).rejects.toThrow('private address')
    expect(hits).toEqual([])
  })
  test('may not send more than asked for', async () => {
    const { base } = await repository()
    const download = createDownload({ loopback: true, trusted: new Set() })
    await expect(download(`${base}/charts/demo.tgz`, { bytes: 10 })).rejects.toThrow('more than 10 bytes')
  })
})

const registry = async (blob: Buffer) => {
  const digest = `sha256:${sha256(archive)}`
  const manifest = JSON.stringify({
    layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', digest }],
  })
  const served = await serveRoutes(base => ({
    '/token?service=demo&scope=repository%3Ateam%2Fdemo%3Apull': (_, response) =>
      void response.end('{"token":"t0k"}'),
    '/v2/team/demo/manifests/1.2.3_post.1': (request, response) => {
      if (request.headers.authorization === 'Bearer t0k') return void response.end(manifest)
      const challenge = `Bearer realm="${base}/token",service="demo",scope="repository:team/demo:pull"`
      response.writeHead(401, { 'www-authenticate': challenge }).end()
    },
    [`/v2/team/demo/blobs/${digest}`]: (_, response) => void response.end(blob),
  }))
  closing.push(served.close)
  return served.base.replace('http:', 'oci:')
}

describe('OCI registries', () => {
  test('give a tag by an anonymous token and a digest', async () => {
    const base = await registry(archive)
    const chart = await createPull({ folder, loopback: true }).pull({
      repository: `${base}/team`,
      chart: 'demo',
      version: '1.2.3+post.1',
    })
    expect(chart.sha256).toBe(sha256(archive))
  })
  test('that send other bytes are refused', async () => {
    const base = await registry(Buffer.from('other'))
    const pulled = createPull({ folder, loopback: true }).pull({
      repository: `${base}/team`,
      chart: 'demo',
      version: '1.2.3+post.1',
    })
    await expect(pulled).rejects.toThrow('sent other bytes than its manifest names')
  })
  test('without the chart say so', async () => {
    const base = await registry(archive)
    const pulled = createPull({ folder, loopback: true }).pull({
      repository: `${base}/team`,
      chart: 'other',
      version: '1.0.0',
    })
    await expect(pulled).rejects.toThrow(/oci pull of .*other:1.0.0 failed with 404/)
  })
})
