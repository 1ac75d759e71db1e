import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { type Edit, otherEngine } from '../../action/bundle.ts'
import { path } from '../../action/files.ts'
import { startWorld, type World } from '../../action/world.ts'
import { bring, cloudOf, commentOn, counts, projectOf, propose, said, writes } from './path.ts'

jest.setTimeout(300_000)

let world: World
beforeEach(async () => {
  world = await startWorld({ files: { 'README.md': 'Infra\n' } })
  world.cloud.seed().enable('secretmanager')
})
afterEach(async () => {
  expect(world.scenario.github.violations).toEqual([])
  await world.close()
})

const environment = (...more: readonly string[]) =>
  [
    'project: acme-ml',
    'location: us-central1',
    'services: [iam, compute, cloudresourcemanager, secretmanager]',
    'serviceAccounts: {robot: {id: staging-robot, displayName: Robot}}',
    ...more,
    '',
  ].join('\n')

/** A pin of the engine, as the calling workflow has it. */
const pinned = (version: string) => ({
  '.github/workflows/slipway.yml': `uses: slipway-dev/slipway@v${version}\n`,
})

/** A version whose expansion makes more of every file. */
const making = (version: string, ...items: readonly object[]): string => {
  const file = 'src/environment/make.ts'
  const from = 'items.map(item => resourceOf(item, scope, checked))'
  const more = items.map(item => ({ sources: {}, ...item }))
  const to = `[...items, ...${JSON.stringify(more)}].map(item => resourceOf(item, scope, checked))`
  return otherEngine(version, [{ file, from, to }])
}
const spare = [
  {
    kind: 'address',
    name: 'spare',
    settings: { name: 'spare', region: 'us-central1', tier: 'PREMIUM' },
  },
  { kind: 'service-account', name: 'spare', settings: { id: 'staging-spare' } },
  {
    kind: 'grant',
    name: 'spare',
    settings: { role: 'roles/viewer', member: 'group:ml@acme.com', target: { project: 'acme-ml' } },
  },
]
const token = {
  kind: 'secret',
  name: 'token',
  settings: { name: 'staging-token', generate: { length: 32, alphabet: 'letters-digits' } },
}

const upgrade = (version: string, files: Readonly<Record<string, string>> = {}) => ({
  ...pinned(version),
  ...files,
})

describe('an engine whose preset no longer makes something', () => {
  beforeEach(async () => {
    const entry = making('0.0.9', ...spare)
    const { ended } = await bring(world, upgrade('0.0.9', { [path]: environment() }), { entry })
    expect(ended).toEqual(['success'])
  })

  test('lists what bears our mark as a removal, and shows what bears none', async () => {
    const { planned, number, ended } = await bring(world, pinned('0.1.0'))
    expect([planned.conclusion, counts(planned)]).toEqual(['success', { remove: 2 }])
    const comment = commentOn(world, number)
    for (const text of ['address/spare', 'service-account/staging-spare', 'roles/viewer group:ml@acme.com`'])
      expect(comment).toContain(text)
    expect(comment).toContain('so it stays')
    expect(ended).toEqual(['success'])
    expect(cloudOf(world)).toEqual({
      addresses: [],
      accounts: ['staging-robot'],
      grants: ['roles/viewer group:ml@acme.com'],
    })
    const later = await propose(world, { [path]: environment('addresses: {web: {tier: PREMIUM}}') })
    expect([counts(later.planned), commentOn(world, later.number)]).toEqual([
      { create: 1 },
      expect.not.stringContaining('so it stays'),
    ])
  })

  test('leaves what somebody else has marked since', async () => {
    const { addresses } = projectOf(world)
    const key = 'regions/us-central1/spare'
    addresses.set(key, { ...addresses.get(key), labels: { 'slipway-environment': 'other' } })
    const { planned, ended } = await bring(world, pinned('0.1.0'))
    expect([counts(planned), ended]).toEqual([{ remove: 1 }, ['success']])
    expect(cloudOf(world).addresses).toEqual(['spare'])
  })
})

test('what holds data is never lost for an upgrade: the plan is refused until the file names it', async () => {
  await bring(world, upgrade('0.0.9', { [path]: environment() }), { entry: making('0.0.9', token) })
  const { planned, number } = await propose(world, pinned('0.1.0'))
  expect([planned.conclusion, counts(planned)]).toEqual(['failure', { refused: 1 }])
  expect(commentOn(world, number)).toContain('was made for this environment and holds data')
  const named = environment('secrets: {token: {name: staging-token, generate: {length: 32}}}')
  const { ended } = await bring(world, upgrade('0.1.0', { [path]: named }))
  expect(ended).toEqual(['success'])
  expect([...projectOf(world).secrets.keys()]).toEqual(['staging-token'])
})

test('an engine that sets a value otherwise plans every environment, and says whose change it is', async () => {
  await bring(world, upgrade('0.1.0', { [path]: environment() }))
  const file = 'src/kinds/service-account/index.ts'
  const to = `spec: plain({ project, id, displayName: displayName + ' of Slipway',`
  const entry = otherEngine('0.2.0', [{ file, from: 'spec: plain({ project, id, displayName,', to }])
  const { planned, number, ended } = await bring(world, pinned('0.2.0'), { entry })
  expect([counts(planned), ended]).toEqual([{ change: 1 }, ['success']])
  expect(commentOn(world, number)).toContain('Robot of Slipway')
  expect(planned.summary).toContain('this version of Slipway sets it so')
  const account = [...projectOf(world).serviceAccounts.values()].map(({ resource }) => resource.displayName)
  expect(account).toEqual(['Robot of Slipway'])
})

describe('an engine that no longer accepts the file', () => {
  const strict: Edit = {
    file: 'src/kinds/address/schema.ts',
    from: '  description: z.string().min(1).optional(),\n',
    to: '',
  }
  const described = environment('addresses: {web: {tier: PREMIUM, description: Old}, api: {tier: PREMIUM}}')
  const plain = environment('addresses: {web: {tier: PREMIUM}}')
  let entry: string
  beforeEach(async () => {
    entry = otherEngine('0.2.0', [strict])
    expect((await bring(world, upgrade('0.1.0', { [path]: described }))).ended).toEqual(['success'])
  })

  test('says so on the pull request; merged all the same, it touches nothing', async () => {
    const before = writes(world).length
    const { planned, applied } = await bring(world, pinned('0.2.0'), { entry })
    expect(planned.conclusion).toBe('failure')
    expect(planned.annotations).toContainEqual(
      expect.objectContaining({ file: path, message: expect.stringContaining('description') }),
    )
    expect([applied.select.conclusion, applied.applies]).toEqual(['failure', []])
    expect(said(applied.select)).toContain('description')
    expect(writes(world)).toHaveLength(before)
  })

  test('goes by marks where the file was mended in the same pull request', async () => {
    const { planned, number, ended } = await bring(world, upgrade('0.2.0', { [path]: plain }), { entry })
    expect([planned.conclusion, counts(planned)]).toEqual(['success', { remove: 1 }])
    expect(commentOn(world, number)).toContain('cannot be read by this version')
    expect(commentOn(world, number)).not.toContain('No trustworthy record')
    expect([ended, cloudOf(world).addresses]).toEqual([['success'], ['web']])
    const later = await propose(world, { [path]: `${plain}# once more\n` }, { entry })
    expect(commentOn(world, later.number)).not.toContain('cannot be read by this version')
  })
})

test('an older engine takes over what it knows, removes by mark what it does not, and says that it is older', async () => {
  await bring(world, upgrade('0.2.0', { [path]: environment() }), { entry: making('0.2.0', ...spare) })
  expect(cloudOf(world).addresses).toEqual(['spare'])
  const { planned, number, ended } = await bring(world, pinned('0.1.0'))
  expect([counts(planned), ended]).toEqual([{ remove: 2 }, ['success']])
  expect(commentOn(world, number)).toContain(
    'was applied by Slipway 0.2.0 before; this is 0.1.0, an older one',
  )
  expect(cloudOf(world).addresses).toEqual([])
})
