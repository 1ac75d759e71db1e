import { describe, expect, test } from '@jest/globals'
import { path, staging } from '../../action/files.ts'
import { endings, said } from './path.ts'
import { stage, wanting } from './stage.ts'

const on = stage({ environments: ['staging', 'prod'] })
const prod = 'environments/prod.yaml'

describe('several pull requests in one push', () => {
  test('are applied together, and each comment tells of its own environment', async () => {
    const { scenario } = on.world
    const before = scenario.tip()
    await on.propose(wanting('web'))
    await on.propose({ [prod]: wanting('shop') })
    await on.propose({ 'README.md': 'Better\n' })
    for (const number of [1, 2, 3]) scenario.merge(number, 'squash')
    const applied = await on.world.apply(scenario.pushed(before))
    expect(endings(applied)).toEqual(['success', 'success'])
    expect(await on.addresses()).toEqual(['shop', 'web'])
    expect([1, 2, 3].map(number => /Applied to `\w+`/.exec(on.comment(number))?.[0])).toEqual([
      'Applied to `staging`',
      'Applied to `prod`',
      undefined,
    ])
  })

  test('one of which failed its check stop their own environment only', async () => {
    const { scenario } = on.world
    const before = scenario.tip()
    await on.propose(wanting('web'))
    const { planned } = await on.propose({ [prod]: wanting('shop') })
    planned.job.finish('failure')
    for (const number of [1, 2]) scenario.merge(number, 'squash')
    const applied = await on.world.apply(scenario.pushed(before))
    expect(endings(applied)).toEqual(['failure', 'success'])
    expect(await on.addresses()).toEqual(['web'])
    expect(on.comment(1)).toContain('### Applied to `staging`')
    expect(on.comment(2)).toContain('**Stopped before the first write:** `prod` is as it was')
  })
})

describe('two pull requests on one environment', () => {
  const droid = staging({ displayName: 'Droid' })
  const more = staging({ more: '  api: {tier: PREMIUM}\n' })

  test.each([
    ['in the order in which they were planned', [2, 3]],
    ['in the other order', [3, 2]],
  ])('are merged and applied %s', async (_, order) => {
    await on.bring(staging())
    await on.propose(droid)
    await on.propose(more)
    for (const number of order) {
      expect(endings(await on.land(number))).toEqual(['success'])
      expect(on.comment(number)).toContain('### Applied to `staging`: 1 step in')
    }
    expect(await on.addresses()).toEqual(['api', 'web'])
    expect(on.records()).toEqual(['inactive', 'inactive', 'success'])
  })

  test('planned side by side and merged in the other order are applied at once', async () => {
    const { scenario } = on.world
    await on.bring(staging())
    const before = scenario.tip()
    await on.propose(droid)
    await on.propose(more)
    const late = scenario.merge(3, 'merge')
    scenario.merge(2, 'rebase')
    expect(endings(await on.world.apply(scenario.pushed(before)))).toEqual(['success'])
    for (const number of [2, 3]) expect(on.comment(number)).toContain('Applied to `staging`: 2 steps')
    expect((await on.world.apply(late)).applies).toEqual([])
  })

  test('that want the same: the second one finds it so already, and says it', async () => {
    await on.bring(staging())
    await on.propose(droid)
    await on.propose(staging({ displayName: 'Droid', more: '  api: {tier: PREMIUM}\n' }))
    await on.land(2)
    const applied = await on.land(3)
    expect(endings(applied)).toEqual(['success'])
    expect(on.comment(3)).toContain('### Applied to `staging`: 1 step in')
    expect(on.comment(3)).toMatch(/1 already so\./)
    expect(on.comment(3)).toMatch(/= service-account\/robot +already so: displayName Robot → Droid/)
    expect(applied.applies[0]?.log).toMatch(
      /= service-account\/robot {2}already so: displayName Robot → Droid/,
    )
  })
})

describe('a plan made stale', () => {
  test('by another merge is stopped, told to both, and applied once its digest is approved', async () => {
    const { scenario } = on.world
    const web = (first: string, last: string) =>
      `${wanting().trimEnd()}\n  web:\n${first}    tier: PREMIUM\n${last}`
    // Merged, but its run was lost: the two others are planned against what nobody has applied.
    await on.propose(web('', ''))
    scenario.merge(1, 'squash')
    await on.propose(web('    labels: {team: ml}\n', ''))
    await on.propose(web('', '    description: The front door\n'))
    const before = scenario.tip()
    scenario.merge(2, 'squash')
    scenario.merge(3, 'squash')
    const { applies } = await on.world.apply(scenario.pushed(before))
    expect(applies.map(said).join()).toContain('its creation was not reviewed as it is now')
    for (const number of [1, 2, 3])
      expect(on.comment(number)).toContain('**Stopped before the first write:**')
    expect(await on.addresses()).toEqual([])
    const approve = applies[0]?.outputs.digest ?? ''
    expect(endings(await on.dispatch({ environment: 'staging', approve }))).toEqual(['success'])
    expect(await on.addresses()).toEqual(['web'])
  })

  test('by somebody who changed the same in the console is stopped, and says why', async () => {
    await on.bring(staging())
    await on.propose(staging({ displayName: 'Droid' }))
    const account = 'projects/acme-ml/serviceAccounts/staging-robot@acme-ml.iam.gserviceaccount.com'
    await fetch(`${on.world.cloud.endpoints.CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM}v1/${account}`, {
      method: 'PATCH',
      headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
      body: JSON.stringify({ serviceAccount: { displayName: 'Cyborg' }, updateMask: 'displayName' }),
    })
    const { applies } = await on.land(2)
    expect(applies.map(said).join()).toContain('it starts from another value than the one that was reviewed')
    expect(on.comment(2)).toMatch(/Cyborg.*Droid/)
    const digest = applies[0]?.outputs.digest ?? ''
    expect(endings(await on.dispatch({ environment: 'staging', approve: digest }))).toEqual(['success'])
    expect(on.comment(2)).toContain('### Applied to `staging`: 1 step in')
  })

  test('by a push that nobody reviewed does not cover that push', async () => {
    const { scenario } = on.world
    await on.bring(staging())
    await on.propose(staging({ displayName: 'Droid' }))
    scenario.merge(2, 'squash')
    const applied = await on.world.apply(scenario.push({ [path]: staging({ displayName: 'Cyborg' }) }))
    expect(endings(applied)).toEqual(['failure'])
    expect(applied.applies.map(said).join()).toContain('another value was reviewed')
  })
})

describe('what happens while a plan runs', () => {
  test('a push to the default branch: the plan stands, and apply plans again', async () => {
    const { scenario } = on.world
    await on.bring(staging())
    await on.propose(staging({ displayName: 'Droid' }))
    scenario.openPull({ branch: 'late', files: { [path]: staging({ more: '  api: {tier: PREMIUM}\n' }) } })
    const event = scenario.pullEvent(3)
    scenario.github.faults.add({ path: /\/deployments$/, meanwhile: () => void scenario.merge(2, 'squash') })
    expect((await on.world.plan(event)).conclusion).toBe('success')
    expect(on.comment(3)).toContain('1 to create')
    expect(endings(await on.land(3))).toEqual(['success'])
    expect(await on.addresses()).toEqual(['api', 'web'])
    for (const number of [2, 3]) expect(on.comment(number)).toContain('### Applied to `staging`: 2 steps')
  })

  test('a newer commit, whose run ends first: the late run of the older one leaves its comment alone', async () => {
    const { scenario } = on.world
    scenario.openPull({ branch: 'x', files: { [path]: wanting('web') } })
    const older = scenario.pullEvent(1)
    const newer = scenario.pushToPull(1, { [path]: wanting('web', 'api') })
    await on.world.plan(newer)
    const late = await on.world.plan(older)
    expect(said(late)).toContain('#1 moved on to')
    expect(on.world.comments(1)).toHaveLength(1)
    expect(on.comment(1)).toContain('2 to create')
    expect(endings(await on.land(1))).toEqual(['success'])
    expect(await on.addresses()).toEqual(['api', 'web'])
  })
})
