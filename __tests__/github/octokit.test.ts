import { getOctokit } from '@actions/github'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { unzipSync } from 'fflate'
import { ALL } from './client.ts'
import { startRun } from './scenario/runs.ts'
import type { Scenario } from './scenario/scenario.ts'
import { startScenario } from './scenario/scenario.ts'

let scenario: Scenario
beforeEach(async () => {
  scenario = await startScenario({ files: { 'environments/a.yaml': 'tier: 1\n' } })
})
afterEach(() => {
  expect(scenario.github.violations).toEqual([])
  return scenario.close()
})

test('the client that actions use pages through lists and downloads artifacts', async () => {
  const { github } = scenario
  const octokit = getOctokit(github.token(ALL), { baseUrl: github.apiUrl })
  const repo = { owner: 'acme', repo: 'infra' }
  scenario.openPull({ branch: 'x', files: { 'environments/a.yaml': 'tier: 2\n' } })
  for (let i = 0; i < 101; i += 1)
    await octokit.rest.issues.createComment({ ...repo, issue_number: 1, body: `${i}` })
  const all = await octokit.paginate(octokit.rest.issues.listComments, {
    ...repo,
    issue_number: 1,
    per_page: 100,
  })
  expect(all).toHaveLength(101)
  const run = startRun(github.state, scenario.pullEvent(1))
  const { id } = github.uploadArtifact(run.id, 'plan', { 'plan.json': '{}' })
  const zip = await octokit.rest.actions.downloadArtifact({ ...repo, artifact_id: id, archive_format: 'zip' })
  expect(Object.keys(unzipSync(new Uint8Array(zip.data as ArrayBuffer)))).toEqual(['plan.json'])
  await expect(octokit.rest.repos.getEnvironment({ ...repo, environment_name: 'a/b' })).rejects.toMatchObject(
    { status: 404 },
  )
  const ref = await octokit.rest.git.getRef({ ...repo, ref: 'heads/main' })
  expect(ref.data.object.sha).toBe(scenario.tip())
})
