import { describe, expect, test } from '@jest/globals'
import { path } from '../../action/files.ts'
import { endings, said } from './path.ts'
import { stage, wanting } from './stage.ts'

const on = stage({ environments: ['staging', 'prod'] })
const prod = 'environments/prod.yaml'

/** Queues pull requests and runs the check of each entry; what it says of each. */
const queue = async (...numbers: readonly number[]) => {
  const group = on.world.scenario.queue(numbers)
  const checks = []
  for (const event of group.events) checks.push(await on.world.plan(event))
  return { group, checks, ended: checks.map(({ conclusion }) => conclusion) }
}

describe('a merge queue', () => {
  test('with one pull request lets through what was reviewed', async () => {
    await on.propose(wanting('web'))
    const { group, checks, ended } = await queue(1)
    expect(ended).toEqual(['success'])
    expect(checks[0]?.log).toContain('In this group: #1, on ')
    expect(checks[0]?.summary).toContain('1 to create')
    expect(endings(await on.world.apply(group.land()))).toEqual(['success'])
    expect(await on.addresses()).toEqual(['web'])
    expect(on.comment(1)).toContain('### Applied to `staging`: 1 step in')
  })

  test('with several finds the plans of all of them, and one push applies them', async () => {
    await on.propose(wanting('web'))
    await on.propose({ [prod]: wanting('shop') })
    await on.propose({ 'README.md': 'Better\n' })
    const { group, checks, ended } = await queue(1, 2, 3)
    expect(ended).toEqual(['success', 'success', 'success'])
    expect(checks[2]?.log).toContain('In this group: #3, #2, #1, on ')
    expect(endings(await on.world.apply(group.land()))).toEqual(['success', 'success'])
    expect(await on.addresses()).toEqual(['shop', 'web'])
    expect(on.comment(1)).toContain('### Applied to `staging`')
    expect(on.comment(1)).not.toContain('`prod`')
    expect(on.comment(2)).toContain('### Applied to `prod`')
    expect(on.world.comments(3)).toEqual([])
  })

  test('also finds what is merged and waits to be applied', async () => {
    await on.propose(wanting('web'))
    on.world.scenario.merge(1, 'squash')
    await on.propose(wanting('web', 'api'))
    const { group, ended } = await queue(2)
    expect(ended).toEqual(['success'])
    expect(endings(await on.world.apply(group.land()))).toEqual(['success'])
    expect(await on.addresses()).toEqual(['api', 'web'])
  })

  test('stops what nobody planned, and what an entry before it makes stale', async () => {
    const { scenario } = on.world
    scenario.openPull({ branch: 'unplanned', files: { [path]: wanting('web') } })
    const { checks, ended } = await queue(1)
    expect(ended).toEqual(['failure'])
    expect(checks.map(said).join()).toContain('#1: it has no plan comment')
    await on.propose({ [prod]: wanting('web').replace('acme-ml', 'acme-ml\nname: prod') })
    const both = await queue(1, 2)
    expect(both.ended).toEqual(['failure', 'failure'])
    expect(both.checks.map(said).join()).toMatch(/owns this too/)
    expect(await on.addresses()).toEqual([])
  })

  test('whose pull requests cannot be told from its name fails closed', async () => {
    const { scenario } = on.world
    await on.propose(wanting('web'))
    await on.propose({ 'README.md': 'Better\n' })
    const { entries, events } = scenario.queue([1, 2])
    const [first] = entries
    scenario.github.state.git.run(['update-ref', '-d', first?.ref ?? ''])
    const checked = await on.world.plan(events[1] ?? scenario.schedule())
    expect(checked.conclusion).toBe('failure')
    expect(said(checked)).toContain('cannot be told from its name')
    expect(said(checked)).toContain('Take them out of the queue and queue them again.')
    expect(on.world.cloud.requests.writes).toEqual([])
  })
})
