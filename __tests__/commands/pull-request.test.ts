import { tmpdir } from 'node:os'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { loadEnvironments } from '../../src/commands/load.ts'
import { convergeEnvironment, selectEnvironments } from '../../src/commands/merge.ts'
import { planPullRequest } from '../../src/commands/pull-request.ts'
import { type Composed, compose } from '../../src/compose.ts'
import { wallClock } from '../../src/core/clock.ts'
import { Redactor } from '../../src/core/secret.ts'
import { type Emulator, startEmulator } from '../../src/emulator/index.ts'
import { engine } from '../../src/engine.ts'
import { connect, createHosting } from '../../src/github/index.ts'
import { ALL } from '../github/client.ts'
import { type Scenario, startScenario } from '../github/scenario/scenario.ts'

const file = (name: string) => `environments/${name}.yaml`
const environment = (...more: readonly string[]) =>
  ['project: acme-ml', 'location: us-central1', 'services: [cloudresourcemanager]', ...more, ''].join('\n')
const viewer = "projectIam: [{role: roles/viewer, member: 'group:ml@acme.com'}]"

let scenario: Scenario
let google: Emulator
let composed: Composed
beforeEach(async () => {
  ;[scenario, google] = await Promise.all([
    startScenario({ files: { [file('a')]: environment(viewer), [file('b')]: environment(viewer) } }),
    startEmulator(),
  ])
  google.seed().enable('serviceusage', 'cloudresourcemanager')
  composed = compose({
    env: { ...process.env, ...google.endpoints, CLOUDSDK_AUTH_ACCESS_TOKEN: 'owner' },
    ...{ engine, role: 'applier', identities: () => ({}), idToken: undefined, folder: tmpdir() },
    signal: new AbortController().signal,
    redactor: new Redactor(),
    values: {},
    onEvent: () => undefined,
    progress: () => undefined,
  })
})
afterEach(async () => {
  await composed.dispose()
  expect(scenario.github.violations).toEqual([])
  await Promise.all([scenario.close(), google.close()])
})

const reading = () => {
  const { apiUrl, token } = scenario.github
  const options = { apiUrl, clock: wallClock, random: Math.random, repository: 'acme/infra' }
  const api = connect({ ...options, token: token(ALL) })
  const more = { workflow: '.github/workflows/slipway.yml', author: 'github-actions[bot]', logUrl: '' }
  return {
    hosting: createHosting(api, { defaultBranch: 'main', ...more, logUrl: 'https://github.com/acme/infra' }),
    load: loadEnvironments,
    applier: () => undefined,
  }
}
const planned = (files: Readonly<Record<string, string | null>>, branch = 'x') => {
  const pull = scenario.openPull({ branch, files })
  const merge = pull.mergeSha ?? ''
  return planPullRequest({ number: pull.number, head: pull.headSha, merge }, composed.bench, reading())
}
/** Applies an environment as someone approved it, whatever it is. */
const approve = async (name: string) => {
  const request = { environment: name, runCommit: undefined, dispatched: true }
  const first = await convergeEnvironment({ ...request, approved: new Set() }, composed.bench, reading())
  const digest = first.ended === 'refused' ? [first.digest] : []
  const applied = { ...request, approved: new Set(digest) }
  return first.ended === 'refused' ? convergeEnvironment(applied, composed.bench, reading()) : first
}

describe('two environments that claim the same grant', () => {
  beforeEach(async () => {
    for (const name of ['a', 'b']) expect((await approve(name)).ended).toBe('done')
  })

  test('one drops it: the other keeps it', async () => {
    const { document } = await planned({ [file('a')]: environment() })
    expect(document.plans.map(({ steps, problems }) => [steps, problems])).toEqual([[[], []]])
  })

  test('one drops it while the file of the other cannot be read: nothing is removed', async () => {
    scenario.push({ [file('b')]: 'project: [' })
    const { document } = await planned({ [file('a')]: environment() })
    const [plan] = document.plans
    expect(plan?.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('environments/b.yaml cannot be read, and may want it too'),
    ])
    scenario.merge(1, 'squash')
    expect((await approve('a')).ended).toBe('refused')
    expect(JSON.stringify(await google.snapshot())).toContain('group:ml@acme.com')
  })
})

describe('the record of an earlier apply', () => {
  test('that this engine cannot read is none: it is said that nothing can be removed', async () => {
    scenario.push({ [file('c')]: environment(viewer) })
    await approve('c')
    const [deployment] = [...scenario.github.state.deployments.values()]
    if (deployment === undefined) throw new Error('there is a record')
    const payload = JSON.stringify(deployment.payload).replaceAll(file('c'), file('gone'))
    const forged = { ...deployment, payload: JSON.parse(payload) }
    scenario.github.state.deployments.set(deployment.id, forged)
    const { document } = await planned({ [file('c')]: environment() })
    expect(document.plans.map(({ recorded, steps }) => [recorded, steps])).toEqual([[false, []]])
  })

  test('does not count while a later attempt has not ended well', async () => {
    await approve('a')
    const due = async () => {
      const found = await selectEnvironments(reading(), engine, { unprotected: true, only: undefined })
      return found.selected.map(one => one.environment)
    }
    expect(await due()).toEqual(['b'])
    const [deployment] = [...scenario.github.state.deployments.values()]
    if (deployment === undefined) throw new Error('there is a record')
    const id = scenario.github.state.nextId()
    scenario.github.state.deployments.set(id, { ...deployment, id, statuses: [] })
    expect(await due()).toEqual(['a', 'b'])
  })
})

describe('a renamed file', () => {
  const move = (text: string) => planned({ [file('a')]: null, [file('z')]: text })
  const said = async (text: string) =>
    (await move(text)).failures.flatMap(({ problems }) => problems.map(({ message }) => message))
  const message =
    'environments/a.yaml was renamed to environments/z.yaml, which would rename the environment a to z.'

  test('is refused, edited on the way or not', async () => {
    expect(await said(environment(viewer))).toEqual([message])
    scenario.closePull(1)
    const edited = planned({ [file('a')]: null, [file('z')]: environment() }, 'y')
    expect((await edited).failures.flatMap(({ problems }) => problems)).toMatchObject([{ message }])
  })

  test('that says its name goes on as the environment that it was', async () => {
    expect(await said(`name: a\n${environment(viewer)}`)).toEqual([])
  })
})
