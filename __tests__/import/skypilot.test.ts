import { describe, expect, test } from '@jest/globals'
import { type JsonObject, valueAt } from '../../src/core/json.ts'
import { showProblem } from '../../src/core/problem.ts'
import { loadEnvironment } from '../../src/environment/load.ts'
import type { Charted } from '../../src/import/charts.ts'
import { shortDraft } from '../../src/import/skypilot.ts'
import { type SkypilotShape, skypilotShape } from '../../src/import/skypilot-shape.ts'
import type { Survey } from '../../src/import/survey.ts'
import { textOf } from '../../src/import/text.ts'

const connection = 'acme-ml:us-central1:main'
const account = { email: 'sky-db@acme-ml.iam.gserviceaccount.com' }
const metadata = (name: string, annotations: JsonObject = {}) => ({ name, namespace: 'sky', annotations })

interface Live {
  readonly args?: readonly string[]
  readonly login?: string
  readonly annotated?: boolean
  readonly values?: JsonObject
  readonly chart?: { readonly name: string; readonly version: string }
}

/** A release as the cluster and helm show it. */
const charted = ({
  args = [connection, '--auto-iam-authn'],
  login,
  annotated = true,
  values = {},
  chart,
}: Live): Charted => {
  const identity: JsonObject = annotated ? { 'iam.gke.io/gcp-service-account': account.email } : {}
  const auth: JsonObject =
    login === undefined ? {} : { 'nginx.ingress.kubernetes.io/auth-secret': `sky/${login}` }
  const pod = {
    serviceAccountName: 'sky-sa',
    initContainers: [{ name: 'proxy', args }],
    containers: [{ name: 'skypilot-api' }],
  }
  const objects = [
    { kind: 'Deployment', metadata: metadata('sky-api-server'), spec: { template: { spec: pod } } },
    { kind: 'ServiceAccount', metadata: metadata('sky-sa', identity) },
    { kind: 'Ingress', metadata: metadata('sky-ingress', auth) },
  ] as unknown as readonly JsonObject[]
  const stored = { status: 'deployed', values, chart: chart ?? { name: 'skypilot', version: '0.13.0' } }
  return {
    release: { name: 'sky', namespace: 'sky', objects, stored },
    stored,
    repository: 'https://helm.skypilot.co',
    chart: {
      path: '',
      sha256: '',
      ...stored.chart,
      values: { ingress: { authSecret: null } },
      lookupTemplates: [],
      varies: false,
      kinds: [],
    },
  }
}

const survey = (databases: readonly string[] = ['sky']): Survey => ({
  project: 'acme-ml',
  clusters: [],
  instances: [
    {
      instance: { name: 'main', region: 'us-east1', databaseVersion: 'POSTGRES_16' },
      databases: [...databases, 'postgres'].map(name => ({ name })),
      users: [{ name: 'sky', type: 'BUILT_IN' }],
    },
  ],
  accounts: [{ account, roles: ['roles/cloudsql.client'], workloads: [] }],
  addresses: [{ name: 'lb', region: 'us-central1', address: '203.0.113.9', facts: {} }],
  secrets: [],
  services: new Set(),
})

const shapeOf = (live: Live, seen = survey()): SkypilotShape => {
  const shape = skypilotShape(charted(live), seen)
  if (typeof shape === 'string') throw new Error(shape)
  return shape
}

const place = {
  environment: 'prod',
  named: true,
  project: 'acme-ml',
  location: 'us-central1',
  cluster: 'one',
}

/** The short file of a shape, and what it stands for. */
const fileOf = (live: Live) => {
  const { document, ...rest } = shortDraft(place, shapeOf(live))
  const loaded = loadEnvironment('prod.yaml', textOf({ document, ...rest }, []))
  if ('problems' in loaded) throw new Error(loaded.problems.map(showProblem).join('\n'))
  const spec = (address: string) => loaded.environment.resources.find(one => one.address === address)?.spec
  return { document, spec, addresses: loaded.environment.resources.map(({ address }) => address) }
}

describe('the shape is known by its wiring', () => {
  test('whatever its names are', () => {
    expect(fileOf({ login: 'web' }).document).toMatchObject({
      names: {
        serviceAccount: 'sky-db',
        kubernetesServiceAccount: 'sky-sa',
        instance: 'main',
        database: 'sky',
        namespace: 'sky',
        release: 'sky',
      },
      login: { kubernetesSecret: 'web' },
      database: { region: 'us-east1' },
      addresses: { prod: null },
    })
  })

  test.each<[string, Live, string]>([
    ['no proxy', { args: ['--port=5432'] }, 'no proxy connects it to Cloud SQL'],
    ['two instances', { args: [connection, 'acme-ml:us-east1:other'] }, 'connect to 2 instances'],
    ['another project', { args: ['other-ml:us-central1:main'] }, 'is not in project acme-ml'],
  ])('%s: it is another one', (_, live, why) => {
    expect(skypilotShape(charted(live), survey())).toContain(why)
  })

  test('a database that nobody can tell', () => {
    expect(skypilotShape(charted({}), survey(['a', 'b']))).toContain('nobody can tell which database')
    expect(skypilotShape(charted({}), survey(['a', 'skypilot-db']))).toMatchObject({
      database: 'skypilot-db',
    })
  })
})

describe('the short file', () => {
  test('with a reserved address: the address is taken over with it', () => {
    const values = { 'ingress-nginx': { controller: { service: { loadBalancerIP: '203.0.113.9' } } } }
    const { spec } = fileOf({ login: 'web', values })
    expect(spec('address/prod')).toMatchObject({ name: 'lb', region: 'us-central1' })
    expect(valueAt(spec('release/sky'), ['values', 'ingress-nginx', 'controller', 'service'])).toEqual({
      loadBalancerIP: { $ref: 'address/prod#address' },
    })
  })

  test.each<[string, JsonObject]>([
    ['without a host', {}],
    ['with one', { host: 'sky.acme.com' }],
  ])('behind OAuth, %s: no login is made, and nobody asks with one', (_, ingress) => {
    const { addresses, spec } = fileOf({ values: { ingress, auth: { oauth: { enabled: true } } } })
    expect(addresses.filter(address => address.includes('login'))).toEqual([])
    expect(spec('release/sky')?.health).toBeUndefined()
    expect(valueAt(spec('release/sky'), ['values', 'ingress']) ?? {}).not.toHaveProperty('authSecret')
  })

  test('with a password: the only account that may connect, and no password is made', () => {
    const { document, addresses } = fileOf({
      args: ['--credentials-file=/x', connection],
      annotated: false,
      login: 'web',
    })
    expect(document).toMatchObject({ names: { serviceAccount: 'sky-db' }, database: { auth: 'password' } })
    expect(addresses.filter(address => /^(secret|sql-user|kubernetes-secret)\//.test(address))).toEqual([])
  })

  test('of a nightly chart names the chart and its version', () => {
    const chart = { name: 'skypilot-nightly', version: '1.0.0-dev.20260808' }
    expect(fileOf({ login: 'web', chart }).document.release).toMatchObject({
      chart: chart.name,
      version: chart.version,
    })
  })
})
