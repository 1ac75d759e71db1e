import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { addresses, path } from '../../action/files.ts'
import { grants, startWorld, type World } from '../../action/world.ts'
import type { JsonObject } from '../../github/fake/json.ts'
import type { Deployment } from '../../github/fake/state.ts'
import { bring, cloudOf, commentOn, counts, endings, projectOf, propose, said, writes } from './path.ts'

jest.setTimeout(300_000)

let world: World
afterEach(async () => {
  expect(world.scenario.github.violations).toEqual([])
  await world.close()
})
const start = async (files: Readonly<Record<string, string>> = { 'README.md': 'Infra\n' }) => {
  world = await startWorld({ files, environments: ['staging', 'prod'] })
}

const deployments = () => world.scenario.github.state.deployments
const records = () => [...deployments().values()].filter(({ task }) => task === 'slipway')
const unrecorded = 'No trustworthy record of an earlier apply'

/** What a workflow with `deployments: write` can post. */
const post = (more: Partial<Deployment> & { readonly payload: JsonObject }): void => {
  const { state } = world.scenario.github
  const id = state.nextId()
  const base = { ref: 'main', task: 'slipway', description: null, creator: 'github-actions[bot]' }
  const status = { ...{ id: state.nextId(), state: 'success', description: '', environment: 'staging' } }
  const urls = { environmentUrl: '', logUrl: '', creator: 'github-actions[bot]', at: state.now() }
  deployments().set(id, {
    ...{ id, sha: world.scenario.tip(), ...base, environment: 'staging', at: state.now() },
    ...{ transient: false, production: false, statuses: [{ ...status, ...urls }] },
    ...more,
  })
}
const payload = (identities: readonly string[], more: JsonObject = {}): JsonObject => ({
  ...{ environment: 'staging', file: path, blob: 'x', engine: '0.1.0', charts: {} },
  identities: Object.fromEntries(identities.map(identity => [identity, 'x'])),
  ...more,
})
const address = (name: string) =>
  `//compute.googleapis.com/projects/acme-ml/regions/us-central1/addresses/${name}`
const seed = (name: string, labels: Readonly<Record<string, string>> = {}) => {
  const facts = { kind: 'compute#address', id: `${name.length}00`, name, status: 'RESERVED' }
  const more = { address: '192.0.2.9', addressType: 'EXTERNAL', networkTier: 'PREMIUM', labels }
  const region = 'https://www.googleapis.com/compute/v1/projects/acme-ml/regions/us-central1'
  projectOf(world).addresses.set(`regions/us-central1/${name}`, {
    ...{ ...facts, ...more, region, selfLink: `${region}/addresses/${name}` },
    ...{ creationTimestamp: '2026-01-01T00:00:00.000-00:00', labelFingerprint: 'abc=' },
  })
}

describe('a first run', () => {
  test('in an empty repository says nothing; the first file is created whole', async () => {
    await start({})
    const { applies, select } = await world.apply(world.scenario.push({ 'README.md': 'Hello\n' }))
    expect([select.conclusion, applies]).toEqual(['success', []])
    const { planned, number, ended } = await bring(world, { [path]: addresses('web') })
    expect([counts(planned), ended]).toEqual([{ create: 1 }, ['success']])
    expect(commentOn(world, number)).toContain('1 to create. Nothing that exists is changed.')
    expect(commentOn(world, number)).toContain('Nothing can be removed')
    expect(records()).toMatchObject([{ payload: { identities: { [address('web')]: expect.any(String) } } }])
  })

  test('over what looks like ours: adopts the unmarked, refuses the others’, reports and leaves the rest', async () => {
    await start()
    seed('web')
    seed('theirs', { 'slipway-environment': 'prod' })
    seed('left', { 'slipway-environment': 'staging' })
    seed('alien')
    const refused = await propose(world, { [path]: addresses('web', 'theirs') })
    expect(said(refused.planned)).toContain('belongs to environment prod: its mark says so')
    world.scenario.closePull(refused.number)
    const { planned, number, ended } = await bring(world, { [path]: addresses('web') })
    expect([counts(planned), ended]).toEqual([{ adopt: 1 }, ['success']])
    const comment = commentOn(world, number)
    expect(comment).toContain('In no file, but with the mark of staging')
    expect(comment).toContain(address('left'))
    expect(comment).not.toContain(address('alien'))
    expect(cloudOf(world).addresses).toEqual(['alien', 'left', 'theirs', 'web'])
    const again = await bring(world, { [path]: addresses('web', 'api') })
    expect([counts(again.planned), again.ended]).toEqual([{ create: 1 }, ['success']])
    expect(commentOn(world, again.number)).toContain(address('left'))
    expect(cloudOf(world).addresses).toContain('left')
  })
})

describe('records that are gone', () => {
  beforeEach(async () => {
    await start()
    await bring(world, { [path]: addresses('web', 'api') })
  })

  test('deleted: nothing is removed, what is left is said, and the next success is a record again', async () => {
    deployments().clear()
    const { planned, number, ended } = await bring(world, { [path]: addresses('web') })
    expect([counts(planned), ended]).toEqual([{}, ['success']])
    const comment = commentOn(world, number)
    expect(comment).toContain(unrecorded)
    expect(comment).toContain(address('api'))
    expect(cloudOf(world).addresses).toEqual(['api', 'web'])
    expect(records()).toHaveLength(1)
    const next = await bring(world, { [path]: addresses('other') })
    expect([counts(next.planned), cloudOf(world).addresses]).toEqual([
      { create: 1, remove: 1 },
      ['api', 'other'],
    ])
  })

  test('the default branch was force-pushed: its records do not count, and nothing is removed', async () => {
    const { scenario } = world
    const first = scenario.github.state.git.run(['rev-list', '--max-parents=0', 'main'])
    const forced = await world.apply(scenario.forcePush(first))
    expect([forced.select.conclusion, forced.applies]).toEqual(['success', []])
    const { planned, number, ended } = await bring(world, { [path]: addresses('web') })
    expect([counts(planned), ended]).toEqual([{}, ['success']])
    expect(commentOn(world, number)).toContain(unrecorded)
    expect(cloudOf(world).addresses).toEqual(['api', 'web'])
  })
})

describe('deployments that are no records of ours', () => {
  test('of other tools, on the same environment, are passed over', async () => {
    await start()
    await bring(world, { [path]: addresses('web') })
    for (const task of ['deploy', 'deploy:migrations']) post({ task, payload: { version: '1.2.3' } })
    post({ payload: { not: 'ours' } })
    post({ payload: payload([address('web')], { environment: 'prod' }) })
    const { applies } = await world.apply(world.scenario.push({ 'README.md': 'More\n' }))
    expect(applies).toEqual([])
    const { planned, ended } = await bring(world, { [path]: addresses('api') })
    expect([counts(planned), ended]).toEqual([{ create: 1, remove: 1 }, ['success']])
  })

  test('forged, naming what is not ours: nothing of it is removed', async () => {
    await start()
    await bring(world, { [path]: addresses('web') })
    seed('alien')
    seed('theirs', { 'slipway-environment': 'prod' })
    const foreign = '//compute.googleapis.com/projects/other/regions/us-central1/addresses/x'
    const grant = '//cloudresourcemanager.googleapis.com/projects/acme-ml#roles/owner user:boss@acme.com'
    projectOf(world).policy = {
      ...{ etag: 'x', bindings: [{ role: 'roles/owner', members: ['user:boss@acme.com'] }] },
    }
    post({ payload: payload([address('alien'), address('theirs'), foreign, grant, 'nonsense']) })
    const { planned, number, ended } = await bring(world, { [path]: addresses('web', 'api') })
    expect([counts(planned), ended]).toEqual([{ create: 1 }, ['success']])
    for (const text of [address('alien'), address('theirs'), foreign, 'user:boss@acme.com'])
      expect(commentOn(world, number)).toContain(text)
    expect(cloudOf(world)).toMatchObject({
      addresses: ['alien', 'api', 'theirs', 'web'],
      grants: ['roles/owner user:boss@acme.com'],
    })
  })

  test('forged as a success of what was never applied: it is not applied by itself, and nothing else is lost', async () => {
    await start()
    const { scenario } = world
    const { number } = await propose(world, { [path]: addresses('web') })
    const event = scenario.merge(number, 'squash')
    const blob = scenario.github.state.git.run(['rev-parse', `main:${path}`])
    post({ payload: payload([], { blob }) })
    expect((await world.apply(event)).applies).toEqual([])
    const inputs = { environment: 'staging' }
    const asked = await world.apply(scenario.dispatch(inputs), { inputs })
    expect([endings(asked), cloudOf(world).addresses]).toEqual([['failure'], []])
    expect(asked.applies[0]?.summary).toContain('-f approve=')
    const { planned, ended } = await bring(world, { [path]: addresses('web', 'api') })
    expect([counts(planned), ended]).toEqual([{ create: 2 }, ['success']])
    expect(cloudOf(world).addresses).toEqual(['api', 'web'])
  })

  test('forged on a commit of another branch: it is none at all', async () => {
    await start()
    const { scenario } = world
    await bring(world, { [path]: addresses('web') })
    const branch = scenario.openPull({ branch: 'evil', files: { [path]: addresses('web', 'api') } })
    seed('api', { 'slipway-environment': 'staging' })
    post({ sha: branch.headSha, payload: payload([address('api')]) })
    const { planned, number } = await propose(world, { [path]: addresses('web', 'cdn') })
    expect(counts(planned)).toEqual({ create: 1 })
    expect(commentOn(world, number)).toContain('In no file, but with the mark of')
  })
})

describe('a plan from a writer’s own workflow', () => {
  const forge = async (change: (json: string) => string, workflow?: string) => {
    await start()
    const { scenario } = world
    const { number, planned } = await propose(world, { [path]: addresses('web') })
    const { state } = scenario.github
    if (workflow !== undefined)
      state.runs.set(planned.job.run.id, [
        { ...planned.job.run, ...{ path: workflow, status: 'completed' }, conclusion: 'success' },
      ])
    for (const artifact of [...state.artifacts.values()]) {
      state.artifacts.delete(artifact.id)
      const text = change(JSON.stringify({ format: 'slipway-plans/1', pull: number, plans: [] }))
      scenario.github.uploadArtifact(artifact.runId, artifact.name, { 'slipway-plan.json': text })
    }
    return world.apply(scenario.merge(number, 'squash'))
  }

  test('an artifact that is not the comment’s covers nothing', async () => {
    const applied = await forge(json => json)
    expect(endings(applied)).toEqual(['failure'])
    expect(applied.applies[0]?.summary).toContain('is not the one that the comment shows')
    expect([cloudOf(world).addresses, records()]).toEqual([[], []])
  })

  test('a run of another workflow file covers nothing', async () => {
    const applied = await forge(json => json, '.github/workflows/mine.yml')
    expect(endings(applied)).toEqual(['failure'])
    expect(applied.applies[0]?.summary).toContain('comes from another workflow, .github/workflows/mine.yml')
    expect(writes(world)).toEqual([])
  })

  test('a comment that a person wrote is no plan comment', async () => {
    await start()
    const { scenario } = world
    const { number } = await propose(world, { [path]: addresses('web') })
    const { comments } = scenario.github.state
    for (const comment of comments.values()) comments.set(comment.id, { ...comment, user: 'mallory' })
    const applied = await world.apply(scenario.merge(number, 'squash'))
    expect(endings(applied)).toEqual(['failure'])
    expect(applied.applies[0]?.summary).toContain('it has no plan comment')
    expect(writes(world)).toEqual([])
  })

  test('what it says was reviewed changes nothing that the file at the head does not want', async () => {
    await start()
    const { scenario } = world
    await bring(world, { [path]: addresses('web') })
    // A comment and an artifact that fit each other, made by a `pull_request` run of the right file: all forged.
    const { number } = await propose(world, { [path]: addresses('web', 'api') })
    const evil = scenario.pushToPull(number, { [path]: addresses('web') })
    const planned = await world.step(evil, { permissions: grants.plan })
    expect(planned.conclusion).toBe('success')
    const before = writes(world).length
    const { applies } = await world.apply(scenario.merge(number, 'squash'))
    expect([applies, writes(world).length]).toEqual([[], before])
    expect(cloudOf(world).addresses).toEqual(['web'])
  })
})
