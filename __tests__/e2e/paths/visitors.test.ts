import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { addresses, path } from '../../action/files.ts'
import { grants, startWorld, type World } from '../../action/world.ts'
import { secondaryLimit, serverError } from '../../github/fake/faults.ts'
import { bring, cloudOf, commentOn, counts, endings, propose, said, writes } from './path.ts'

jest.setTimeout(300_000)

let world: World
beforeEach(async () => {
  world = await startWorld({ files: { 'README.md': 'Infra\n' } })
})
afterEach(async () => {
  expect(world.scenario.github.violations).toEqual([])
  await world.close()
})

describe('who gets no identity', () => {
  test.each([
    ['a fork', { fork: 'stranger' }],
    ['Dependabot', { author: 'dependabot[bot]' }],
  ])(
    '%s: files are validated, nothing of the cloud is seen, and a branch is asked for',
    async (who, from) => {
      const { scenario } = world
      scenario.openPull({ branch: 'x', files: { [path]: `${addresses('web')}adresses: {}\n` }, ...from })
      const wrong = await world.plan(scenario.pullEvent(1))
      expect(wrong.annotations).toContainEqual(expect.objectContaining({ file: path, line: 6 }))
      const planned = await world.plan(scenario.pushToPull(1, { [path]: addresses('web') }))
      expect([planned.conclusion, world.comments(1)]).toEqual(['failure', []])
      expect(said(planned)).toContain(`#1 comes from ${who} and changes ${path}`)
      expect(planned.summary).toContain('Push it to a branch of this repository')
      expect(world.cloud.requests.all).toEqual([])
    },
  )

  test('a file whose name is made to be read as something else is only a name in the summary', async () => {
    const { scenario } = world
    const name = 'environments/x\n\n### All is well @acme <b>.yaml'
    scenario.openPull({ branch: 'x', files: { [name]: addresses('web') }, fork: 'stranger' })
    const { conclusion, summary } = await world.plan(scenario.pullEvent(1))
    expect([conclusion, summary]).toEqual([
      'failure',
      expect.stringContaining('comes from a fork and changes'),
    ])
    const text = summary.replace(/```[\s\S]*?```/g, '').replace(/`[^`]*`/g, '')
    expect(text).not.toMatch(/^### .*All is well|@acme|<b>/m)
  })

  test('merged all the same, what a fork brings is not reviewed: it waits for an approval', async () => {
    const { scenario } = world
    scenario.openPull({ branch: 'x', files: { [path]: addresses('web') }, fork: 'stranger' })
    await world.plan(scenario.pullEvent(1))
    const applied = await world.apply(scenario.merge(1, 'squash'))
    expect(endings(applied)).toEqual(['failure'])
    expect(applied.applies[0]?.summary).toContain('it has no plan comment')
    expect(applied.applies[0]?.summary).toContain('-f approve=')
    expect([writes(world), cloudOf(world).addresses]).toEqual([[], []])
    expect(commentOn(world, 1)).toContain('Stopped before the first write')
  })

  test('a workflow that a fork changes is planned from a branch only, and says so', async () => {
    const { scenario } = world
    const files = { '.github/workflows/slipway.yml': 'uses: evil/slipway@main\n' }
    scenario.openPull({ branch: 'x', files, fork: 'stranger' })
    const planned = await world.plan(scenario.pullEvent(1))
    expect([planned.conclusion, world.cloud.requests.all]).toEqual(['success', []])
    expect(said(planned)).toContain('planned only from a branch of this repository')
  })
})

test('a draft is planned as any other, and again when it is ready: one comment', async () => {
  const { scenario } = world
  scenario.openPull({ branch: 'x', files: { [path]: addresses('web') }, draft: true })
  expect(counts(await world.plan(scenario.pullEvent(1)))).toEqual({ create: 1 })
  expect(counts(await world.plan(scenario.pullEvent(1, 'ready_for_review')))).toEqual({ create: 1 })
  expect(world.comments(1)).toHaveLength(1)
  const { applies } = await world.apply(scenario.merge(1, 'squash'))
  expect(applies.map(({ conclusion }) => conclusion)).toEqual(['success'])
})

describe('the GitHub environment', () => {
  test('without protection is applied on the merge; one that is missing is not made, and the file is shown', async () => {
    const { scenario } = world
    const other = 'environments/prod.yaml'
    const { applied, ended } = await bring(world, { [path]: addresses('web'), [other]: addresses('shop') })
    expect([ended, applied.select.conclusion]).toEqual([['success'], 'failure'])
    expect(applied.select.annotations).toContainEqual(
      expect.objectContaining({
        file: other,
        message: expect.stringContaining('no GitHub environment named prod'),
      }),
    )
    expect([...scenario.github.state.environments.keys()]).toEqual(['staging'])
    expect(cloudOf(world).addresses).toEqual(['web'])
    scenario.github.protect('prod', { reviewers: ['alice'] })
    const later = await world.apply(scenario.push({ 'README.md': 'More\n' }), { approvedBy: 'alice' })
    expect([endings(later), cloudOf(world).addresses]).toEqual([['success'], ['shop', 'web']])
    expect(commentOn(world, 1)).toContain('Applied to `prod`')
  })

  test('a job that may not look whether it exists applies nothing, and says what it needs', async () => {
    const { number } = await propose(world, { [path]: addresses('web') })
    const { actions: _, ...permissions } = grants.select
    const { select, applies } = await world.apply(world.scenario.merge(number, 'squash'), { permissions })
    expect([select.conclusion, applies]).toEqual(['failure', []])
    expect(said(select)).toContain('`actions: read`')
    expect(writes(world)).toEqual([])
  })
})

describe('GitHub, in the middle of a run,', () => {
  test('slows down and stumbles: the run waits and ends well', async () => {
    const { faults } = world.scenario.github
    faults.add({ method: 'POST', path: /comments$/, answer: secondaryLimit(1, 429) })
    faults.add({ path: /\/git\/trees\//, answer: serverError(502) })
    const { number, planned } = await propose(world, { [path]: addresses('web') })
    expect([planned.conclusion, world.comments(number).length]).toEqual(['success', 1])
    faults.add({ method: 'POST', path: /\/deployments$/, answer: secondaryLimit(1) })
    faults.add({ method: 'PATCH', path: /comments\/\d+$/, answer: serverError(500) })
    const applied = await world.apply(world.scenario.merge(number, 'squash'))
    expect([endings(applied), applied.report?.conclusion]).toEqual([['success'], 'success'])
    expect(commentOn(world, number)).toContain('Applied to `staging`')
    expect(world.scenario.github.state.deployments.size).toBe(1)
  })

  test('refuses the record: nothing is written, and the text says what to do', async () => {
    const { number } = await propose(world, { [path]: addresses('web') })
    const permissions = { ...grants.apply, deployments: 'read' } as const
    const applied = await world.apply(world.scenario.merge(number, 'squash'), { permissions })
    expect(endings(applied)).toEqual(['failure'])
    const [job] = applied.applies.map(said)
    expect(job).toContain('staging was not touched: its record cannot be written')
    expect(job).toContain('POST /repos/acme/infra/deployments: 403')
    expect(job).toContain('`deployments: write`')
    expect([writes(world), cloudOf(world).addresses]).toEqual([[], []])
  })

  test('lets nobody comment: the plan’s check fails, the apply is told in its summary', async () => {
    const { planned } = await propose(
      world,
      { [path]: addresses('web') },
      {
        permissions: { ...grants.plan, 'pull-requests': 'read' },
      },
    )
    expect([planned.conclusion, planned.summary]).toEqual(['failure', expect.stringContaining('1 to create')])
    expect(said(planned)).toContain('`pull-requests: write`')
    await world.plan(world.scenario.pushToPull(1, { [path]: addresses('web', 'api') }))
    world.scenario.github.faults.add({
      ...{ method: 'PATCH', path: /comments\/\d+$/, times: 9 },
      answer: { status: 403, body: { message: 'Unable to create comment because issue is locked.' } },
    })
    const applied = await world.apply(world.scenario.merge(1, 'squash'))
    expect([endings(applied), applied.report?.conclusion]).toEqual([['success'], 'failure'])
    expect(applied.report && said(applied.report)).toContain('issue is locked')
    expect(applied.report && said(applied.report)).toContain('a locked conversation')
    expect(applied.applies[0]?.summary).toContain('Applied to `staging`')
  })
})

test('a plan too long for a comment is cut where it does not hurt, and says where the whole is', async () => {
  const names = Array.from({ length: 1_500 }, (_, index) => `address-of-the-front-end-number-${index}`)
  const { planned, number } = await propose(world, { [path]: addresses(...names) })
  expect([planned.conclusion, counts(planned)]).toEqual(['success', { create: 1_500 }])
  const comment = commentOn(world, number)
  expect(comment.length).toBeLessThan(65_536)
  expect(comment).toContain('1500 to create')
  expect(comment).toContain('The summary of this run')
  expect(planned.summary).toContain('address-of-the-front-end-number-1499')
})
