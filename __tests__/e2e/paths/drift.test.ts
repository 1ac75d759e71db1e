import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { startWorld, type World } from '../../action/world.ts'
import {
  bring,
  byHand,
  cloudOf,
  commentOn,
  counts,
  endings,
  projectOf,
  propose,
  said,
  writes,
} from './path.ts'
import { renameRobot, robotFile } from './robot.ts'

jest.setTimeout(300_000)

const path = 'environments/staging.yaml'

let world: World
beforeEach(async () => {
  world = await startWorld({ files: { 'README.md': 'Infra\n' } })
  world.cloud.seed().enable('container', 'sqladmin')
})
afterEach(async () => {
  expect(world.scenario.github.violations).toEqual([])
  await world.close()
})

const records = () => [...world.scenario.github.state.deployments.values()]

describe('what someone changed by hand', () => {
  const web = 'addresses: {web: {tier: PREMIUM}}'
  const rename = (displayName: string) => renameRobot(world, displayName)
  const name = () =>
    [...projectOf(world).serviceAccounts.values()].map(({ resource }) => resource.displayName)
  beforeEach(async () => {
    expect((await bring(world, { [path]: robotFile('Robot') })).ended).toEqual(['success'])
  })

  test('is shown apart from what the pull request changes, and put back by the merge', async () => {
    await rename('Renamed')
    const { planned, number } = await propose(world, { [path]: robotFile('Robot', web) })
    expect(counts(planned)).toEqual({ create: 1, change: 1 })
    const comment = commentOn(world, number)
    expect(comment).toContain('Puts back 1 value changed outside of Git.')
    expect(comment).toMatch(
      /\*\*Drift:\*\* someone changed this outside of Git[\s\S]*- +displayName +Renamed[\s\S]*\+ +displayName +Robot/,
    )
    const applied = await world.apply(world.scenario.merge(number, 'squash'))
    expect([endings(applied), name(), cloudOf(world).addresses]).toEqual([['success'], ['Robot'], ['web']])
    expect((await world.apply(world.scenario.push({ 'README.md': 'More\n' }))).applies).toEqual([])
  })

  test('is shown by a pull request that changes a workflow only; the merge does not put it back, and it says what does', async () => {
    await rename('Renamed')
    const { planned, number } = await propose(world, { '.github/workflows/ci.yml': 'on: push\n' })
    expect(counts(planned)).toEqual({ change: 1 })
    const { applies } = await world.apply(world.scenario.merge(number, 'squash'))
    expect([applies, name()]).toEqual([[], ['Renamed']])
    expect(commentOn(world, number)).not.toContain('Merging applies')
    expect(commentOn(world, number)).toContain('Merging does not apply this: neither the file nor')
    const inputs = { environment: 'staging' }
    const applied = await world.apply(world.scenario.dispatch(inputs), { inputs })
    expect([endings(applied), name()]).toEqual([['success'], ['Robot']])
    expect(commentOn(world, number)).toContain('### Applied to `staging`: 1 step')
  })

  test('after the plan stops the apply before its first write, and the text names it', async () => {
    const { number } = await propose(world, { [path]: robotFile('Robot', web) })
    await rename('Renamed')
    const before = writes(world).length
    const applied = await world.apply(world.scenario.merge(number, 'squash'))
    expect(endings(applied)).toEqual(['failure'])
    expect(applied.applies[0] && said(applied.applies[0])).toContain(
      'service-account/robot displayName: this change was not reviewed.',
    )
    expect(commentOn(world, number)).toContain('Renamed')
    expect([writes(world).length, cloudOf(world).addresses]).toEqual([before, []])
  })

  test('and put back by hand before the merge is "already so": the rest is applied', async () => {
    await rename('Renamed')
    const { number } = await propose(world, { [path]: robotFile('Robot', web) })
    await rename('Robot')
    const before = writes(world).length
    const applied = await world.apply(world.scenario.merge(number, 'squash'))
    expect([endings(applied), cloudOf(world).addresses]).toEqual([['success'], ['web']])
    const sent = writes(world).slice(before)
    expect(sent.filter(({ path: sentTo }) => sentTo.includes('serviceAccounts'))).toEqual([])
  })

  test('to just what the pull request wants leaves nothing to do; that is recorded as applied', async () => {
    const { number, planned } = await propose(world, { [path]: robotFile('Droid') })
    expect(counts(planned)).toEqual({ change: 1 })
    await rename('Droid')
    const before = writes(world).length
    const applied = await world.apply(world.scenario.merge(number, 'squash'))
    expect([endings(applied), writes(world).length, name()]).toEqual([['success'], before, ['Droid']])
    expect(records().at(-1)?.statuses.at(-1)?.state).toBe('success')
    expect((await world.apply(world.scenario.push({ 'README.md': 'More\n' }))).applies).toEqual([])
  })

  test('to a third value stops the change that was reviewed from another start', async () => {
    const { number } = await propose(world, { [path]: robotFile('Droid') })
    await rename('Renamed')
    const applied = await world.apply(world.scenario.merge(number, 'squash'))
    expect(endings(applied)).toEqual(['failure'])
    expect(applied.applies[0] && said(applied.applies[0])).toContain(
      'it starts from another value than the one that was reviewed',
    )
    expect(name()).toEqual(['Renamed'])
  })
})

describe('what moves by itself', () => {
  const cluster = '/v1/projects/acme-ml/locations/us-central1/clusters/staging'
  const file = (sizes: { readonly disk: number; readonly nodes: number; readonly label?: string }) =>
    [
      'project: acme-ml',
      'location: us-central1',
      'services: [container, sqladmin]',
      `cluster: {mode: standard, channel: REGULAR, version: "1.33", labels: {team: ${sizes.label ?? 'ml'}}}`,
      'nodePools:',
      '  auto: {machineType: e2-standard-4, autoscaling: {min: 1, max: 5, scope: total}}',
      `  fixed: {machineType: e2-standard-4, nodes: ${sizes.nodes}}`,
      `database: {version: POSTGRES_16, tier: db-custom-2-7680, diskGb: ${sizes.disk}, diskAutoGrow: true}`,
      '',
    ].join('\n')
  const grow = (gigabytes: number) =>
    byHand(world, 'SQL', 'PATCH', '/v1/projects/acme-ml/instances/staging', {
      settings: { dataDiskSizeGb: String(gigabytes) },
    })
  const resize = (pool: string, nodeCount: number) =>
    byHand(world, 'CONTAINER', 'POST', `${cluster}/nodePools/${pool}:setSize`, { nodeCount })
  const upgraded = () => {
    const { clusters } = projectOf(world)
    for (const [key, one] of clusters)
      clusters.set(key, {
        ...one,
        currentMasterVersion: '1.34.1-gke.100',
        currentNodeVersion: '1.34.1-gke.100',
      })
  }
  const disk = () => {
    const settings = projectOf(world).sqlInstances.get('staging')?.resource.settings
    return (settings as { readonly dataDiskSizeGb?: unknown } | undefined)?.dataDiskSizeGb
  }
  beforeEach(async () => {
    expect((await bring(world, { [path]: file({ disk: 10, nodes: 1 }) })).ended).toEqual(['success'])
  })

  test('an autoscaler, an auto-upgrade and a disk that grew are no drift, before or after the plan', async () => {
    await resize('auto', 3)
    upgraded()
    await grow(12)
    const { planned, number } = await propose(world, { [path]: file({ disk: 20, nodes: 1, label: 'ai' }) })
    expect(counts(planned)).toEqual({ change: 2 })
    expect(commentOn(world, number)).not.toContain('outside of Git')
    await resize('auto', 2)
    await grow(15)
    const applied = await world.apply(world.scenario.merge(number, 'squash'))
    expect([endings(applied), String(disk())]).toEqual([['success'], '20'])
  })

  test('a disk that outgrew what was asked for is left as it is', async () => {
    const { number } = await propose(world, { [path]: file({ disk: 20, nodes: 1 }) })
    await grow(30)
    const before = writes(world).length
    const applied = await world.apply(world.scenario.merge(number, 'squash'))
    expect([endings(applied), String(disk()), writes(world).length]).toEqual([['success'], '30', before])
  })

  test('a change that has become stronger than the one that was reviewed is stopped', async () => {
    const { planned, number } = await propose(world, { [path]: file({ disk: 10, nodes: 3 }) })
    expect(counts(planned)).toEqual({ change: 1 })
    await resize('fixed', 5)
    const before = writes(world).length
    const applied = await world.apply(world.scenario.merge(number, 'squash'))
    expect([endings(applied), writes(world).length]).toEqual([['failure'], before])
    expect(applied.applies[0] && said(applied.applies[0])).toContain(
      'its effect is now recreate-nodes, which is stronger than what was reviewed',
    )
    expect(commentOn(world, number)).toContain('Stopped before the first write')
  })
})
