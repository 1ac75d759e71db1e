import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { client } from './client.ts'
import type { Scenario } from './scenario/scenario.ts'
import { startScenario } from './scenario/scenario.ts'

const A = 'environments/a.yaml'
const B = 'environments/b.yaml'
let scenario: Scenario
beforeEach(async () => {
  scenario = await startScenario({ files: { [A]: 'tier: 1\n', [B]: 'tier: 1\n' } })
})
afterEach(() => {
  expect(scenario.github.violations).toEqual([])
  return scenario.close()
})

const show = (ref: string, path: string): string => scenario.github.state.git.run(['show', `${ref}:${path}`])
const numbers = async (sha: string): Promise<readonly number[]> =>
  (await client(scenario.github).get(`/commits/${sha}/pulls`)).body.map((p: { number: number }) => p.number)

describe('pull requests', () => {
  test('have head and test merge refs that follow the base', async () => {
    const api = client(scenario.github)
    const pull = scenario.openPull({ branch: 'x', files: { [A]: 'tier: 2\n' } })
    const event = scenario.pullEvent(1)
    expect(event).toMatchObject({
      ref: 'refs/pull/1/merge',
      sha: pull.mergeSha,
      headSha: pull.headSha,
      restricted: false,
    })
    scenario.push({ [B]: 'tier: 9\n' })
    expect(show('refs/pull/1/merge', B)).toBe('tier: 9')
    const moved = scenario.pushToPull(1, { [A]: 'tier: 3\n' })
    expect(moved.payload).toMatchObject({ action: 'synchronize', before: pull.headSha, after: moved.headSha })
    expect((await api.get('/pulls/1')).body).toMatchObject({
      mergeable: true,
      commits: 2,
      changed_files: 1,
      merged: false,
    })
    expect((await api.get('/pulls/1/files')).body[0].filename).toBe(A)
    expect((await api.get('/pulls/1/commits')).body).toHaveLength(2)
    scenario.approve(1, 'bob')
    expect((await api.get('/pulls/1/reviews')).body[0]).toMatchObject({
      state: 'APPROVED',
      commit_id: moved.headSha,
    })
    scenario.push({ [A]: 'tier: 7\n' })
    expect((await api.get('/pulls/1')).body.mergeable).toBe(false)
    expect(() => scenario.pullEvent(1, 'reopened')).toThrow(/conflicts/)
  })

  test('of forks and of Dependabot are restricted', () => {
    scenario.openPull({ branch: 'patch-1', files: { [A]: 'tier: 2\n' }, fork: 'stranger' })
    scenario.openPull({ branch: 'dependabot/x', files: { 'package.json': '{}' }, author: 'dependabot[bot]' })
    const fork = scenario.pullEvent(1)
    expect(fork.restricted).toBe(true)
    expect(fork.payload).toHaveProperty('pull_request.head.repo.full_name', 'stranger/infra')
    expect(() => scenario.tip('patch-1')).toThrow()
    expect(scenario.pullEvent(2).restricted).toBe(true)
  })
})

describe('merging', () => {
  test.each(['squash', 'merge', 'rebase'] as const)(
    'by %s lands the files, and each commit knows its pull request',
    async method => {
      const before = scenario.tip()
      scenario.openPull({ branch: 'x', files: { [A]: 'tier: 2\n' } })
      scenario.pushToPull(1, { [A]: 'tier: 3\n' })
      scenario.push({ [B]: 'tier: 5\n' })
      const event = scenario.merge(1, method, 'bob')
      expect([show('main', A), show('main', B)]).toEqual(['tier: 3', 'tier: 5'])
      expect(event).toMatchObject({ name: 'push', ref: 'refs/heads/main', sha: scenario.tip(), actor: 'bob' })
      expect(event.payload.forced).toBe(false)
      expect(JSON.stringify(event.payload)).not.toContain('"modified"')
      const pull = scenario.pull(1)
      expect([pull.state, pull.mergeSha]).toEqual(['closed', scenario.tip()])
      for (const sha of pull.landed) expect(await numbers(sha)).toEqual([1])
      expect(pull.landed).toHaveLength({ squash: 1, merge: 3, rebase: 2 }[method])
      const list = scenario.github.state.git
        .run(['rev-list', '--first-parent', `${before}..main`])
        .split('\n')
      expect(list).toHaveLength({ squash: 2, merge: 2, rebase: 3 }[method])
      expect(await numbers(scenario.tip())).toEqual([1])
    },
  )

  test('by a queue: a ref per entry, one push for all', async () => {
    const base = scenario.tip()
    scenario.openPull({ branch: 'x', files: { [A]: 'tier: 2\n' } })
    scenario.openPull({ branch: 'y', files: { [B]: 'tier: 2\n' } })
    const queue = scenario.queue([1, 2])
    const [first, second] = queue.events
    expect(first?.ref).toBe(`refs/heads/gh-readonly-queue/main/pr-1-${base}`)
    expect(second?.ref).toBe(`refs/heads/gh-readonly-queue/main/pr-2-${first?.sha}`)
    expect(second?.payload).toMatchObject({
      merge_group: { base_sha: first?.sha, base_ref: 'refs/heads/main' },
    })
    expect(await numbers(second?.sha ?? '')).toEqual([])
    const push = queue.land()
    expect(push.payload).toMatchObject({ before: base, after: second?.sha })
    expect(push.payload.commits).toHaveLength(2)
    expect(await numbers(push.sha)).toEqual([2])
    expect(scenario.pull(1).mergedBy).toBe('github-merge-queue[bot]')
  })

  test('closing without a merge lands nothing', () => {
    scenario.openPull({ branch: 'x', files: { [A]: 'tier: 2\n' } })
    const before = scenario.tip()
    expect(scenario.closePull(1).payload).toMatchObject({ action: 'closed', pull_request: { merged: false } })
    expect(scenario.tip()).toBe(before)
  })
})

describe('branches', () => {
  test('direct pushes, force pushes, several merges in one push', async () => {
    const start = scenario.tip()
    const direct = scenario.push({ [A]: 'tier: 8\n', [B]: null })
    expect(await numbers(direct.sha)).toEqual([])
    expect(() => show('main', B)).toThrow()
    expect(scenario.forcePush(start).payload).toMatchObject({
      forced: true,
      before: direct.sha,
      after: start,
    })
    scenario.openPull({ branch: 'x', files: { [A]: 'tier: 2\n' } })
    scenario.openPull({ branch: 'y', files: { [B]: 'tier: 2\n' } })
    scenario.merge(1, 'squash')
    scenario.merge(2, 'merge')
    expect(scenario.pushed(start).payload.commits).toHaveLength(3)
  })

  test('dispatched and scheduled runs take the tip', () => {
    const dispatched = scenario.dispatch({ command: 'apply', approve: 'sha256:1' }, 'bob')
    expect(dispatched).toMatchObject({
      sha: scenario.tip(),
      actor: 'bob',
      payload: { inputs: { approve: 'sha256:1' } },
    })
    expect(scenario.schedule().payload.schedule).toBe('17 5 * * *')
  })

  test('SHAs are the same in every run', async () => {
    const other = await startScenario({ files: { [A]: 'tier: 1\n', [B]: 'tier: 1\n' } })
    expect(other.tip()).toBe(scenario.tip())
    await other.close()
  })
})
