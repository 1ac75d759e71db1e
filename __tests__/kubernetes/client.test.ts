import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createFacts } from '../../src/cache/facts.ts'
import type { Json } from '../../src/core/json.ts'
import { viewer } from '../../src/emulator/kubernetes/authorize.ts'
import { type KubernetesEmulator, startKubernetes } from '../../src/emulator/kubernetes/server.ts'
import { assertReadable, ForbiddenKubernetesRequestError } from '../../src/kubernetes/forbidden.ts'
import { KubernetesError } from '../../src/kubernetes/port.ts'
import { createReaders } from '../../src/kubernetes/readers.ts'
import { objectPath, resourceOf } from '../../src/kubernetes/resources.ts'
import { createWriters } from '../../src/kubernetes/writers.ts'
import { serveRoutes } from '../helm/charts.ts'

const cluster = { project: 'acme', location: 'us-central1', name: 'one' }
const configMaps = '/api/v1/namespaces/default/configmaps'

let server: KubernetesEmulator
beforeAll(async () => {
  server = await startKubernetes({
    authenticate: token => (token === 'bad' ? undefined : { user: token, groups: [] }),
    authorize: (user, access) => user.user === 'applier' || viewer(user, access),
  })
})
afterAll(() => server.close())

const locate = async () => ({ url: server.url, authority: server.caCertificate })
const writers = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-kube-'))
  return { folder, made: createWriters({ locate, token: async () => 'applier', folder }) }
}
const reader = async (token = 'planner') => {
  const found = await createReaders({ locate, token: async () => token }).reader(cluster)
  if (found === undefined) throw new Error('no reader')
  return found
}

describe('a reader that knows where its cluster answered the last time', () => {
  const connectedTo = async (endpoint: Json) => {
    const file = join(await mkdtemp(join(tmpdir(), 'slipway-endpoint-')), 'clusters.json')
    await writeFile(file, JSON.stringify({ 'acme/us-central1/one': { endpoint } }))
    const facts = createFacts(file)
    const found = await createReaders({ locate, token: async () => 'planner', facts }).reader(cluster)
    await found?.capabilities()
    return JSON.parse(await readFile(file, 'utf8'))['acme/us-central1/one'].endpoint
  }
  test.each<[string, () => Json]>([
    ['there', () => ({ url: server.url, authority: server.caCertificate })],
    ['somewhere else', () => ({ url: 'https://127.0.0.1:1', authority: server.caCertificate })],
    ['under another authority', () => ({ url: server.url })],
    ['nowhere', () => ({ url: 'http://127.0.0.1:1' })],
    ['no address', () => 'https://127.0.0.1:1'],
  ])('asks where it answers now, and keeps that: it was %s', async (_, endpoint) => {
    expect(await connectedTo(endpoint())).toEqual({ url: server.url, authority: server.caCertificate })
  })
})

describe('a reader', () => {
  test.each([
    '/api/v1/secrets',
    '/api/v1/namespaces/default/secrets',
    '/api/v1/namespaces/default/secrets/x',
    '/api/v1/watch/secrets',
    '/apis/other.example.com/v1/namespaces/x/secrets',
    '/api/v1/namespaces/x/pods/p/exec',
    '/api/v1/namespaces/x/pods/p/portforward',
    '/api/v1/namespaces/x/pods/p/log',
    '/api/v1/namespaces/x/services/s/proxy',
    '/api/v1/nodes/n/proxy/secrets',
    '/api/v1/namespaces/x/serviceaccounts/s/token',
    '/api/v1/namespaces/../secrets',
    '/api/v1/namespaces/x//secrets',
    '/api/v1/namespaces/x/%73ecrets',
    '/api/v1/pods?watch=true',
    '/debug/pprof',
  ])('never sends %s', async path => {
    await expect((await reader()).get(path)).rejects.toThrow(ForbiddenKubernetesRequestError)
    await expect((await reader()).list(path)).rejects.toThrow(ForbiddenKubernetesRequestError)
  })
  test('may look into a namespace called secrets', () => {
    expect(() => assertReadable('/api/v1/namespaces/secrets')).not.toThrow()
    expect(() => assertReadable('/api/v1/namespaces/secrets/pods')).not.toThrow()
    expect(() => assertReadable('/api/v1/namespaces/secrets/status')).not.toThrow()
    expect(() => assertReadable('/api/v1/namespaces/secrets/secrets')).toThrow(
      ForbiddenKubernetesRequestError,
    )
  })
  test('asks once for the same list, and gives items their kind', async () => {
    const one = await reader()
    const before = server.audit.length
    const [first] = await Promise.all([one.list('/api/v1/namespaces'), one.list('/api/v1/namespaces', {})])
    expect(server.audit.length - before).toBe(1)
    expect(first[0]).toMatchObject({ apiVersion: 'v1', kind: 'Namespace' })
  })
  test('gives undefined for what is not there, and no reader for a cluster that is not', async () => {
    expect(await (await reader()).get('/api/v1/namespaces/none')).toBeUndefined()
    const none = createReaders({ locate: async () => undefined, token: async () => 'planner' })
    expect(await none.reader(cluster)).toBeUndefined()
  })
  test('says what the server can do', async () => {
    const one = await reader()
    const { kubeVersion, apiVersions: versions } = await one.capabilities()
    expect(kubeVersion).toBe('v1.33.4-gke.1245000')
    expect(versions).toEqual(expect.arrayContaining(['v1', 'v1/Pod', 'apps/v1', 'apps/v1/Deployment']))
    expect(versions.filter(version => version.includes('status'))).toEqual([])
  })
  test('reads aggregated discovery in two requests, and the version in one', async () => {
    const group = (name: string, version: string, kind: string) => ({
      metadata: { name },
      versions: [{ version, resources: [{ responseKind: { kind } }] }],
    })
    const list = (items: readonly unknown[]) => JSON.stringify({ kind: 'APIGroupDiscoveryList', items })
    const served = await serveRoutes(() => ({
      '/version': (_, response) => void response.end('{"gitVersion":"v1.33.4"}'),
      '/api': (_, response) => void response.end(list([group('', 'v1', 'Pod')])),
      '/apis': (_, response) => void response.end(list([group('apps', 'v1', 'Deployment')])),
    }))
    const one = await createReaders({
      locate: async () => ({ url: served.base }),
      token: async () => 't',
    }).reader(cluster)
    const { apiVersions } = (await one?.capabilities()) ?? {}
    expect(apiVersions).toEqual(['apps/v1', 'apps/v1/Deployment', 'v1', 'v1/Pod'])
    expect(served.hits.length).toBe(3)
    await served.close()
  })
  test('says which permission is missing', async () => {
    await expect((await reader('bad')).list('/api/v1/pods')).rejects.toMatchObject({ status: 401 })
  })
})

describe('answers', () => {
  const flaky = async (statuses: readonly number[], paths = '/api/v1/pods?limit=500') => {
    const left = [...statuses]
    const waits: number[] = []
    const served = await serveRoutes(() => ({
      [paths]: (_, response) => {
        const status = left.shift() ?? 200
        if (status === 0) return void response.socket?.destroy()
        const headers = status === 429 ? { 'retry-after': '2' } : {}
        response
          .writeHead(status, headers)
          .end(status === 200 ? '{"kind":"PodList","items":[]}' : '{"message":"busy"}')
      },
    }))
    const options = {
      locate: async () => ({ url: served.base }),
      token: async () => 't',
      pause: async (milliseconds: number) => void waits.push(milliseconds),
    }
    return { served, waits, options }
  }
  test('of a busy server are waited out', async () => {
    const { served, waits, options } = await flaky([429, 503, 0])
    expect(await (await createReaders(options).reader(cluster))?.list('/api/v1/pods')).toEqual([])
    expect(waits).toHaveLength(3)
    expect(waits[0]).toBe(2000)
    await served.close()
  })
  test('that stay bad end in an error that says what was asked and answered', async () => {
    const { served, options } = await flaky(Array(9).fill(500))
    const one = await createReaders(options).reader(cluster)
    const failed = one?.list('/api/v1/pods')
    await expect(failed).rejects.toThrow('GET /api/v1/pods failed with 500: busy')
    await expect(failed).rejects.toBeInstanceOf(KubernetesError)
    await served.close()
  })
  test('that were lost do not make a create go out twice', async () => {
    const { served, options } = await flaky([0], '/api/v1/namespaces?fieldManager=slipway')
    const made = createWriters({ ...options, folder: tmpdir() })
    await expect((await made.writer(cluster)).create('/api/v1/namespaces', {})).rejects.toMatchObject({
      status: 0,
    })
    expect(served.hits).toHaveLength(1)
    await served.close()
  })
})

describe('a writer', () => {
  test('applies, merges, replaces and removes with preconditions', async () => {
    const { made } = await writers()
    const writer = await made.writer(cluster)
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: '1' } }
    const dry = await writer.create(configMaps, object, { dryRun: true })
    expect(dry.data).toEqual({ x: '1' })
    expect(await writer.get(`${configMaps}/a`)).toBeUndefined()
    await writer.apply(`${configMaps}/a`, object)
    const merged = await writer.merge(`${configMaps}/a`, { data: { x: null, y: '2' } })
    expect(merged.data).toEqual({ y: '2' })
    const stale = { ...object, metadata: { name: 'a', resourceVersion: '1' } }
    await expect(writer.replace(`${configMaps}/a`, stale)).rejects.toMatchObject({ status: 409 })
    await expect(writer.remove(`${configMaps}/a`, { resourceVersion: '1' })).rejects.toMatchObject({
      status: 409,
    })
    expect(await writer.remove(`${configMaps}/a`, { propagation: 'Background' })).toBe(true)
    expect(await writer.remove(`${configMaps}/a`)).toBe(false)
  })
  test('needs a cluster', async () => {
    const made = createWriters({ locate: async () => undefined, token: async () => 't', folder: tmpdir() })
    await expect(made.writer(cluster)).rejects.toThrow('Cluster acme/us-central1/one does not exist.')
  })
  test('writes kubeconfigs that only its user can read, without a token in them, and takes them away', async () => {
    const { made } = await writers()
    const path = await made.kubeconfig(cluster)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const config = JSON.parse(await readFile(path, 'utf8'))
    expect(JSON.stringify(config)).not.toContain('applier')
    const { tokenFile } = config.users[0].user
    expect(await readFile(tokenFile, 'utf8')).toBe('applier')
    expect((await stat(tokenFile)).mode & 0o777).toBe(0o600)
    expect(Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64').toString()).toBe(
      server.caCertificate,
    )
    await made.dispose()
    await expect(stat(path)).rejects.toThrow('ENOENT')
  })
})

describe('resources', () => {
  test('come from the table or from discovery', async () => {
    const one = await reader()
    const lease = await resourceOf(one, 'coordination.k8s.io/v1', 'Lease')
    expect(lease?.plural).toBe('leases')
    expect(await resourceOf(one, 'example.com/v1', 'Thing')).toBeUndefined()
    const found = await resourceOf(one, 'discovery.k8s.io/v1', 'EndpointSlice')
    expect(found && objectPath(found, { metadata: { name: 'a', namespace: 'b' } })).toBe(
      '/apis/discovery.k8s.io/v1/namespaces/b/endpointslices/a',
    )
  })
})
