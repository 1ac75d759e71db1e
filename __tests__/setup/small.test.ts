import { describe, expect, test } from '@jest/globals'
import { ownersOf } from '../../src/setup/codeowners.ts'
import { grantableRoles, trustOf } from '../../src/setup/google-wanted.ts'
import { grantsCondition, rolesIn } from '../../src/setup/grants.ts'
import { commandLine, word } from '../../src/setup/shell.ts'
import { conditionOf } from '../../src/setup/trust.ts'
import { callerIn, engineOf } from '../../src/setup/workflow.ts'
import { engine, wishes } from './wishes.ts'

const [project] = wishes.projects

describe('owners of a path', () => {
  const text = [
    '# all',
    '*            @acme/all',
    '/environments/ @acme/platform # of prod',
    '*.yml @acme/ci',
    '/docs/*  @docs',
    'apps/ @apps',
    '/environments/open.yaml',
  ].join('\n')
  test.each([
    ['README.md', ['@acme/all']],
    ['environments/prod.yaml', ['@acme/platform']],
    ['environments/eu/prod.yaml', ['@acme/platform']],
    ['environments/open.yaml', []],
    ['.github/workflows/slipway.yml', ['@acme/ci']],
    ['docs/a.md', ['@docs']],
    ['docs/a/b.md', ['@acme/all']],
    ['x/apps/b.md', ['@apps']],
  ])('%s', (path, owners) => {
    expect(ownersOf(text, path)).toEqual(owners)
  })
  test.each([
    '.github/',
    '/.github/',
    '.github/**',
    '/.github/workflows/*',
    '**/slipway.yml',
    '/.github',
    '*',
  ])('%s is the workflow too', pattern => {
    expect(ownersOf(`${pattern} @a`, '.github/workflows/slipway.yml')).toEqual(['@a'])
  })
  test.each(['/github/', 'workflows', '/.github/*', '.githubx/', '/slipway.yml'])('%s is not', pattern => {
    const found = ownersOf(`${pattern} @a`, '.github/workflows/slipway.yml')
    expect(found).toEqual(pattern === 'workflows' ? ['@a'] : [])
  })
})

describe('what the workflow is pinned to', () => {
  const repository = { name: 'acme/platform', branch: 'main' }
  const path = 'slipway-dev/slipway/.github/workflows/apply.yml'
  const sha = '0'.repeat(40)
  test.each<readonly [string | undefined, string | undefined, string | undefined]>([
    [`${path}@${sha}`, undefined, `${path}@${sha}`],
    [`${path}@v0.1.0`, undefined, `${path}@refs/tags/v0.1.0`],
    [`${path}@main`, undefined, `${path}@refs/heads/main`],
    [`${path}@refs/heads/v1`, undefined, `${path}@refs/heads/v1`],
    ['./.github/workflows/apply.yml', undefined, 'acme/platform/.github/workflows/apply.yml@refs/heads/main'],
    [
      `fork/slipway/.github/workflows/apply.yml@${sha}`,
      'v2',
      'fork/slipway/.github/workflows/apply.yml@refs/tags/v2',
    ],
    [undefined, sha, `${path}@${sha}`],
    [`${path}@v1`, 'a/b/.github/workflows/apply.yml@v3', 'a/b/.github/workflows/apply.yml@refs/tags/v3'],
    [undefined, undefined, undefined],
  ])('%s, told %s', (uses, told, wanted) => {
    expect(engineOf(uses, told, repository)).toBe(wanted)
  })
  test('is found in it', () => {
    const call = (more = '') => `jobs:\n  x: {runs-on: a}\n  y:\n    uses: ${path}@v1\n${more}`
    expect(callerIn(call())).toEqual({ uses: `${path}@v1`, unprotected: false })
    expect(callerIn(call('    with: {unprotected: true}\n')).unprotected).toBe(true)
    for (const text of ['', 'jobs: [', 'jobs: {a: {uses: x/y/.github/workflows/other.yml@v1}}'])
      expect(callerIn(text)).toEqual({ uses: undefined, unprotected: false })
  })
})

describe('the condition on grants', () => {
  test.each([[[]], [['roles/viewer']], [['roles/viewer', 'projects/p/roles/mine']]])(
    '%j there and back',
    roles => {
      expect(rolesIn(grantsCondition(roles))).toEqual(roles)
    },
  )
  test.each([
    'true',
    "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/viewer']) || true",
    "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/viewer', x])",
  ])('%s is not understood', expression => {
    expect(rolesIn({ expression })).toBeUndefined()
  })
  test('as people broke it over lines', () => {
    const expression =
      "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([\n  'roles/a', 'roles/b'])"
    expect(rolesIn({ expression })).toEqual(['roles/a', 'roles/b'])
  })
  test('keeps what it allowed, but for what would make the applier an owner', () => {
    if (project === undefined) throw new Error('no project')
    const members = ['serviceAccount:Slipway-Applier@acme-ml.iam.gserviceaccount.com']
    const condition = grantsCondition([
      'roles/owner',
      'roles/logging.viewer',
      'roles/iam.securityAdmin',
      'roles/cloudsql.client',
    ])
    const policy = {
      etag: 'x',
      bindings: [{ role: 'roles/resourcemanager.projectIamAdmin', members, condition }],
    }
    expect(grantableRoles(project, policy, false)).toEqual([
      'roles/logging.viewer',
      'roles/cloudsql.client',
      'roles/container.defaultNodeServiceAccount',
    ])
    expect(grantableRoles(project, policy, true)).toEqual(project.roles)
  })
})

describe('whom the provider is to trust', () => {
  const condition = (engines: readonly string[], environments: readonly string[]) =>
    conditionOf({
      repository: 'acme/platform',
      repositoryId: '1',
      ownerId: '2',
      branch: 'main',
      engines,
      environments,
    })
  const next = engine.replace('0123', 'ffff')
  test.each<readonly [string, string, boolean, readonly string[], readonly string[]]>([
    ['nothing there', '', false, [engine], ['prod', 'staging']],
    ['as it is', condition([engine], ['prod', 'staging']), false, [engine], ['prod', 'staging']],
    ['an older engine', condition([next], ['prod']), false, [next, engine], ['prod', 'staging']],
    ['an older engine, pruned', condition([next], ['lab', 'prod']), true, [engine], ['prod', 'staging']],
    [
      'an older environment',
      condition([engine], ['lab', 'prod']),
      false,
      [engine],
      ['lab', 'prod', 'staging'],
    ],
    [
      'the workflow of somebody else',
      condition(['evil/x/.github/workflows/apply.yml@refs/heads/main'], ['prod']),
      false,
      [engine],
      ['prod', 'staging'],
    ],
    [
      'so many that they do not fit',
      condition(
        Array.from({ length: 40 }, (_, at) => engine.replace(/@.*/, `@${String(at).padStart(40, '0')}`)),
        ['prod'],
      ),
      false,
      [engine],
      ['prod', 'staging'],
    ],
  ])('%s', (_, found, prune, engines, environments) => {
    if (project === undefined) throw new Error('no project')
    expect(trustOf({ ...wishes, prune }, project, found)).toMatchObject({ engines, environments })
  })
})

describe('words of a shell', () => {
  test.each([
    ['roles/viewer', 'roles/viewer'],
    ['two words', "'two words'"],
    ["it's", `"it's"`],
    ["it's $HOME", `'it'\\''s $HOME'`],
    ['`x`', "'`x`'"],
    ['', "''"],
  ])('%s', (text, quoted) => {
    expect(word(text)).toBe(quoted)
  })
  test('long lines are broken between options', () => {
    expect(commandLine(['a', 'b'], ['--c', 'd'])).toBe('a b --c d')
    expect(commandLine(['a', 'x'.repeat(100)], ['--c', 'd e f g h'])).toBe(
      `a ${'x'.repeat(100)} \\\n  --c 'd e f g h'`,
    )
  })
})
