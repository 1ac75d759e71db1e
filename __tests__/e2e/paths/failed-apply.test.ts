import { beforeEach, describe, expect, test } from '@jest/globals'
import { path } from '../../action/files.ts'
import { grants } from '../../action/world.ts'
import { rerun } from '../../github/scenario/runs.ts'
import { endings, said } from './path.ts'
import { renameRobot, robotFile } from './robot.ts'
import { stage, wanting } from './stage.ts'

const on = stage({ environments: ['staging', 'prod'] })
const prod = 'environments/prod.yaml'
const push = () => on.world.apply(on.world.scenario.push({ 'README.md': 'More\n' }))

describe('after an apply that failed half-way', () => {
  let failed: Awaited<ReturnType<typeof on.bring>>
  beforeEach(async () => {
    await on.bring(wanting('web'))
    on.exhaust('cdn')
    failed = await on.bring(wanting('web', 'api', 'cdn'))
    expect(failed.ended).toEqual(['failure'])
    expect(on.comment(2)).toMatch(
      /\*\*Not applied whole: `staging`\.\*\* 1 of 2 steps done in .*; `address\/cdn` failed\./,
    )
    expect(on.comment(2)).toMatch(/Quota .* exceeded\. \*\*What to do:\*\* Ask for more of the quota/)
    expect([await on.addresses(), on.records()]).toEqual([
      ['api', 'web'],
      ['success', 'failure'],
    ])
  })

  test('a revert takes away what it had made', async () => {
    const reverted = await on.bring(wanting('web'))
    expect(JSON.parse(reverted.planned.outputs.counts ?? '')).toMatchObject({ remove: 1, create: 0 })
    expect(reverted.ended).toEqual(['success'])
    expect(await on.addresses()).toEqual(['web'])
    expect(on.comment(3)).toContain('### Applied to `staging`: 1 step in')
    expect(on.comment(3)).not.toMatch(/pending/i)
  })

  test('a pull request that wants more says what of the failed one is still to come', async () => {
    await on.propose(wanting('web', 'api', 'cdn', 'edge'))
    expect(on.comment(3)).toContain('1 step of earlier merges is pending.')
    expect(on.comment(3)).toMatch(
      /\*\*Pending\*\* in `staging`, not part of this pull request:.*\n\n```diff\n\+ 1 to create/,
    )
  })

  test('a fix keeps what is still wanted, takes away what is not, and makes the rest', async () => {
    const fixed = await on.bring(wanting('web', 'edge'))
    expect(JSON.parse(fixed.planned.outputs.counts ?? '')).toMatchObject({ remove: 1, create: 1 })
    expect(fixed.ended).toEqual(['success'])
    expect(await on.addresses()).toEqual(['edge', 'web'])
    expect((await push()).applies).toEqual([])
  })

  test('the same again goes on from there, and tells what was so already', async () => {
    const { scenario, apply } = on.world
    const run = rerun(scenario.github.state, failed.applied.select.job.run, 'alice')
    const again = await apply(scenario.pushed(scenario.tip()), { run })
    expect(endings(again)).toEqual(['success'])
    expect(await on.addresses()).toEqual(['api', 'cdn', 'web'])
    expect(on.comment(2)).toMatch(/### Applied to `staging`: 1 step in .*, 1 already so\./)
    expect(on.comment(2)).toMatch(/= address\/api +already so: it is there/)
    expect(on.comment(2)).not.toContain('Quota')
  })

  test('the same again, and the same failure: nothing is made twice, nothing is lost', async () => {
    on.exhaust('cdn', 9)
    expect(endings(await on.dispatch({ environment: 'staging' }))).toEqual(['failure'])
    expect(on.comment(2)).toMatch(/\*\*Not applied whole: `staging`\.\*\* 1 of 2 steps done/)
    expect([await on.addresses(), on.records()]).toEqual([
      ['api', 'web'],
      ['success', 'failure', 'failure'],
    ])
    expect((await on.bring(wanting('web'))).ended).toEqual(['success'])
    expect(await on.addresses()).toEqual(['web'])
  })

  test('the next push brings it to its end, whatever it changes', async () => {
    expect(endings(await push())).toEqual(['success'])
    expect(await on.addresses()).toEqual(['api', 'cdn', 'web'])
    expect((await push()).applies).toEqual([])
  })

  test('a pull request on another environment is applied, and the failed one is tried beside it', async () => {
    on.exhaust('cdn', 9)
    const other = await on.bring({ [prod]: wanting('shop') })
    expect(other.planned.outputs.counts).toContain('"create":1')
    expect(on.comment(3)).not.toContain('cdn')
    expect([...other.ended].sort()).toEqual(['failure', 'success'])
    expect(await on.addresses()).toEqual(['api', 'shop', 'web'])
    expect(on.comment(3)).toContain('### Applied to `prod`: 1 step in')
    expect(on.comment(2)).toContain('`address/cdn` failed')
    on.world.cloud.faults.clear()
    expect((await on.bring({ [prod]: wanting('shop', 'till') })).ended).toEqual(['success', 'success'])
    expect(await on.addresses()).toEqual(['api', 'cdn', 'shop', 'till', 'web'])
  })
})

describe('a value that an apply left which failed half-way', () => {
  const file = (displayName: string, ...more: readonly string[]) =>
    robotFile(
      displayName,
      `addresses: {web: {tier: PREMIUM}${more.map(name => `, ${name}: {tier: PREMIUM}`).join('')}}`,
    )
  const rename = (displayName: string) => renameRobot(on.world, displayName)
  let left: string
  beforeEach(async () => {
    await on.bring(file('Robot'))
    on.exhaust('cdn', 9)
    const failed = await on.bring(file('Droid', 'cdn'))
    expect(failed.ended).toEqual(['failure'])
    const [sha, run] = [on.world.scenario.tip(), failed.applied.select.job.run.id]
    left = `[\`${sha.slice(0, 7)}\`](https://github.com/acme/infra/commit/${sha}) wants, whose [apply](https://github.com/acme/infra/actions/runs/${run}) failed.`
  })

  test('is told by a revert with the commit and the run that left it, and is no drift', async () => {
    const reverted = await on.bring(file('Robot'))
    const text = on.comment(3)
    expect(text).toContain(left)
    expect(text).toContain('Puts back 1 value left by the apply of')
    expect(text).toMatch(/- +displayName +Droid +\(live\)\n\+ +displayName +Robot/)
    expect(text).not.toMatch(/outside of Git|Drift/)
    expect(reverted.ended).toEqual(['success'])
    expect(text).toContain('This is what #2 and #3 come to together.')
    expect(text).not.toContain('To undo the changes of settings')
    await rename('Droid')
    await on.propose(file('Robot', 'api'))
    expect(on.comment(4)).toContain('**Drift:** someone changed this outside of Git')
  })

  test('that somebody changed since is drift, and no merge is said to want that', async () => {
    await rename('Renamed')
    await on.propose(file('Robot'))
    expect(on.comment(3)).toContain('**Drift:** someone changed this outside of Git')
    expect(on.comment(3)).not.toMatch(/Left by|left by|pending/)
  })

  test('is where a pull request that wants a third one begins', async () => {
    await on.propose(file('Golem', 'cdn'))
    expect(on.comment(3)).toMatch(/! +displayName +Droid → Golem/)
    expect(on.comment(3)).toContain('1 step of earlier merges is pending.')
    expect(on.comment(3)).not.toMatch(/outside of Git|Left by|left by/)
  })

  test('was not there yet when the revert was reviewed: that stops, and its text tells whose it is', async () => {
    const { scenario, apply } = on.world
    await on.bring(file('Droid'))
    on.world.cloud.faults.clear()
    on.exhaust('edge', 9)
    await on.propose(file('Golem', 'edge'))
    const event = scenario.merge(4, 'squash')
    await on.propose(file('Droid'))
    expect(on.comment(5)).not.toContain('displayName')
    expect(endings(await apply(event))).toEqual(['failure'])
    const stopped = await on.land(5)
    expect(endings(stopped)).toEqual(['failure'])
    expect(on.comment(5)).toContain('**Stopped before the first write:**')
    expect(on.comment(5)).toContain('whose [apply]')
    expect(on.comment(5)).not.toContain('outside of Git')
  })
})

describe('what somebody else had before', () => {
  test('is adopted by an apply that fails, and stays when that is reverted', async () => {
    await on.reserve('vip')
    await on.bring(wanting('web'))
    on.exhaust('cdn')
    const failed = await on.bring(wanting('web', 'vip', 'cdn'))
    expect(failed.ended).toEqual(['failure'])
    const reverted = await on.bring(wanting('web'))
    expect(JSON.parse(reverted.planned.outputs.counts ?? '')).toMatchObject({ remove: 0 })
    expect(await on.addresses()).toEqual(['vip', 'web'])
    expect((await push()).applies).toEqual([])
    expect(await on.addresses()).toEqual(['vip', 'web'])
  })

  test('is not taken for the work of an apply that never got to it', async () => {
    await on.bring(wanting('web'))
    on.exhaust('cdn')
    await on.bring(wanting('web', 'cdn'))
    await on.reserve('cdn', 'Of the shop')
    const reverted = await on.bring(wanting('web'))
    expect(JSON.parse(reverted.planned.outputs.counts ?? '')).toMatchObject({ remove: 0 })
    expect(await on.addresses()).toEqual(['cdn', 'web'])
  })

  test('appeared after the plan: its creation is not forced upon it', async () => {
    await on.propose(wanting('web'))
    await on.reserve('web')
    const { applies } = await on.land(1)
    expect(applies.map(said).join()).toContain('it exists already and its adoption was not reviewed')
    expect(on.comment(1)).toContain('**Stopped before the first write:**')
    const approve = applies[0]?.outputs.digest ?? ''
    expect(endings(await on.dispatch({ environment: 'staging', approve }))).toEqual(['success'])
    expect(await on.addresses()).toEqual(['web'])
  })
})

const { actions: _, ...unread } = grants.apply

describe('an apply that cannot be planned', () => {
  test.each([
    ['the reviewed plans cannot be read', unread, '`actions: read`'],
    ['no record can be written', { ...grants.apply, deployments: 'read' }, '`deployments: write`'],
  ] as const)(
    'because %s: its pull request is told, and a re-run goes on',
    async (_, permissions, missing) => {
      const { scenario, queue } = on.world
      await on.propose(wanting('web'))
      const event = scenario.merge(1, 'squash')
      const run = await queue(event)
      const first = await run.go({ permissions })
      expect(endings(first)).toEqual(['failure'])
      expect(on.comment(1)).toContain('### **Not touched: `staging`.**')
      expect(on.comment(1)).toContain(missing)
      expect(on.comment(1)).toContain(`actions/runs/${first.select.job.run.id}) again`)
      expect(first.applies[0]?.summary).toContain('**Not touched: `staging`.**')
      expect([await on.addresses(), on.records()]).toEqual([[], []])
      const again = rerun(scenario.github.state, first.select.job.run, 'alice')
      expect(endings(await on.world.apply(event, { run: again }))).toEqual(['success'])
      expect(on.comment(1)).toContain('### Applied to `staging`: 1 step in')
      expect(on.comment(1)).not.toContain('Not touched')
    },
  )

  test('for want of an identity tells what stands in the way', async () => {
    await on.propose(wanting('web'))
    const applier = 'nobody@acme-ml.iam.gserviceaccount.com'
    const first = await on.world.apply(on.world.scenario.merge(1, 'squash'), { inputs: { applier } })
    expect(endings(first)).toEqual(['failure'])
    expect(on.comment(1)).toContain('`staging` is as it was; its plan has 2 problems.')
    expect(on.comment(1)).toContain(applier)
    expect(endings(await push())).toEqual(['success'])
    expect(on.comment(1)).toContain('### Applied to `staging`: 1 step in')
  })

  test('because the identities’ file is broken tells its pull request where', async () => {
    const broken = {
      [path]: wanting('web'),
      '.github/slipway.yaml': 'projects:\n  acme-ml: {provider: pool}\n',
    }
    const { planned, applied } = await on.bring(broken)
    expect([planned.conclusion, applied.select.conclusion, applied.applies]).toEqual([
      'failure',
      'failure',
      [],
    ])
    expect(on.comment(1)).toContain('.github/slipway.yaml')
    expect(await on.addresses()).toEqual([])
  })
})

describe('one job for all environments', () => {
  test('leaves those that ask for approval, and applies and reports the others', async () => {
    const { scenario } = on.world
    scenario.github.protect('early', { reviewers: ['alice'] })
    await on.propose({ 'environments/early.yaml': wanting('api'), [path]: wanting('web') })
    const permissions = { ...grants.apply, 'pull-requests': 'write' } as const
    const event = scenario.merge(1, 'squash')
    const done = await on.world.step(event, { permissions, environment: 'staging' })
    expect(done.conclusion).toBe('failure')
    expect(done.log).toContain('The GitHub environment early asks for approval')
    expect(await on.addresses()).toEqual(['web'])
    expect(on.comment(1)).toContain('Applied to `staging`')
  })
})
