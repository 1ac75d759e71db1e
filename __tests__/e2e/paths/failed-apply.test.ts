import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { addresses, path } from '../../action/files.ts'
import { grants, startWorld, type World } from '../../action/world.ts'
import { rerun } from '../../github/scenario/runs.ts'

jest.setTimeout(60_000)

let world: World
beforeEach(async () => {
  world = await startWorld({ files: { 'README.md': 'Infra\n' } })
})
afterEach(async () => {
  expect(world.scenario.github.violations).toEqual([])
  await world.close()
})

/** The addresses in the project, as its owner sees them. */
const names = async () => {
  const base = world.cloud.endpoints.CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE ?? ''
  const answer = await fetch(`${base}projects/acme-ml/regions/us-central1/addresses`, {
    headers: { authorization: 'Bearer owner' },
  })
  const { items = [] } = (await answer.json()) as { readonly items?: readonly { readonly name: string }[] }
  return items.map(({ name }) => name).sort()
}

/** Plans a pull request that writes the file, merges it and applies it. */
const bring = async (number: number, text: string) => {
  const { scenario } = world
  scenario.openPull({ branch: `x${number}`, files: { [path]: text } })
  const planned = await world.plan(scenario.pullEvent(number))
  const applied = await world.apply(scenario.merge(number, 'squash'))
  return { planned, ended: applied.applies.map(({ conclusion }) => conclusion) }
}

describe('after an apply that failed half-way', () => {
  beforeEach(async () => {
    await bring(1, addresses('web'))
    world.cloud.faults.add({
      match: ({ method, body }) =>
        method === 'compute.addresses.insert' && JSON.stringify(body ?? {}).includes('cdn'),
      kind: 'operation-error',
      failure: { code: 'QUOTA_EXCEEDED', message: 'Quota IN_USE_ADDRESSES exceeded.' },
    })
    expect((await bring(2, addresses('web', 'api', 'cdn'))).ended).toEqual(['failure'])
    expect(await names()).toEqual(['api', 'web'])
  })

  test('a revert takes away what it had made', async () => {
    const { planned, ended } = await bring(3, addresses('web'))
    expect(JSON.parse(planned.outputs.counts ?? '')).toMatchObject({ remove: 1, create: 0 })
    expect(ended).toEqual(['success'])
    expect(await names()).toEqual(['web'])
  })

  test('the next push brings it to its end, whatever it changes', async () => {
    const { applies } = await world.apply(world.scenario.push({ 'README.md': 'More\n' }))
    expect(applies.map(({ conclusion }) => conclusion)).toEqual(['success'])
    expect(await names()).toEqual(['api', 'cdn', 'web'])
    const again = await world.apply(world.scenario.push({ 'README.md': 'Even more\n' }))
    expect(again.applies).toEqual([])
  })
})

describe('a plan run that is run again', () => {
  test('after the merge leaves the comment, which tells what became of it', async () => {
    const { planned } = await bring(1, addresses('web'))
    const [before = ''] = world.comments(1)
    expect(before).toContain('Applied to `staging`')
    const { scenario } = world
    const run = rerun(scenario.github.state, planned.job.run, 'bob')
    const again = await world.step(scenario.pullEvent(1), { permissions: grants.plan, run })
    expect([again.conclusion, world.comments(1)]).toEqual(['success', [before]])
    expect(again.log).toContain('#1 is merged')
  })
})

describe('one job for all environments', () => {
  test('leaves those that ask for approval, and applies and reports the others', async () => {
    const { scenario } = world
    scenario.github.protect('early', { reviewers: ['alice'] })
    const early = 'environments/early.yaml'
    scenario.openPull({ branch: 'x', files: { [early]: addresses('api'), [path]: addresses('web') } })
    await world.plan(scenario.pullEvent(1))
    const permissions = { ...grants.apply, 'pull-requests': 'write' } as const
    const done = await world.step(scenario.merge(1, 'squash'), { permissions, environment: 'staging' })
    expect(done.conclusion).toBe('failure')
    expect(done.log).toContain('The GitHub environment early asks for approval')
    expect(await names()).toEqual(['web'])
    expect(world.comments(1)[0]).toContain('Applied to `staging`')
  })
})
