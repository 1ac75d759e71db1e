import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { isObject, type JsonObject, valueAt } from '../../../src/core/json.ts'
import { type PackedChart, packCharts, serveCharts } from '../../../src/emulator/charts.ts'
import { apr1 } from '../../../src/emulator/kubernetes/htpasswd.ts'
import type { KubernetesEmulator } from '../../../src/emulator/kubernetes/server.ts'
import { findHelm, type Helm, helmFor } from './helm.ts'
import { ask, start, until } from './support.ts'

const folder = fileURLToPath(new URL('../../../src/emulator/chart/skypilot', import.meta.url))
const binary = await findHelm()
const withHelm = binary === undefined ? describe.skip : describe

/** What the preset sets (auth: iam). */
const values = {
  apiService: {
    dbConnectionSecretName: 'skypilot-db-connection-uri',
    config: null,
    annotations: { 'slipway.dev/secrets': '1' },
  },
  rbac: {
    serviceAccountName: 'prod-api-sa',
    serviceAccountAnnotations: {
      'iam.gke.io/gcp-service-account': 'prod-skypilot@acme.iam.gserviceaccount.com',
    },
  },
  ingress: { authSecret: 'skypilot-login' },
  'ingress-nginx': { controller: { service: { loadBalancerIP: '198.51.100.9' } } },
  storage: { annotations: { 'helm.sh/resource-policy': 'keep' } },
  extraInitContainers: [
    {
      name: 'cloud-sql-proxy',
      restartPolicy: 'Always',
      image: 'proxy:2.14.1',
      startupProbe: { httpGet: { path: '/startup', port: 9801 } },
    },
  ],
}

let cluster: KubernetesEmulator
let helm: Helm
let charts: readonly PackedChart[]
let archives: ReadonlyMap<string, string>
let valuesFile: string

const secret = (name: string, stringData: JsonObject) =>
  ask(cluster, 'POST', '/api/v1/namespaces/skypilot/secrets', { body: { metadata: { name }, stringData } })

beforeAll(async () => {
  charts = await packCharts(folder)
  if (binary === undefined) return
  cluster = await start()
  helm = await helmFor(binary, cluster)
  archives = new Map(
    await Promise.all(
      charts.map(
        async chart => [chart.version, await helm.write(`${chart.version}.tgz`, chart.archive)] as const,
      ),
    ),
  )
  valuesFile = await helm.write('values.json', JSON.stringify(values))
  await ask(cluster, 'POST', '/api/v1/namespaces', { body: { metadata: { name: 'skypilot' } } })
  await secret('skypilot-db-connection-uri', { connection_string: 'postgresql://127.0.0.1/skypilot' })
  await secret('skypilot-login', { auth: `skypilot:${apr1('pass', 'saltsalt')}` })
})
afterAll(async () => {
  if (binary === undefined) return
  await Promise.all([cluster.close(), helm.dispose()])
})

const upgrade = (version: string, ...more: readonly string[]) =>
  helm.run([
    'upgrade',
    '--install',
    'skypilot',
    archives.get(version) ?? '',
    '--namespace',
    'skypilot',
    '--values',
    valuesFile,
    '--server-side=true',
    '--force-conflicts',
    '--reset-values',
    '--timeout',
    '20s',
    ...more,
  ])
const live = (kind: string, name: string) => cluster.get(kind, 'skypilot', name)
const ready = (name: string) =>
  until(() => (valueAt(live('Deployment', name), ['status', 'readyReplicas']) === 1 ? true : undefined))
const image = () =>
  valueAt(live('Deployment', 'skypilot-api-server'), ['spec', 'template', 'spec', 'containers'])

withHelm('a real helm', () => {
  test('installs the chart; its server becomes healthy behind its login', async () => {
    expect(await upgrade('0.12.2')).toMatchObject({ code: 0 })
    await Promise.all([ready('skypilot-api-server'), ready('skypilot-ingress-nginx-controller')])
    const url = await until(() => cluster.addresses.get('198.51.100.9'))
    const headers = { authorization: `Basic ${Buffer.from('skypilot:pass').toString('base64')}` }
    const answer = await fetch(`${url}/api/health`, { headers })
    expect(await answer.json()).toMatchObject({ status: 'healthy', version: '0.12.2' })
  })

  test('a dry run on the server writes nothing', async () => {
    const from = cluster.audit.length
    expect(await upgrade('0.13.0', '--dry-run=server')).toMatchObject({ code: 0 })
    const verbs = new Set(cluster.audit.slice(from).map(entry => entry.verb))
    expect([...verbs].filter(verb => !['get', 'list'].includes(verb))).toEqual([])
  })

  test('upgrades to the next version', async () => {
    expect(await upgrade('0.13.0')).toMatchObject({ code: 0 })
    expect(image()).toMatchObject([{ image: 'berkeleyskypilot/skypilot:0.13.0' }, {}])
    await ready('skypilot-api-server')
  })

  test('the same upgrade once more changes no object, and no declared field differs', async () => {
    const versions = () =>
      [
        'Deployment/skypilot-api-server',
        'Service/skypilot-api-service',
        'Ingress/skypilot-ingress',
        'ConfigMap/skypilot-config',
        'PersistentVolumeClaim/skypilot-state',
      ].map(each =>
        valueAt(live(each.split('/')[0] ?? '', each.split('/')[1] ?? ''), ['metadata', 'resourceVersion']),
      )
    const before = versions()
    expect(await upgrade('0.13.0')).toMatchObject({ code: 0 })
    expect(versions()).toEqual(before)
  })

  test('a removed value disappears from the live object, and a rollback brings it back', async () => {
    const annotations = () =>
      valueAt(live('Deployment', 'skypilot-api-server'), ['spec', 'template', 'metadata', 'annotations'])
    expect(await upgrade('0.13.0', '--set', 'apiService.annotations=null')).toMatchObject({ code: 0 })
    expect(annotations()).toBeUndefined()
    expect(await helm.run(['rollback', 'skypilot', '2', '--namespace', 'skypilot'])).toMatchObject({
      code: 0,
    })
    expect(annotations()).toEqual({ 'slipway.dev/secrets': '1' })
  })

  test('every object of the release bears the label by which Slipway lists them', async () => {
    const { stdout } = await helm.run(['get', 'manifest', 'skypilot', '--namespace', 'skypilot'])
    const labelled = cluster
      .objects()
      .filter(object => valueAt(object, ['metadata', 'labels', 'app.kubernetes.io/managed-by']) === 'Helm')
      // ingress-nginx has the label in its pod template too, so what its Deployment makes bears it.
      .filter(object => valueAt(object, ['metadata', 'ownerReferences']) === undefined)
    expect(labelled.length).toBe((stdout.match(/^kind:/gm) ?? []).length + 1) // the namespace that only the first install renders
  })

  test('an immutable field ends the upgrade with the server’s words', async () => {
    const answer = await upgrade('0.13.0', '--set', 'storage.size=1Gi')
    expect([answer.code, answer.stderr]).toEqual([
      1,
      expect.stringContaining('field can not be less than status.capacity'),
    ])
  })

  test('a wait for pods that cannot be pulled ends with the timeout, and the reason can be read', async () => {
    cluster.behaviour.imagePull = 'fail'
    const answer = await upgrade(
      '0.13.0',
      '--set',
      'apiService.image=nowhere/none:1',
      '--wait',
      '--timeout',
      '3s',
    )
    expect(answer.code).toBe(1)
    const reasons = cluster
      .objects()
      .filter(object => object.kind === 'Pod')
      .map(pod => JSON.stringify(pod.status))
    expect(reasons).toContainEqual(expect.stringContaining('ImagePullBackOff'))
    delete cluster.behaviour.imagePull
    expect(await upgrade('0.13.0')).toMatchObject({ code: 0 })
  })

  test('the chart refuses what the published one refuses', async () => {
    const template = async (set: string) =>
      (await helm.run(['template', 'x', archives.get('0.13.0') ?? '', '--values', valuesFile, '--set', set]))
        .stderr
    expect(await template('apiService.resources.requests.cpu=2')).toContain('at least 4 CPUs and 8Gi')
    expect(await template('apiService.config=x')).toContain('apiService.config must be null')
    expect(await template('apiService.upgradeStrategy=RollingUpdate')).toContain('storage.enabled=false')
  })

  test('an uninstall leaves the claim', async () => {
    expect(await helm.run(['uninstall', 'skypilot', '--namespace', 'skypilot'])).toMatchObject({ code: 0 })
    expect([
      live('Deployment', 'skypilot-api-server'),
      valueAt(live('PersistentVolumeClaim', 'skypilot-state'), ['status', 'phase']),
    ]).toEqual([undefined, 'Bound'])
  })

  test('a viewer cannot install', async () => {
    const reader = await helmFor(binary ?? '', cluster, 'reader')
    const answer = await reader.run([
      'upgrade',
      '--install',
      'x',
      archives.get('0.13.0') ?? '',
      '--namespace',
      'skypilot',
    ])
    await reader.dispose()
    expect([answer.code, answer.stderr]).toEqual([
      1,
      expect.stringContaining('cannot list resource "secrets"'),
    ])
  })
})

describe('the chart server', () => {
  let server: Server
  let url: string
  beforeAll(async () => {
    server = createServer(serveCharts(charts))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    url = `127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => new Promise(resolve => server.close(resolve)))

  test('packs the same bytes each time, two versions of them', async () => {
    const again = await packCharts(folder)
    expect(again.map(chart => chart.sha256)).toEqual(charts.map(chart => chart.sha256))
    expect(again.map(chart => chart.version)).toEqual(['0.13.0', '0.12.2'])
    expect(new Set(again.map(chart => chart.sha256)).size).toBe(2)
  })

  test('the index gives digests that the archives have', async () => {
    const index = await (await fetch(`http://${url}/index.yaml`)).text()
    for (const chart of charts) {
      expect(index).toContain(`digest: ${chart.sha256}`)
      const archive = await (await fetch(`http://${url}/skypilot-${chart.version}.tgz`)).arrayBuffer()
      expect(Buffer.from(archive).equals(chart.archive)).toBe(true)
    }
    expect((await fetch(`http://${url}/skypilot-9.9.9.tgz`)).status).toBe(404)
  })

  test('the registry leads from a tag to the archive', async () => {
    const base = `http://${url}/v2/charts/skypilot`
    const manifest: unknown = await (await fetch(`${base}/manifests/0.13.0`)).json()
    const layers = isObject(manifest) && Array.isArray(manifest.layers) ? manifest.layers : []
    const digest = valueAt(layers[0], ['digest'])
    expect(digest).toBe(`sha256:${charts[0]?.sha256}`)
    const blob = await fetch(`${base}/blobs/${digest}`)
    expect([blob.status, blob.headers.get('docker-content-digest')]).toEqual([200, digest])
    expect((await fetch(`${base}/manifests/0.9.9`)).status).toBe(404)
    expect((await fetch(`${base}/blobs/uploads/`, { method: 'POST' })).status).toBe(405)
  })

  const pull = binary === undefined ? test.skip : test
  pull('a real helm pulls from both', async () => {
    const [repository, registry] = await Promise.all([
      helm.run(['pull', 'skypilot', '--repo', `http://${url}`, '--version', '0.12.2']),
      helm.run(['pull', `oci://${url}/charts/skypilot`, '--version', '0.13.0', '--plain-http']),
    ])
    expect([repository, registry]).toMatchObject([{ code: 0 }, { code: 0 }])
  })
})
