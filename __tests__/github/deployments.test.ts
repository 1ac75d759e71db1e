import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { unzipSync } from 'fflate'
import { client } from './client.ts'
import { finishRun, rerun, startRun } from './scenario/runs.ts'
import type { Scenario } from './scenario/scenario.ts'
import { startScenario } from './scenario/scenario.ts'

let scenario: Scenario
beforeEach(async () => {
  scenario = await startScenario({ files: { 'environments/a.yaml': 'app: skypilot\n' } })
})
afterEach(() => {
  expect(scenario.github.violations).toEqual([])
  return scenario.close()
})

const record = (ref: string, more: Readonly<Record<string, string | boolean>> = {}) => ({
  ...{ ref, task: 'slipway', environment: 'staging', auto_merge: false, required_contexts: [] },
  payload: { environment: 'staging', blob: 'abc' },
  ...more,
})

describe('deployments', () => {
  test('are listed newest first, with filters and statuses', async () => {
    const api = client(scenario.github)
    const first = (await api.call('POST', '/deployments', record('main'))).body
    const second = (await api.call('POST', '/deployments', record('main'))).body
    await api.call('POST', '/deployments', record('main', { task: 'deploy', environment: 'prod' }))
    const list = await api.get('/deployments?task=slipway&environment=staging')
    expect(list.body.map((d: { id: number }) => d.id)).toEqual([second.id, first.id])
    expect(list.body[0]).toMatchObject({
      sha: scenario.tip(),
      payload: { environment: 'staging', blob: 'abc' },
    })
    for (const { id } of [first, second]) {
      await api.call('POST', `/deployments/${id}/statuses`, { state: 'in_progress' })
      const done = { state: 'success', environment_url: 'https://sky.acme.com', description: 'applied' }
      expect((await api.call('POST', `/deployments/${id}/statuses`, done)).status).toBe(201)
    }
    const states = async (id: number) =>
      (await api.get(`/deployments/${id}/statuses`)).body.map((s: { state: string }) => s.state)
    expect(await states(second.id)).toEqual(['success', 'in_progress'])
    expect(await states(first.id)).toEqual(['inactive', 'success', 'in_progress'])
    const long = { state: 'failure', description: 'x'.repeat(141) }
    expect((await api.call('POST', `/deployments/${first.id}/statuses`, long)).status).toBe(422)
  })

  test('have hostile defaults', async () => {
    const api = client(scenario.github)
    const run = startRun(scenario.github.state, scenario.push({ 'environments/a.yaml': 'app: flyte\n' }))
    const { required_contexts, ...open } = record('main')
    expect(required_contexts).toEqual([])
    const refused = await api.call('POST', '/deployments', open)
    expect(refused.status).toBe(409)
    expect(refused.body.errors[0].contexts).toEqual([{ context: 'slipway', state: 'pending' }])
    finishRun(scenario.github.state, run, 'success')
    expect((await api.call('POST', '/deployments', open)).status).toBe(201)
    const old = scenario.tip()
    scenario.push({ 'README.md': 'new\n' })
    expect((await api.call('POST', '/deployments', { ref: old, required_contexts: [] })).status).toBe(409)
    expect((await api.call('POST', '/deployments', record(old))).status).toBe(201)
    expect((await api.call('POST', '/deployments', record('no-such-branch'))).status).toBe(422)
  })
})

describe('runs and artifacts', () => {
  test('are found by head, event and workflow; pull_requests holds open ones only', async () => {
    const api = client(scenario.github)
    const pull = scenario.openPull({ branch: 'x', files: { 'environments/a.yaml': 'app: flyte\n' } })
    const run = startRun(scenario.github.state, scenario.pullEvent(1))
    const path = `/actions/runs?event=pull_request&head_sha=${pull.headSha}`
    expect((await api.get(path)).body.workflow_runs[0]).toMatchObject({ id: run.id, status: 'in_progress' })
    expect((await api.get(`/actions/runs/${run.id}`)).body.pull_requests[0].number).toBe(1)
    finishRun(scenario.github.state, run, 'failure')
    rerun(scenario.github.state, run, 'bob')
    expect((await api.get(`/actions/runs/${run.id}`)).body.run_attempt).toBe(2)
    expect((await api.get(`/actions/runs/${run.id}/attempts/1`)).body.conclusion).toBe('failure')
    expect((await api.get('/actions/workflows/slipway.yml/runs?status=in_progress')).body.total_count).toBe(1)
    expect((await api.get('/actions/workflows/other.yml/runs')).status).toBe(404)
    scenario.merge(1, 'squash')
    expect((await api.get(path)).body.workflow_runs[0].pull_requests).toEqual([])
  })

  test('are downloaded by a redirect to another origin, until they expire', async () => {
    const { github } = scenario
    const api = client(github)
    const run = startRun(github.state, scenario.push({ 'README.md': 'x\n' }))
    const { id } = github.uploadArtifact(run.id, 'plan-1', { 'plan.json': '{"v":1}' })
    expect(() => github.uploadArtifact(run.id, 'plan-1', {})).toThrow(/has an artifact/)
    expect((await api.get(`/actions/runs/${run.id}/artifacts?name=plan-1`)).body.artifacts[0].id).toBe(id)
    const redirect = await api.get(`/actions/artifacts/${id}/zip`)
    expect(redirect.status).toBe(302)
    const location = redirect.headers.get('location') ?? ''
    expect(new URL(location).origin).not.toBe(github.apiUrl)
    const zip = new Uint8Array(await (await fetch(location)).arrayBuffer())
    expect(Buffer.from(unzipSync(zip)['plan.json'] ?? []).toString()).toBe('{"v":1}')
    expect((await fetch(location, { headers: { authorization: 'Bearer leaked' } })).status).toBe(401)
    github.expireArtifact(id)
    expect((await api.get(`/actions/artifacts/${id}/zip`)).status).toBe(410)
    expect((await api.get(`/actions/artifacts/${id}`)).body.expired).toBe(true)
  })
})
