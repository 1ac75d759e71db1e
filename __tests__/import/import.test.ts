import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import type { ImportFlags } from '../../src/cli/import.ts'
import { type Emulator, startEmulator } from '../../src/emulator/index.ts'
import type { KubernetesEmulator } from '../../src/emulator/kubernetes/server.ts'
import { ask } from '../emulator/kubernetes/support.ts'
import { emptyCluster } from './converge.ts'
import { runImport, type Where } from './terminal.ts'

let kubernetes: KubernetesEmulator
let google: Emulator
beforeAll(async () => {
  kubernetes = await emptyCluster()
})
afterAll(() => kubernetes.close())
beforeEach(async () => {
  google = await startEmulator({
    startKubernetes: async () => ({
      endpoint: `127.0.0.1:${kubernetes.port}`,
      caCertificateBase64: Buffer.from(kubernetes.caCertificate).toString('base64'),
    }),
    identities: [
      { email: 'owner@example.com', token: 'owner', roles: ['roles/owner'] },
      {
        email: 'jo@example.com',
        token: 'jo',
        roles: ['roles/container.viewer', 'roles/serviceusage.serviceUsageViewer'],
      },
    ],
  })
  google.seed().enable('compute', 'container', 'iam', 'cloudresourcemanager', 'sqladmin', 'secretmanager')
})
afterEach(() => google.close())

const run = (flags: ImportFlags = {}, where: Partial<Where> = {}) => runImport(google.endpoints, flags, where)
const instance = {
  region: 'us-central1',
  databaseVersion: 'POSTGRES_16',
  settings: { tier: 'db-custom-2-7680', edition: 'ENTERPRISE' },
}

describe('what cannot be decided is said', () => {
  test('nothing is there', async () => {
    await expect(run()).rejects.toThrow('Project acme-ml has neither a cluster nor a Cloud SQL instance')
  })

  test('two clusters', async () => {
    await google.seed().cluster('us-central1-a', 'one', { initialNodeCount: 1 })
    await google.seed().cluster('us-east1-b', 'two', { initialNodeCount: 1 })
    await expect(run()).rejects.toThrow('2 clusters that could be meant: us-central1-a/one, us-east1-b/two')
    await expect(run({}, { cluster: 'three' })).rejects.toThrow('There is no cluster three')
    const { code, out, said } = await run({}, { cluster: 'us-east1-b/two' })
    expect([code, parse(out)]).toMatchObject([0, { location: 'us-east1-b', cluster: { name: 'two' } }])
    expect(said).toContain('1 cluster (one): an environment has one')
  })

  test('two instances, and one of them by its name', async () => {
    await google.seed().sqlInstance('first', instance)
    await google.seed().sqlInstance('second', instance)
    await google.seed().cluster('us-central1-a', 'one', { initialNodeCount: 1 })
    const open = await run()
    expect(open.out).not.toContain('database:')
    expect(open.said).toContain('2 Cloud SQL instances (first and second)')
    expect(parse((await run({ instance: 'second' })).out)).toMatchObject({ database: { name: 'second' } })
    await expect(run({ instance: 'third' })).rejects.toThrow('There is no Cloud SQL instance third')
  })

  test('a missing permission is named, and the exit code says that the file is not whole', async () => {
    await google.seed().cluster('us-central1-a', 'one', { initialNodeCount: 1 })
    await google.seed().sqlInstance('first', instance)
    const { code, out, said } = await run({}, { token: 'jo' })
    expect(code).toBe(1)
    for (const permission of [
      'cloudsql.instances.list',
      'iam.serviceAccounts.list',
      'compute.addresses.list',
    ])
      expect([out.replace(/\n# +/g, ' '), said]).toEqual([
        expect.stringContaining(permission),
        expect.stringContaining(permission),
      ])
    expect(parse(out)).toMatchObject({ cluster: { name: 'one' } })
  })
})

describe('names and texts that somebody else chose', () => {
  test('stay values, wherever they stand', async () => {
    const seed = google.seed()
    await seed.sqlInstance('main', {
      ...instance,
      settings: {
        ...instance.settings,
        userLabels: { team: 'ml' },
        databaseFlags: [{ name: 'cloudsql.iam_authentication', value: 'on' }],
      },
    })
    seed.serviceAccount('server-1', { displayName: '- "a": [b] # c', description: 'no: {x}\n# yes' })
    await addDatabase('Ünder Score: #1')
    await addDatabase('a-b')
    await addDatabase('a_b')
    await addDatabase('evil\u202egnp')
    await seed.sqlUser('main', { name: 'app', password: 'Xq7-never-shown' })
    await seed.sqlUser('main', { name: 'jo.doe@example.com', type: 'CLOUD_IAM_USER' })
    const { code, out, said } = await run()
    expect([code, out + said]).toEqual([0, expect.not.stringContaining('Xq7-never-shown')])
    expect(parse(out)).toMatchObject({
      serviceAccounts: { 'server-1': { displayName: '- "a": [b] # c' } },
      database: {
        labels: { team: 'ml' },
        databases: { 'a-b': {}, 'a-b-2': { name: 'a_b' } },
        users: { 'jo-doe': { name: 'jo.doe@example.com', type: 'iam-user' } },
      },
    })
    expect(Object.keys(parse(out).database.databases)).toEqual(['a-b', 'a-b-2'])
    expect(said).toContain('database.databases.nder-score-1: Slipway cannot say it')
    expect(said).toContain('characters that cannot be seen')
    expect(said).toContain('1 database user (app)')
    expect(out + said).not.toContain('\u202e')
  })

  const addDatabase = async (name: string): Promise<void> => {
    const answer = await fetch(`${google.url}/sql/v1/projects/acme-ml/instances/main/databases`, {
      method: 'POST',
      headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    })
    expect(answer.status).toBe(200)
    await google.finish()
  }

  test('what belongs to an environment already stays there', async () => {
    const seed = google.seed()
    await seed.cluster('us-central1-a', 'one', {
      initialNodeCount: 1,
      resourceLabels: { 'slipway-environment': 'prod' },
    })
    seed.serviceAccount('taken-one', { description: 'x [slipway-environment=prod]' })
    const { code, out, said } = await run()
    expect([code, parse(out).cluster]).toEqual([0, { use: 'one' }])
    expect(out).not.toMatch(/^serviceAccounts:/m)
    expect(said).toContain('The cluster one: it belongs to environment prod')
    expect(said).toContain('it belongs to environment prod already')
  })
})

describe('where it is written to', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-import-'))
    await google.seed().cluster('us-central1-a', 'one', { initialNodeCount: 1 })
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test('a file gives the environment its name, and is never written over unasked', async () => {
    const first = await run({ out: 'prod.yaml' }, { cwd: folder })
    expect([first.code, first.out]).toEqual([0, ''])
    const text = await readFile(join(folder, 'prod.yaml'), 'utf8')
    expect(text).not.toMatch(/^name:/m)
    expect(first.said).toContain('prod   2 to adopt')
    await writeFile(join(folder, 'prod.yaml'), 'mine\n')
    await expect(run({ out: 'prod.yaml' }, { cwd: folder })).rejects.toThrow('is there already')
    expect(await readFile(join(folder, 'prod.yaml'), 'utf8')).toBe('mine\n')
    await run({ out: 'prod.yaml', force: true }, { cwd: folder })
    expect(await readFile(join(folder, 'prod.yaml'), 'utf8')).toBe(text)
  })

  test('a file that cannot be an environment’s is refused before anything is asked', async () => {
    await expect(run({ out: 'Prod.yaml' }, { cwd: folder })).rejects.toThrow(
      'cannot be the file of an environment',
    )
    await expect(run({ out: 'prod.txt' }, { cwd: folder })).rejects.toThrow(
      'cannot be the file of an environment',
    )
    expect(google.requests.all).toEqual([])
  })

  test('nothing is written to the project', async () => {
    await run()
    const wrote = google.requests.all.filter(
      ({ httpMethod, path }) => httpMethod !== 'GET' && !path.endsWith(':getIamPolicy'),
    )
    expect(wrote).toEqual([])
    expect(kubernetes.audit.filter(({ verb }) => !['get', 'list'].includes(verb))).toEqual([])
  })
})

test('a namespace of people’s own is taken over, Kubernetes’ are not', async () => {
  const body = { metadata: { name: 'research' } }
  await ask(kubernetes, 'POST', '/api/v1/namespaces', { token: 'owner', body })
  await google.seed().cluster('us-central1-a', 'one', { initialNodeCount: 1 })
  const { code, out } = await run()
  expect([code, parse(out).namespaces]).toEqual([0, { research: {} }])
})
