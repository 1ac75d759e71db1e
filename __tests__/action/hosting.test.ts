import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Clock } from '../../src/core/clock.ts'
import { sha256 } from '../../src/core/digest.ts'
import { GitHubError } from '../../src/github/api.ts'
import { connect, createHosting } from '../../src/github/index.ts'
import { ALL } from '../github/client.ts'
import { secondaryLimit, serverError } from '../github/fake/faults.ts'
import { finishRun, startRun } from '../github/scenario/runs.ts'
import { type Scenario, startScenario } from '../github/scenario/scenario.ts'

let scenario: Scenario
let slept: number[]
beforeEach(async () => {
  scenario = await startScenario({ files: { 'README.md': 'Infra\n' } })
  slept = []
})
afterEach(async () => {
  expect(scenario.github.violations).toEqual([])
  await scenario.close()
})

const clock: Clock = { now: () => Date.now(), sleep: async milliseconds => void slept.push(milliseconds) }
const author = 'github-actions[bot]'
const hosting = () => {
  const token = scenario.github.token(ALL)
  const apiUrl = scenario.github.apiUrl
  const api = connect({ token, repository: 'acme/infra', apiUrl, clock, random: () => 0.5 })
  const workflow = '.github/workflows/slipway.yml'
  return createHosting(api, { defaultBranch: 'main', workflow, author, logUrl: 'https://github.com/' })
}

describe('a limited GitHub', () => {
  test('is waited for a minute and more where it names no time, whatever the primary limit says', async () => {
    scenario.github.faults.add({ path: /git\/ref/, answer: secondaryLimit() })
    expect(await hosting().head('main')).toBe(scenario.tip())
    expect(slept).toEqual([61_000])
  })

  test('is waited for as it asks, whatever it calls that', async () => {
    const body = { message: 'You have triggered an abuse detection mechanism.' }
    scenario.github.faults.add({
      path: /git\/ref/,
      answer: { status: 403, body, headers: { 'retry-after': '7' } },
    })
    expect(await hosting().head('main')).toBe(scenario.tip())
    expect(slept).toEqual([7_000])
  })

  test('is waited for as long as it asks', async () => {
    scenario.github.faults.add({ path: /git\/ref/, answer: secondaryLimit(7) })
    await hosting().head('main')
    expect(slept).toEqual([7_000])
  })
})

describe('a repository', () => {
  const asked = (path: RegExp) => scenario.github.log.filter(one => path.test(one.pathname)).length

  test('is asked once for what Git names by its SHA', async () => {
    const before = scenario.tip()
    scenario.push({
      'environments/a.yaml': 'a\n',
      'environments/deep/b.yaml': 'b\n',
      'x/environments/c': 'c\n',
    })
    const middle = scenario.tip()
    scenario.push({ 'README.md': 'Better\n' })
    const { files, text } = hosting()
    expect(await files(before, 'environments')).toEqual([])
    const [first, second] = [await files(middle, 'environments'), await files(scenario.tip(), 'environments')]
    expect(first.map(({ path }) => path)).toEqual(['environments/a.yaml', 'environments/deep/b.yaml'])
    expect(second).toEqual(first)
    expect([await files(middle, 'environments'), await files(middle, '.github')]).toEqual([first, []])
    expect(await Promise.all([1, 2].map(() => text(first[0]?.blob ?? '')))).toEqual(['a\n', 'a\n'])
    expect([asked(/git\/trees/), asked(/git\/blobs/)]).toEqual([4, 1])
  })

  test('is asked again for what it did not answer', async () => {
    const { parents } = hosting()
    scenario.github.faults.add({ path: /git\/commits/, times: 9, answer: serverError(502) })
    await expect(parents(scenario.tip())).rejects.toThrow('502')
    scenario.github.faults.clear()
    expect(await parents(scenario.tip())).toEqual([])
  })

  test('with too many files elsewhere can be read all the same', async () => {
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`src/${index}`, '']))
    scenario.push({ ...many, 'environments/a.yaml': 'a\n' })
    scenario.github.state.limits.treeEntries = 4
    expect(await hosting().files(scenario.tip(), 'environments')).toHaveLength(1)
  })
})

test('a GitHub is asked twenty things at a time, however many there are', async () => {
  let [open, most] = [0, 0]
  const server = createServer((_, response) => {
    most = Math.max(most, ++open)
    setTimeout(() => {
      open--
      response.setHeader('content-type', 'application/json').end('{"parents":[]}')
    }, 5)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const options = { token: 'x', repository: 'acme/infra', apiUrl: `http://127.0.0.1:${port}` }
  const api = connect({ ...options, clock, random: () => 0.5 })
  const { parents } = createHosting(api, { defaultBranch: 'main', workflow: '', author, logUrl: '' })
  await Promise.all(Array.from({ length: 120 }, (_, index) => parents(`${index}`.padStart(40, '0'))))
  server.close()
  server.closeAllConnections()
  expect(most).toBe(20)
})

describe('a GitHub that says no', () => {
  const failure = async (status: number, message: string, headers: Readonly<Record<string, string>> = {}) => {
    scenario.github.faults.add({ path: /git\/ref/, times: 9, answer: { status, body: { message }, headers } })
    const error = await hosting()
      .head('main')
      .catch((thrown: unknown) => thrown)
    return error instanceof GitHubError ? [error.message, error.advice] : error
  }
  const what = 'GitHub: GET /repos/acme/infra/git/ref/heads/main:'

  test.each([
    [401, 'Bad credentials', /give it a token of this repository/],
    [403, 'Resource not accessible by integration', /Give the job the permission that this call needs/],
    [403, 'Unable to create comment because issue is locked.', /a locked conversation/],
    [404, 'Not Found', /token may not see it/],
    [422, 'Validation Failed', /please report it/],
    [500, 'Server Error', /githubstatus\.com/],
  ])('%i %s: what failed, what it answered, what to do', async (status, message, advice) => {
    expect(await failure(status, message)).toEqual([
      `${what} ${status} ${message}`,
      expect.stringMatching(advice),
    ])
  })

  test('for a time: says for how long, and names no permission', async () => {
    const headers = { 'retry-after': '600' }
    const [, advice] = (await failure(403, 'You have exceeded a secondary rate limit.', headers)) as string[]
    expect([advice, slept]).toEqual([expect.stringMatching(/^Run the job again in 10 minutes:/), []])
  })
})

describe('the comment', () => {
  test.each(['reset' as const, serverError(502)])(
    'is made once, also if the answer is lost',
    async answer => {
      scenario.openPull({ branch: 'x', files: { 'README.md': 'Better\n' } })
      scenario.github.faults.add({ method: 'POST', path: /comments$/, when: 'after', answer })
      await hosting().comment(1, () => '<!-- slipway:plan {} -->\nhello')
      scenario.github.faults.add({ method: 'POST', path: /comments$/, when: 'before', answer })
      expect(scenario.github.state.comments.size).toBe(1)
      scenario.github.state.comments.clear()
      await hosting().comment(1, () => '<!-- slipway:plan {} -->\nhello')
      expect(scenario.github.state.comments.size).toBe(1)
    },
  )
})

describe('a review', () => {
  const document = (pull: number, plans: unknown = []) =>
    JSON.stringify({ format: 'slipway-plans/1', pull, head: '', engine: '0', plans })

  /** A merged pull request with a run, an artifact of this text, and a comment that vouches for it. */
  const reviewed = async (text: string) => {
    scenario.openPull({ branch: 'x', files: { 'README.md': 'Better\n' } })
    const { state } = scenario.github
    const run = finishRun(state, startRun(state, scenario.pullEvent(1)), 'success')
    const artifact = scenario.github.uploadArtifact(run.id, 'slipway-plan-1', { 'slipway-plan.json': text })
    const mark = { run: run.id, attempt: 1, sha256: sha256(text), head: scenario.pull(1).headSha }
    await hosting().comment(1, () => `<!-- slipway:plan ${JSON.stringify(mark)} -->\nPlan`)
    return { run, artifact }
  }
  const review = async () => {
    const found = await hosting().review(await hosting().pull(1))
    return 'missing' in found ? found.missing.message : 'found'
  }

  test('counts if everything fits', async () => {
    await reviewed(document(1))
    expect(await review()).toBe('found')
  })

  test('is missing, and nothing else is wrong, once its run was deleted', async () => {
    const { run } = await reviewed(document(1))
    scenario.github.state.runs.delete(run.id)
    expect(await review()).toBe('#1: its plan run was deleted')
  })

  test.each([
    ['expires while it is fetched', 410],
    ['is deleted while it is fetched', 404],
  ])('is missing if its artifact %s', async (_, status) => {
    await reviewed(document(1))
    const answer = { status, body: { message: 'Artifact has expired' } }
    scenario.github.faults.add({ path: /\/zip$/, answer })
    expect(await review()).toBe('#1: its plan artifact has expired or was deleted')
  })

  test.each([
    ['no JSON', '{'],
    ['another pull request', document(2)],
    ['no plans', document(1, [{ environment: 'staging' }])],
    ['steps of no shape', document(1, [{ environment: 'staging', pins: {}, steps: [null] }])],
  ])('is missing if its artifact holds %s', async (_, text) => {
    await reviewed(text)
    expect(await review()).toBe('#1: its plan artifact holds no plan of it')
  })

  test('is missing if its archive is damaged', async () => {
    const { artifact } = await reviewed(document(1))
    const damaged = { ...artifact, zip: artifact.zip.subarray(0, 40) }
    scenario.github.state.artifacts.set(artifact.id, damaged)
    expect(await review()).toContain('#1: its plan artifact')
  })
})
