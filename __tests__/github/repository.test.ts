import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ALL, client } from './client.ts'
import type { Scenario } from './scenario/scenario.ts'
import { startScenario } from './scenario/scenario.ts'

const FILE = 'environments/a.yaml'
let scenario: Scenario
beforeEach(async () => {
  scenario = await startScenario({ files: { [FILE]: 'app: skypilot\n', 'README.md': 'hello\n' } })
})
afterEach(() => {
  expect(scenario.github.violations).toEqual([])
  return scenario.close()
})

describe('git data', () => {
  test('trees, blobs, refs and contents are those of the repository', async () => {
    const api = client(scenario.github)
    const tree = (await api.get(`/git/trees/${scenario.tip()}?recursive=1`)).body
    expect(tree.tree.map((e: { path: string }) => e.path)).toEqual(['README.md', 'environments', FILE])
    const blob = (await api.get(`/git/blobs/${tree.tree[2].sha}`)).body
    expect(Buffer.from(blob.content, 'base64').toString()).toBe('app: skypilot\n')
    expect((await api.get('/git/ref/heads/main')).body.object.sha).toBe(scenario.tip())
    expect((await api.get('/git/ref/heads%2Fmai')).status).toBe(404)
    expect((await api.get('/contents/environments')).body.map((e: { name: string }) => e.name)).toEqual([
      'a.yaml',
    ])
    const raw = await api.call(
      'GET',
      `/contents/${FILE}?ref=main`,
      undefined,
      'application/vnd.github.raw+json',
    )
    expect(raw.body).toBe('app: skypilot\n')
    expect((await api.get('/contents/none.yaml')).status).toBe(404)
    scenario.github.state.limits.treeEntries = 2
    expect((await api.get(`/git/trees/main?recursive=1`)).body.truncated).toBe(true)
  })

  test('commits and comparisons are true', async () => {
    const api = client(scenario.github)
    const before = scenario.tip()
    scenario.push({ [FILE]: 'app: flyte\n', 'environments/b.yaml': 'app: flyte\n' })
    const compared = (await api.get(`/compare/${before}...main`)).body
    expect([compared.status, compared.ahead_by, compared.behind_by]).toEqual(['ahead', 1, 0])
    expect(compared.files.map((f: { filename: string; status: string }) => [f.filename, f.status])).toEqual([
      [FILE, 'modified'],
      ['environments/b.yaml', 'added'],
    ])
    const commit = (await api.get('/commits/main')).body
    expect(commit.stats).toEqual({ total: 3, additions: 2, deletions: 1 })
    expect(commit.files[0].patch).toContain('+app: flyte')
    expect((await api.get(`/git/commits/${scenario.tip()}`)).body.parents[0].sha).toBe(before)
    expect((await api.get('/commits?path=README.md')).body).toHaveLength(1)
    expect((await api.get(`/commits/${'1'.repeat(40)}`)).status).toBe(422)
    expect((await api.get(`/compare/${'1'.repeat(40)}...main`)).status).toBe(404)
  })
})

describe('settings', () => {
  test('environments are missing until made, and show their protection', async () => {
    const api = client(scenario.github)
    expect((await api.get('/environments/prod')).status).toBe(404)
    scenario.github.protect('prod', {
      reviewers: ['bob'],
      branchPolicy: { protected_branches: false, custom_branch_policies: true },
      branches: [{ id: 1, name: 'main', type: 'branch' }],
    })
    const found = (await api.get('/environments/Prod')).body
    expect(found.protection_rules.map((r: { type: string }) => r.type)).toEqual([
      'required_reviewers',
      'branch_policy',
    ])
    expect(
      (await api.get('/environments/prod/deployment-branch-policies')).body.branch_policies[0].name,
    ).toBe('main')
    expect((await api.get('/environments')).body.total_count).toBe(1)
    expect((await api.call('PUT', '/environments/dev', {})).status).toBe(403)
    const admin = client(scenario.github, { ...ALL, administration: 'write' }, 'alice')
    expect(
      (await admin.call('PUT', '/environments/dev', { wait_timer: 5 })).body.protection_rules[0].wait_timer,
    ).toBe(5)
    expect(
      (await admin.call('POST', '/environments/dev/deployment-branch-policies', { name: 'main' })).status,
    ).toBe(404)
  })

  test('permissions, rules, owners and the identity subject', async () => {
    const api = client(scenario.github)
    const of = async (login: string) => (await api.get(`/collaborators/${login}/permission`)).body.permission
    expect([await of('alice'), await of('bob'), await of('mallory')]).toEqual(['admin', 'write', 'none'])
    expect((await api.get('/rules/branches/main')).body).toEqual([])
    const rule = {
      type: 'deletion',
      ruleset_source_type: 'Repository',
      ruleset_source: 'acme/infra',
      ruleset_id: 1,
    }
    scenario.github.state.rules.set('main', [rule])
    expect((await api.get('/rules/branches/main')).body[0].type).toBe('deletion')
    expect((await api.get('/branches/main')).body.protected).toBe(true)
    expect((await api.get('/codeowners/errors')).status).toBe(404)
    scenario.push({ '.github/CODEOWNERS': '* @acme/platform\n' })
    expect((await api.get('/codeowners/errors')).body).toEqual({ errors: [] })
    expect((await api.get('/actions/oidc/customization/sub')).body.sub_claim_prefix).toMatch(
      /^repo:acme@\d+\/infra@700001$/,
    )
    expect((await api.get('')).body.default_branch).toBe('main')
  })
})
