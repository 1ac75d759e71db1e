import { describe, expect, test } from '@jest/globals'
import { path } from '../../action/files.ts'
import { endings, said } from './path.ts'
import { stage, wanting } from './stage.ts'

const on = stage()
const inserted = () =>
  on.world.cloud.requests.all.filter(({ method }) => method === 'compute.addresses.insert').length

/** The artifact of the only plan, changed. */
const artifacts = () => on.world.scenario.github.state.artifacts
const comments = () => on.world.scenario.github.state.comments
const edit = (change: (body: string) => string): void => {
  for (const [id, one] of comments()) comments().set(id, { ...one, body: change(one.body) })
}

describe('a plan that is not what was reviewed', () => {
  test.each([
    [
      'an expired artifact',
      () => [...artifacts().keys()].forEach(on.world.scenario.github.expireArtifact),
      'its plan artifact has expired or was deleted',
    ],
    ['a deleted artifact', () => artifacts().clear(), 'its plan artifact has expired or was deleted'],
    [
      'an altered artifact',
      () => {
        const [old] = artifacts().values()
        artifacts().clear()
        const { uploadArtifact } = on.world.scenario.github
        uploadArtifact(old?.runId ?? 0, old?.name ?? '', {
          'slipway-plan.json': '{"format":"slipway-plans/1"}',
        })
      },
      'its plan artifact is not the one that the comment shows',
    ],
    [
      'an edited comment, whose digest is another',
      () => edit(body => body.replace(/"sha256":"[0-9a-f]{8}/, '"sha256":"00000000')),
      'its plan artifact is not the one that the comment shows',
    ],
    [
      'an edited comment without its first line',
      () => edit(body => body.replace(/^.*\n/, '')),
      'it has no plan comment',
    ],
    ['a deleted comment', () => comments().clear(), 'it has no plan comment'],
    [
      'a comment of somebody else, with our marker',
      () => {
        for (const [id, one] of comments()) comments().set(id, { ...one, user: 'mallory' })
      },
      'it has no plan comment',
    ],
  ])('%s: stopped, told in the comment, applied by its digest', async (_, meddle, reason) => {
    await on.propose(wanting('web'))
    meddle()
    const { applies, report } = await on.land(1)
    expect([applies[0]?.conclusion, report?.conclusion]).toEqual(['failure', 'success'])
    expect(inserted()).toBe(0)
    expect(on.records()).toEqual([])
    const comment = on.world.comments(1).at(-1) ?? ''
    expect(comment).toContain('**Stopped before the first write:** `staging` is as it was')
    expect(comment).toContain(reason)
    const approve = applies[0]?.outputs.digest ?? ''
    expect(comment).toContain(`-f approve=${approve}`)
    expect(endings(await on.dispatch({ environment: 'staging', approve }))).toEqual(['success'])
    expect(await on.addresses()).toEqual(['web'])
    expect(on.world.comments(1).at(-1)).toContain('### Applied to `staging`: 1 step in')
  })

  test('an edited comment whose words were changed, but not its marker: what counts is the artifact', async () => {
    await on.propose(wanting('web'))
    edit(body => body.replace('1 to create', '0 to create'))
    expect(endings(await on.land(1))).toEqual(['success'])
    expect(await on.addresses()).toEqual(['web'])
  })
})

describe('a direct push', () => {
  /** Pushes what nobody reviewed; gives the digest that would approve it. */
  const refusedPush = async (...names: readonly string[]) => {
    const { applies } = await on.world.apply(on.world.scenario.push({ [path]: wanting(...names) }))
    expect(applies.map(({ conclusion }) => conclusion)).toEqual(['failure'])
    return applies[0]?.outputs.digest ?? ''
  }

  test('is stopped, and applied by its digest: not by another one', async () => {
    const approve = await refusedPush('web')
    const wrong = await on.dispatch({ environment: 'staging', approve: 'f'.repeat(64) })
    expect(endings(wrong)).toEqual(['failure'])
    expect(wrong.applies.map(said).join()).toContain('What was approved is the digest of another plan')
    expect([inserted(), on.records()]).toEqual([0, []])
    expect(endings(await on.dispatch({ environment: 'staging', approve }))).toEqual(['success'])
    expect([inserted(), on.records()]).toEqual([1, ['success']])
  })

  test('followed by another one: the digest of the first is outdated', async () => {
    const outdated = await refusedPush('web')
    const approve = await refusedPush('web', 'api')
    const late = await on.dispatch({ environment: 'staging', approve: outdated })
    expect(endings(late)).toEqual(['failure'])
    expect(late.applies[0]?.summary).toContain('What was approved is the digest of another plan')
    expect(late.applies[0]?.summary).toContain(`approve=${approve}`)
    expect(await on.addresses()).toEqual([])
    expect(endings(await on.dispatch({ environment: 'staging', approve }))).toEqual(['success'])
    expect(await on.addresses()).toEqual(['api', 'web'])
  })

  test('can be approved together with others: several digests', async () => {
    const approve = `${'f'.repeat(64)} sha256:${await refusedPush('web')}`
    expect(endings(await on.dispatch({ environment: 'staging', approve }))).toEqual(['success'])
  })

  test('is approved by reviewers of the environment only', async () => {
    const { scenario, apply } = on.world
    scenario.github.protect('staging', { reviewers: ['alice'], preventSelfReview: true })
    const push = scenario.push({ [path]: wanting('web') })
    const refused = await apply(push, { approvedBy: 'alice', inputs: {} })
    expect(endings(refused)).toEqual([])
    const asked = await apply(scenario.push({ [path]: wanting('web', 'api') }, 'bob'), {
      approvedBy: 'alice',
    })
    const approve = asked.applies[0]?.outputs.digest ?? ''
    const inputs = { environment: 'staging', approve }
    for (const [actor, approvedBy] of [
      ['bob', 'bob'],
      ['alice', 'alice'],
      ['bob', 'mallory'],
    ] as const) {
      const { applies, report } = await apply(scenario.dispatch(inputs, actor), { inputs, approvedBy })
      expect([applies, report?.conclusion]).toEqual([[], 'success'])
    }
    expect([inserted(), on.records()]).toEqual([0, []])
    const good = await apply(scenario.dispatch(inputs, 'bob'), { inputs, approvedBy: 'alice' })
    expect(endings(good)).toEqual(['success'])
    expect(await on.addresses()).toEqual(['api', 'web'])
  })

  test('is not approved from a branch, nor by a job outside of the environment', async () => {
    const { scenario, apply, step } = on.world
    const approve = await refusedPush('web')
    const inputs = { environment: 'staging', approve }
    scenario.openPull({ branch: 'x', files: { 'README.md': 'Mine\n' } })
    const { select } = await apply(scenario.dispatch(inputs, 'bob', 'x'), { inputs })
    expect(said(select)).toContain('Only main is applied, not x.')
    const outside = await step(scenario.dispatch(inputs, 'bob'), {
      permissions: {
        contents: 'read',
        actions: 'read',
        deployments: 'write',
        'pull-requests': 'read',
        'id-token': 'write',
      },
      inputs: { command: 'apply', ...inputs },
    })
    expect(outside.conclusion).toBe('failure')
    expect([inserted(), on.records()]).toEqual([0, []])
  })
})

describe('a refused digest', () => {
  test('is told once: later runs say where, and leave the comment as it is', async () => {
    const { scenario, apply } = on.world
    await on.propose(wanting('web'))
    artifacts().clear()
    const first = await on.land(1)
    const approve = first.applies[0]?.outputs.digest ?? ''
    const { log } = scenario.github
    const [before, written] = [on.comment(1), () => log.filter(({ method }) => method === 'PATCH').length]
    const patches = written()
    const again = await apply(scenario.push({ 'README.md': 'More\n' }))
    expect(endings(again)).toEqual(['failure'])
    const [error = ''] = again.applies.map(said)
    expect(error).toContain(
      `was refused before, by https://github.com/acme/infra/actions/runs/${first.select.job.run.id}`,
    )
    expect(error).toContain(`approve ${approve}`)
    expect(error).not.toContain('its creation was not reviewed')
    expect(again.applies[0]?.summary).toContain(`-f approve=${approve}`)
    expect([on.comment(1), written()]).toEqual([before, patches])
    expect([inserted(), on.records()]).toEqual([0, []])

    expect(endings(await on.dispatch({ environment: 'staging', approve }))).toEqual(['success'])
    expect(on.comment(1)).toContain('### Applied to `staging`')
  })

  test('does not stand in the way of another one', async () => {
    const { scenario } = on.world
    await on.propose(wanting('web'))
    artifacts().clear()
    await on.land(1)
    await on.propose(wanting('web', 'api'))
    const { applies } = await on.world.apply(scenario.merge(2, 'squash'))
    expect(applies.map(({ conclusion }) => conclusion)).toEqual(['success'])
    expect(await on.addresses()).toEqual(['api', 'web'])
    for (const number of [1, 2]) expect(on.comment(number)).toContain('### Applied to `staging`: 2 steps')
  })
})
