import { describe, expect, test } from '@jest/globals'
import { forPods, machineSize } from '../../src/environment/checks/machines.ts'
import { cores, gibibytes } from '../../src/environment/checks/quantities.ts'
import { complaints, four, load } from './load.ts'

const values = (text: string) => `${four}release:\n  values: ${text}\n`

describe('what is known to fail is refused before anything is made', () => {
  test.each([
    [
      'nodes too small',
      `${four}nodePools: {default: {machineType: e2-standard-4}}\n`,
      /^e\/dev\.yaml:5:36 {2}machineType: the API server asks for 4\.25 cores and 8\.25 GiB; a node of e2-standard-4 has about 3\.\d+ cores/,
    ],
    [
      'nodes with too little memory',
      `${four}nodePools: {default: {machineType: n1-highcpu-8}}\n`,
      /a node of n1-highcpu-8 has about/,
    ],
    [
      'requests that are too large',
      values('{apiService: {resources: {requests: {cpu: "8", memory: 8Gi}}}}'),
      /asks for 8\.25 cores and 8\.25 GiB; a node of e2-standard-8/,
    ],
    [
      'too few connections by tier',
      `${four}database: {tier: db-f1-micro}\n`,
      /^e\/dev\.yaml:5:18 {2}tier: db-f1-micro gives 25 connections; the API server needs up to/,
    ],
    [
      'too few connections by flag',
      `${four}database: {flags: {max_connections: 20}}\n`,
      /^e\/dev\.yaml:5:37 {2}max_connections: this gives 20 connections/,
    ],
    [
      'no login',
      values('{ingress: {authSecret: null}}'),
      /^e\/dev\.yaml:6:12 {2}authSecret: without it anybody who finds the address can use the API server\./,
    ],
    ['an empty login', values('{ingress: {authSecret: ""}}'), /authSecret: without it anybody/],
    [
      'a hash in the file',
      values('{ingress: {authCredentials: "sky:$apr1$x"}}'),
      /authCredentials: a password hash does not belong in a file\./,
    ],
    [
      'a connection string',
      values('{apiService: {dbConnectionString: "postgresql://a:b@c/d"}}'),
      /dbConnectionString: a connection string with a password/,
    ],
    [
      'a password of some chart',
      values('{grafana: {adminPassword: hunter2hunter2}}'),
      /^e\/dev\.yaml:6:\d+ {2}grafana\.adminPassword: the value looks like a secret/,
    ],
    [
      'a token in a variable',
      values('{apiService: {extraEnvs: [{name: GITHUB_TOKEN, value: ghp_0123456789}]}}'),
      /apiService\.extraEnvs: the value looks like a secret/,
    ],
    [
      'a password in an address',
      values('{proxy: {url: "http://me:hunter2@proxy:3128"}}'),
      /proxy\.url: the value looks like a secret/,
    ],
    [
      'a password as a literal',
      `${four}namespaces: {skypilot: {secrets: {mine: {data: {password: {from: literal, value: hunter2}}}}}}\n`,
      /^e\/dev\.yaml:5:\d+ {2}password: a literal is for what is no secret/,
    ],
    [
      'a password inside a literal',
      `${four}namespaces: {skypilot: {secrets: {mine: {data: {url: {from: literal, value: "amqp://a:b@c"}}}}}}\n`,
      /url: a literal is for what is no secret/,
    ],
    [
      'a configuration beside a database',
      values('{apiService: {config: "a: 1"}}'),
      /config: the server does not start with both/,
    ],
    [
      'two replicas',
      values('{apiService: {replicas: 2}}'),
      /^e\/dev\.yaml:6:35 {2}replicas: the API server runs as one replica only\./,
    ],
    [
      'keys that are gone',
      values('{ingress: {httpNodePort: 30050}}'),
      /httpNodePort: charts since 0\.11\.0 no longer know this key/,
    ],
    [
      'rolling updates on one disk',
      values('{apiService: {upgradeStrategy: RollingUpdate}}'),
      /upgradeStrategy: RollingUpdate needs storage that two pods can mount/,
    ],
    [
      'an old chart',
      `${four}release: {version: 0.10.0}\n`,
      /^e\/dev\.yaml:5:20 {2}version: "0\.10\.0" of the chart is too old/,
    ],
    [
      'an old Kubernetes',
      `${four}cluster: {version: "1.28"}\n`,
      /^e\/dev\.yaml:5:20 {2}version: Kubernetes 1\.28 does not start the database proxy before the server\./,
    ],
    [
      'pools of an Autopilot',
      `${four}cluster: {mode: autopilot}\nnodePools: {gpu: {machineType: g2-standard-4}}\n`,
      /nodePools: an Autopilot cluster makes its nodes by itself\./,
    ],
    [
      'another identity than the bound one',
      `${four}serviceAccounts: {skypilot: {workloadIdentity: [a/b]}}\n`,
      /serviceAccountName: skypilot\/dev-api-sa may not act as dev-skypilot@/,
    ],
    [
      'a secret without the key',
      values('{ingress: {authSecret: skypilot-db-connection-uri}}'),
      /authSecret: the Secret skypilot-db-connection-uri has no key auth, which the chart reads\./,
    ],
    [
      'a long database user',
      `${four.replace('acme-ml', 'acme-machine-learning-for-all')}names: {serviceAccount: skypilot-cloud-sql-access-long}\n`,
      /name: the database user ".*\.iam" has 64 bytes; PostgreSQL takes 63\./,
    ],
  ])('%s', (_, text, expected) => {
    expect(complaints(text)).toEqual([expect.stringMatching(expected)])
  })

  test('a release without a cluster', () => {
    const text = 'project: acme-ml\nlocation: us-central1\nnamespaces: {a: {}}\n'
    expect(complaints(text)).toEqual([
      'e/dev.yaml:3:1  namespaces: there is no cluster for them.\n  Add `cluster: {…}`, or `cluster: {use: NAME}` for one that exists.',
    ])
  })

  test('a Standard cluster without nodes', () => {
    const text = 'project: acme-ml\nlocation: us-central1\ncluster: {mode: standard}\n'
    const said = [
      expect.stringMatching(/^e\/dev\.yaml:3:\d+ {2}cluster: a Standard cluster is made with at least one/),
    ]
    expect(complaints(text)).toEqual(said)
    expect(complaints(`${text}nodePools: {}\n`)).toEqual(said)
    expect(complaints(`${text}nodePools: {default: {nodes: 1}}\n`)).toEqual([])
    expect(complaints(text.replace('standard', 'autopilot'))).toEqual([])
    expect(complaints(text.replace('mode: standard', 'use: shared'))).toEqual([])
  })

  test('what only names a secret, is put together from references, or is said to be none, is let through', () => {
    const fine = [
      '{grafana: {existingSecret: mine, passwordKey: password, adminPassword: ""}}',
      '{grafana: {adminPassword: {$text: ["none"]}, tokenPassword: {$ref: "address/dev#address"}}}',
      '{automountServiceAccountToken: true, tokens: {ttl: 5}}',
    ]
    expect(fine.flatMap(text => complaints(values(text)))).toEqual([])
    const data = '{connection_string: {from: literal, value: "postgresql://127.0.0.1/a?user=b"}}'
    expect(complaints(`${four}namespaces: {skypilot: {secrets: {mine: {data: ${data}}}}}\n`)).toEqual([])
  })

  test('no login is fine where nobody can come in, or where OAuth asks', () => {
    expect(complaints(values('{ingress: {enabled: false, authSecret: null}}'))).toEqual([])
    expect(complaints(values('{ingress: {authSecret: null}, auth: {oauth: {enabled: true}}}'))).toEqual([])
  })

  test('a second pool that is large enough makes room', () => {
    const pools = '{default: {machineType: e2-medium}, big: {machineType: n2-standard-16, nodes: 1}}'
    expect(complaints(`${four}nodePools: ${pools}\n`)).toEqual([])
  })

  test('machine types that nobody knows are not judged', () => {
    expect(complaints(`${four}nodePools: {default: {machineType: z9-mega-2}}\n`)).toEqual([])
    expect(forPods('z9-mega-2')).toBeUndefined()
  })

  test('a Secret that the file does not make is a warning', () => {
    const { notes } = load(values('{ingress: {authSecret: mine}}'))
    expect(notes).toContainEqual(
      expect.objectContaining({
        level: 'warning',
        message: 'release/skypilot reads the Kubernetes Secret mine, which this file does not make.',
        source: { file: 'e/dev.yaml', line: 6, column: 34 },
      }),
    )
  })

  test.each([
    ['e2-standard-8', { cores: 8, gibibytes: 32 }],
    ['e2-custom-4-16384', { cores: 4, gibibytes: 16 }],
    ['n2-highmem-4', { cores: 4, gibibytes: 32 }],
    ['e2-medium', { cores: 2, gibibytes: 4 }],
    ['c3-standard-8-lssd', { cores: 8, gibibytes: 32 }],
  ])('%s', (type, size) => expect(machineSize(type)).toEqual(size))

  test.each([
    ['500m', 0.5],
    ['4', 4],
    [4.5, 4.5],
    ['x', undefined],
  ])('%s cores', (text, expected) => expect(cores(text)).toBe(expected))

  test.each([
    ['8Gi', 8],
    ['512Mi', 0.5],
    ['8G', 8e9 / 2 ** 30],
    ['x', undefined],
  ])('%s of memory', (text, expected) => expect(gibibytes(text)).toBe(expected))
})
