import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { loadEnvironments } from '../../src/commands/load.ts'
import { type Composed, compose } from '../../src/compose.ts'
import { Redactor } from '../../src/core/secret.ts'
import { type Emulator, startEmulator } from '../../src/emulator/index.ts'
import { kinds } from '../../src/kinds/registry.ts'

const project = 'acme-ml'
const preset = ['app: skypilot', `project: ${project}`, 'location: us-central1', 'state: cloudsql', '']
const more = [
  'projectIam:',
  "  - {role: roles/viewer, member: 'group:ml@acme.com'}",
  "  - {role: roles/browser, member: 'group:ml@acme.com', condition: {title: a, expression: 'true'}}",
  'namespaces: {lab: {}}',
  '',
]
const resources = (lines: readonly string[]) =>
  loadEnvironments(
    [{ path: 'environments/prod.yaml', text: lines.join('\n') }],
    () => undefined,
  ).subjects.flatMap(subject => subject.resources)

describe('an identity names its resource', () => {
  const all = resources([...preset, ...more])
  test('of every kind', () => {
    expect(new Set(all.map(({ kind }) => kind)).size).toBe(kinds.length)
  })
  test.each(all.map(resource => [resource.identity, resource] as const))('%s', (identity, resource) => {
    const named = kinds.flatMap(kind => kind.named?.(identity) ?? [])
    if (identity.includes(' if ')) return expect(named).toEqual([])
    expect(named).toMatchObject([{ kind: resource.kind, identity }])
  })
  test.each([
    '',
    'nonsense',
    '//compute.googleapis.com/projects/p/regions/r/addresses/',
    '//a/projects/p#x y z',
  ])('and nothing else: %j', identity => {
    expect(kinds.flatMap(kind => kind.named?.(identity) ?? [])).toEqual([])
  })
})

describe('what a mark says', () => {
  let google: Emulator
  let composed: Composed
  beforeEach(async () => {
    google = await startEmulator()
    google.seed().enable('serviceusage', 'iam', 'compute', 'container', 'sqladmin', 'secretmanager')
    composed = compose({
      env: { ...google.endpoints, CLOUDSDK_AUTH_ACCESS_TOKEN: 'owner' },
      ...{ engine: '1', role: 'planner', identities: () => ({}), idToken: undefined, folder: '/nowhere' },
      signal: new AbortController().signal,
      ...{ redactor: new Redactor(), values: {}, onEvent: () => undefined, progress: () => undefined },
    })
  })
  afterEach(async () => {
    await composed.dispose()
    await google.close()
  })

  test('is the same by its list as by a look at what the identity names', async () => {
    const seed = google.seed()
    const label = { 'slipway-environment': 'prod' }
    seed.serviceAccount('ours-robot', { description: '[slipway-environment=prod]' })
    seed.serviceAccount('theirs-robot')
    seed.secret('ours', ['x'], { labels: label })
    seed.secret('theirs', ['x'])
    const pool = (name: string, resourceLabels: Readonly<Record<string, string>>) => ({
      name,
      initialNodeCount: 1,
      config: { resourceLabels },
    })
    await seed.cluster('us-central1', 'ours', {
      resourceLabels: label,
      nodePools: [pool('ours', label), pool('theirs', {})],
    })
    await seed.sqlInstance('ours', {
      ...{ databaseVersion: 'POSTGRES_16', region: 'us-central1' },
      settings: { tier: 'db-custom-2-7680', edition: 'ENTERPRISE', userLabels: label },
    })
    const found: string[] = []
    for (const { kind, marks, named, observe } of kinds) {
      for (const [identity, mark] of (await marks?.(project, composed.bench.planning(project), [])) ?? []) {
        const resource = named?.(identity)
        if (resource === undefined) throw new Error(`${identity} names nothing`)
        const seen = (await observe([resource], composed.bench.planning(project))).get(resource.address)
        expect([identity, mark, seen]).toEqual([identity, 'prod', expect.objectContaining({ mark: 'prod' })])
        found.push(`${kind} ${resource.name}`)
      }
    }
    expect(found.sort()).toEqual([
      'cluster ours',
      'node-pool ours',
      'secret ours',
      'service-account ours-robot',
      'sql-instance ours',
    ])
  })
})
