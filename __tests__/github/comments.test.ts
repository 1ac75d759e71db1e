import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { client } from './client.ts'
import { unanswered } from './fake/api.ts'
import { primaryLimit, secondaryLimit, serverError } from './fake/faults.ts'
import type { Scenario } from './scenario/scenario.ts'
import { startScenario } from './scenario/scenario.ts'

let scenario: Scenario
beforeEach(async () => {
  scenario = await startScenario({ files: { 'environments/a.yaml': 'app: skypilot\n' } })
  scenario.openPull({ branch: 'one', files: { 'environments/a.yaml': 'app: flyte\n' } })
})
afterEach(() => scenario.close())

test('every described operation has an answer', () => {
  expect(unanswered).toEqual([])
})

describe('comments of a pull request', () => {
  test('are made, changed, paged and removed by the bot', async () => {
    const api = client(scenario.github)
    for (let i = 0; i < 5; i += 1)
      expect((await api.call('POST', '/issues/1/comments', { body: `n ${i}` })).status).toBe(201)
    const second = await api.get('/issues/1/comments?per_page=2&page=2')
    expect(second.body.map((c: { body: string }) => c.body)).toEqual(['n 2', 'n 3'])
    expect(second.body[0].user.login).toBe('github-actions[bot]')
    const link = second.headers.get('link') ?? ''
    expect(link).toContain(
      `<${scenario.github.apiUrl}/repos/acme/infra/issues/1/comments?per_page=2&page=3>; rel="next"`,
    )
    expect(link).toContain('rel="prev"')
    expect(link).toContain('page=3>; rel="last"')
    const id = second.body[0].id
    expect((await api.call('PATCH', `/issues/comments/${id}`, { body: 'changed' })).body.body).toBe('changed')
    expect((await api.call('DELETE', `/issues/comments/${id}`)).status).toBe(204)
    expect((await api.get(`/issues/comments/${id}`)).status).toBe(404)
    expect(scenario.github.violations).toEqual([])
  })

  test('are refused when they are too long', async () => {
    const api = client(scenario.github)
    expect((await api.call('POST', '/issues/1/comments', { body: 'x'.repeat(65_536) })).status).toBe(201)
    const refused = await api.call('POST', '/issues/1/comments', { body: 'x'.repeat(65_537) })
    expect(refused.status).toBe(422)
    expect(refused.body.errors[0].message).toContain('maximum is 65536 characters')
  })

  test('can be minimised by GraphQL', async () => {
    const { github } = scenario
    const made = await client(github).call('POST', '/issues/1/comments', { body: 'old' })
    const query = `mutation { minimizeComment(input: {subjectId: "${made.body.node_id}", classifier: OUTDATED}) { clientMutationId } }`
    const response = await fetch(`${github.apiUrl}/graphql`, {
      method: 'POST',
      headers: { authorization: `bearer ${github.token({ 'pull-requests': 'write' })}` },
      body: JSON.stringify({ query }),
    })
    expect(await response.json()).toHaveProperty('data.minimizeComment.minimizedComment.isMinimized', true)
  })
})

describe('tokens', () => {
  test('without the permission are told which one', async () => {
    const refused = await client(scenario.github, { contents: 'read' }).call('POST', '/issues/1/comments', {
      body: 'x',
    })
    expect(refused.status).toBe(403)
    expect(refused.body.message).toBe('Resource not accessible by integration')
    expect(refused.headers.get('x-accepted-github-permissions')).toBe('issues=write; pull_requests=write')
    expect(
      (await client(scenario.github, { 'pull-requests': 'read' }).get('/issues/1/comments')).status,
    ).toBe(200)
  })

  test('that are gone are bad credentials', async () => {
    const { github } = scenario
    const token = github.token({})
    github.revoke(token)
    const response = await fetch(`${github.apiUrl}/repos/acme/infra`, {
      headers: { authorization: `token ${token}` },
    })
    expect(response.status).toBe(401)
  })
})

describe('what GitHub does not describe', () => {
  test.each([
    [
      'POST',
      '/issues/1/comments',
      { body: 'x', colour: 'red' },
      422,
      'body.colour is not a documented property',
    ],
    ['POST', '/issues/1/comments', { body: 7 }, 422, 'body.body must be string, found integer'],
    ['POST', '/issues/1/comments', undefined, 422, 'the body is missing'],
    ['GET', '/issues/1/comments?perpage=3', undefined, 422, 'query parameter perpage is not documented'],
    [
      'GET',
      '/issues/x/comments',
      undefined,
      422,
      'path parameter issue_number must be integer, found string',
    ],
    ['GET', '/secret-plans', undefined, 404, 'is not an operation that the fake has'],
  ])('%s %s %j is recorded', async (method, path, body, status, problem) => {
    const reply = await client(scenario.github).call(method, path, body)
    expect(reply.status).toBe(status)
    expect(scenario.github.violations.map(v => v.problem)).toEqual([problem])
  })
})

describe('faults', () => {
  test('answer, count, and let others pass', async () => {
    const { github } = scenario
    const api = client(github)
    github.faults.add({ method: 'POST', path: /comments$/, times: 2, answer: secondaryLimit(60, 429) })
    github.faults.add({ path: /\/pulls\/1$/, skip: 1, answer: primaryLimit(120) })
    github.faults.add({ path: /deployments$/, answer: serverError(502) })
    const limited = await api.call('POST', '/issues/1/comments', { body: 'x' })
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '60'])
    expect((await api.get('/pulls/1')).status).toBe(200)
    expect((await api.get('/pulls/1')).headers.get('x-ratelimit-remaining')).toBe('0')
    expect((await api.get('/deployments')).status).toBe(502)
    expect((await api.get('/deployments')).status).toBe(200)
    expect((await api.call('POST', '/issues/1/comments', { body: 'x' })).status).toBe(429)
    expect((await api.call('POST', '/issues/1/comments', { body: 'x' })).status).toBe(201)
    expect(github.log.map(r => r.status)).toEqual([429, 200, 403, 502, 200, 429, 201])
  })

  test('can lose the answer of a write that was taken, and let things happen meanwhile', async () => {
    const { github } = scenario
    const api = client(github)
    github.faults.add({
      method: 'POST',
      when: 'after',
      answer: 'reset',
      meanwhile: () => scenario.push({ 'README.md': 'x' }),
    })
    const before = scenario.tip()
    await expect(api.call('POST', '/issues/1/comments', { body: 'taken' })).rejects.toThrow()
    expect((await api.get('/issues/1/comments')).body).toHaveLength(1)
    expect(scenario.tip()).not.toBe(before)
  })
})
