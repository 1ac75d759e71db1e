import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { reviewsSince } from '../../src/commands/reviews.ts'
import { wallClock } from '../../src/core/clock.ts'
import { connect, createHosting } from '../../src/github/index.ts'
import { ALL } from '../github/client.ts'
import { type Scenario, startScenario } from '../github/scenario/scenario.ts'

let scenario: Scenario
beforeEach(async () => {
  scenario = await startScenario({ files: { 'environments/a.yaml': 'one\n', 'README.md': 'Infra\n' } })
})
afterEach(async () => {
  expect(scenario.github.violations).toEqual([])
  await scenario.close()
})

const land = (files: Readonly<Record<string, string>>): number => {
  const { number } = scenario.openPull({ branch: `b${scenario.github.state.pulls.size}`, files })
  scenario.merge(number, 'squash')
  return number
}

const reviews = () => {
  const { apiUrl, token } = scenario.github
  const options = { apiUrl, clock: wallClock, random: Math.random, repository: 'acme/infra' }
  const api = connect({ ...options, token: token(ALL) })
  const more = { workflow: '.github/workflows/slipway.yml', author: 'github-actions[bot]', logUrl: '' }
  const reading = {
    hosting: createHosting(api, { defaultBranch: 'main', ...more }),
    load: () => ({ subjects: [], failures: [] }),
    applier: () => undefined,
  }
  return reviewsSince(
    reading,
    scenario.tip(),
    { history: undefined },
    { name: 'a', file: 'environments/a.yaml' },
  )
}

test('the merges that touched an environment are found among many others, with about one request for each', async () => {
  const other = (count: number) => {
    for (let index = 0; index < count; index++) land({ 'README.md': `${scenario.tip()}\n` })
  }
  other(20)
  const file = land({ 'environments/a.yaml': 'two\n' })
  other(20)
  const workflow = land({ '.github/workflows/slipway.yml': 'on: push\n' })
  const second = land({ 'environments/a.yaml': 'three\n' })
  other(18)
  const { pulls } = await reviews()
  expect(pulls.map(({ number }) => number)).toEqual([file, workflow, second])
  expect(scenario.github.log.length).toBeLessThan(61 + 40)
})

test('no merge at all needs no look at any commit', async () => {
  scenario.push({ 'environments/a.yaml': 'two\n' })
  expect((await reviews()).pulls).toEqual([])
  expect(scenario.github.log.map(({ pathname }) => pathname)).toEqual([
    '/repos/acme/infra/commits',
    '/repos/acme/infra/pulls',
  ])
})
