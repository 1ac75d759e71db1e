import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ALL } from './client.ts'
import { openGit } from './fake/git.ts'
import { decodeClaims } from './fake/oidc.ts'
import { createCommandReader, parseCommand } from './runner/commands.ts'
import { parsePairs } from './runner/files.ts'
import { inputVariables } from './runner.ts'
import type { GitHubJob } from './scenario/job.ts'
import { startGitHubJob } from './scenario/job.ts'
import type { Scenario } from './scenario/scenario.ts'
import { startScenario } from './scenario/scenario.ts'

let scenario: Scenario
beforeEach(async () => {
  scenario = await startScenario({ files: { 'environments/a.yaml': 'tier: 1\n' } })
})
afterEach(() => scenario.close())

const action = (source: string): string => {
  const entry = join(scenario.dir, 'index.mjs')
  writeFileSync(entry, source)
  return entry
}

const pullJob = (depth = 2): GitHubJob => {
  scenario.openPull({ branch: 'x', files: { 'environments/a.yaml': 'tier: 2\n' } })
  return startGitHubJob(scenario, scenario.pullEvent(1), {
    permissions: ALL,
    checkout: { fetchDepth: depth },
  })
}

const MAIN = `
import { appendFileSync, readFileSync } from 'node:fs'
const { env } = process
const event = JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, 'utf8'))
console.log('::add-mask::s3cret')
console.log('the value is s3cret')
console.log('::error file=environments/a.yaml,line=1,col=7,title=Bad%3A tier::no such%0Atier')
console.log('::group::plan'); console.log('::endgroup::')
appendFileSync(env.GITHUB_OUTPUT, 'number=' + event.number + '\\nlong<<EOT\\na\\nb\\nEOT\\n')
appendFileSync(env.GITHUB_STATE, 'lock=held\\n')
appendFileSync(env.GITHUB_STEP_SUMMARY, '# Plan')
const url = env.GITHUB_API_URL + '/repos/' + env.GITHUB_REPOSITORY + '/pulls/1'
const pull = await (await fetch(url, { headers: { authorization: 'Bearer ' + env.INPUT_TOKEN } })).json()
appendFileSync(env.GITHUB_OUTPUT, 'head=' + pull.head.sha + '\\n')
console.log('node ' + process.version)
`

describe('a step', () => {
  test('gets the event and its inputs, reaches GitHub, and is read back', async () => {
    const job = pullJob()
    const result = await job.start({ entry: action(MAIN), inputs: { token: job.token } }).finished
    expect(result.raw).toMatch(/node v24\./)
    expect(result.conclusion).toBe('success')
    expect(result.outputs).toEqual({ number: '1', long: 'a\nb', head: scenario.pull(1).headSha })
    expect([result.state, result.summary, result.groups]).toEqual([{ lock: 'held' }, '# Plan', ['plan']])
    expect(result.log).toContain('the value is ***')
    expect(result.annotations).toEqual([
      {
        level: 'error',
        message: 'no such\ntier',
        file: 'environments/a.yaml',
        line: 1,
        col: 7,
        title: 'Bad: tier',
      },
    ])
    const post = `console.log('release ' + process.env.STATE_lock)`
    expect((await job.start({ entry: action(post), state: result.state }).finished).raw).toBe('release held')
    expect(scenario.github.violations).toEqual([])
  })

  test('that fails says so', async () => {
    const result = await pullJob().start({ entry: action(`process.exitCode = 1`) }).finished
    expect([result.conclusion, result.exitCode]).toEqual(['failure', 1])
  })

  test('can be cancelled, and lost', async () => {
    const job = pullJob()
    const entry = action(`
      process.on('SIGINT', () => { console.log('stopping'); process.exit(130) })
      setInterval(() => {}, 1000); console.log('ready')`)
    const polite = job.start({ entry })
    await polite.saw(/ready/)
    polite.cancel()
    expect(await polite.finished).toMatchObject({
      conclusion: 'cancelled',
      exitCode: 130,
      raw: 'ready\nstopping',
    })
    const lost = job.start({ entry })
    await lost.saw(/ready/)
    lost.lose()
    expect(await lost.finished).toMatchObject({ signal: 'SIGKILL', raw: 'ready' })
    await expect(lost.saw(/never/)).rejects.toThrow(/ended without/)
  })
})

describe('a job', () => {
  test('is checked out as actions/checkout does', () => {
    const { workspace } = pullJob()
    const git = openGit(workspace)
    expect(git.run(['rev-parse', 'HEAD'])).toBe(scenario.pull(1).mergeSha)
    expect(git.attempt(['symbolic-ref', '-q', 'HEAD'])).toBeUndefined()
    expect(git.run(['rev-parse', 'HEAD^1'])).toBe(scenario.tip())
    expect(git.run(['rev-list', '--count', '--first-parent', 'HEAD'])).toBe('2')
    const push = startGitHubJob(scenario, scenario.merge(1, 'squash'), { permissions: ALL, checkout: {} })
    const pushed = openGit(push.workspace)
    expect(pushed.run(['rev-parse', '--abbrev-ref', 'HEAD'])).toBe('main')
    expect(pushed.attempt(['rev-parse', 'HEAD^1'])).toBeUndefined()
    pushed.run(['fetch', '--quiet', '--depth=1', 'origin', scenario.pull(1).headSha])
  })

  test('has the identity of its run, while it runs', async () => {
    const event = scenario.push({ 'environments/a.yaml': 'tier: 3\n' })
    const job = startGitHubJob(scenario, event, { permissions: ALL, environment: 'staging' })
    const ask = () =>
      fetch(
        `${job.env.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=${encodeURIComponent('https://iam.googleapis.com/p')}`,
        {
          headers: { authorization: `Bearer ${job.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` },
        },
      )
    const claims = decodeClaims(JSON.parse(await (await ask()).text()).value)
    expect(claims).toMatchObject({
      ...{
        aud: 'https://iam.googleapis.com/p',
        event_name: 'push',
        ref: 'refs/heads/main',
        environment: 'staging',
      },
      ...{ repository_id: '700001', run_attempt: '1' },
      job_workflow_ref: 'acme/infra/.github/workflows/slipway.yml@refs/heads/main',
    })
    expect(claims.sub).toMatch(/^repo:acme@\d+\/infra@700001:environment:staging$/)
    expect(Number(claims.exp) - Number(claims.iat)).toBe(300)
    expect((await fetch(`${job.env.ACTIONS_ID_TOKEN_REQUEST_URL}`)).status).toBe(401)
    job.finish('success')
    expect((await ask()).status).toBe(403)
  })

  test('of a fork has neither identity nor a writing token', async () => {
    scenario.openPull({ branch: 'p', files: { 'environments/a.yaml': 'tier: 2\n' }, fork: 'stranger' })
    const job = startGitHubJob(scenario, scenario.pullEvent(1), { permissions: ALL })
    expect(job.env.ACTIONS_ID_TOKEN_REQUEST_URL).toBeUndefined()
    const response = await fetch(`${scenario.github.apiUrl}/repos/acme/infra/issues/1/comments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${job.token}` },
      body: JSON.stringify({ body: 'x' }),
    })
    expect(response.status).toBe(403)
  })
})

describe('the runner reads', () => {
  test('inputs by name', () => {
    expect(inputVariables({ 'working-directory': ' a ', 'My input': 'b' })).toEqual({
      'INPUT_WORKING-DIRECTORY': 'a',
      INPUT_MY_INPUT: 'b',
    })
  })

  test('commands, but none between stop-commands and its token', () => {
    expect(parseCommand('echo ::error::x')).toBeUndefined()
    const reader = createCommandReader()
    for (const line of [
      '::stop-commands::t0k',
      '::error::forged',
      '::t0k::',
      '::warning::real',
      '::set-output name=a::b',
    ])
      reader.line(line)
    expect(reader.annotations).toEqual([{ level: 'warning', message: 'real' }])
    expect(reader.refused).toEqual(['set-output'])
  })

  test('masks line by line', () => {
    const reader = createCommandReader()
    for (const line of ['::add-mask::one%0Atwo', 'one two']) reader.line(line)
    expect(reader.log.at(-1)).toBe('*** ***')
  })

  test.each(['novalue', 'a<<EOT\nb'])('file commands strictly: %j', text => {
    expect(() => parsePairs(text)).toThrow(/Invalid/)
  })
})
