import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { applierRoles, plannerRoles } from '../../../src/emulator/roles.ts'
import { applier, planner, startWorld, type World } from '../../action/world.ts'
import { bring, cloudOf, commentOn, counts, endings, projectOf, propose, said, writes } from './path.ts'

jest.setTimeout(300_000)

const a = 'environments/a.yaml'
const b = 'environments/b.yaml'

let world: World
afterEach(async () => {
  expect(world.scenario.github.violations).toEqual([])
  await world.close()
})

const file = (project: string, ...more: readonly string[]): string =>
  [`project: ${project}`, 'location: us-central1', ...more, ''].join('\n')

describe('two environments of one project', () => {
  const grant = (group: string) => `  - {role: roles/viewer, member: 'group:${group}@acme.com'}`
  const claims = (...groups: readonly string[]) =>
    file(
      'acme-ml',
      'services: [cloudresourcemanager, secretmanager]',
      ...(groups.length === 0 ? [] : ['projectIam:', ...groups.map(grant)]),
    )
  beforeEach(async () => {
    world = await startWorld({ files: { 'README.md': 'Infra\n' }, environments: ['a', 'b'] })
    const { ended } = await bring(world, { [a]: claims('ml', 'web'), [b]: claims('ml') })
    expect(ended).toEqual(['success', 'success'])
  })

  test('a grant and a service that both claim stay until nobody does; the service even then', async () => {
    const first = await bring(world, { [a]: file('acme-ml', 'services: [cloudresourcemanager]') })
    expect([counts(first.planned), first.ended]).toEqual([{ remove: 1 }, ['success']])
    expect(cloudOf(world).grants).toEqual(['roles/viewer group:ml@acme.com'])
    const last = await bring(world, { [b]: file('acme-ml', 'services: [cloudresourcemanager]') })
    expect([counts(last.planned), last.ended]).toEqual([{ remove: 1 }, ['success']])
    expect(cloudOf(world).grants).toEqual([])
    expect(projectOf(world).services.has('secretmanager.googleapis.com')).toBe(true)
  })

  test('one drops a grant while another pull request begins to need it: the head decides', async () => {
    const dropping = await propose(world, { [a]: claims('ml') })
    expect(counts(dropping.planned)).toEqual({ remove: 1 })
    await bring(world, { [b]: claims('ml', 'web') })
    const { applies } = await world.apply(world.scenario.merge(dropping.number, 'squash'))
    expect(applies.map(({ conclusion }) => conclusion)).toEqual(['success'])
    expect(cloudOf(world).grants).toEqual([
      'roles/viewer group:ml@acme.com',
      'roles/viewer group:web@acme.com',
    ])
  })
})

describe('two projects with identities of their own, in one job', () => {
  const email = (name: string) => `slipway-${name}@acme-web.iam.gserviceaccount.com`
  const provider = 'projects/123456789/locations/global/workloadIdentityPools/github/providers/slipway'
  const identities = (project: string, one: string, other: string) =>
    `  ${project}: {provider: ${provider}, planner: ${one}, applier: ${other}}`
  const start = async (mayImpersonate: boolean) => {
    const theirs = (name: string) => (mayImpersonate ? [email(name)] : [])
    world = await startWorld({
      files: {
        '.github/slipway.yaml': [
          'projects:',
          identities('acme-ml', planner, applier),
          identities('acme-web', email('planner'), email('applier')),
          '',
        ].join('\n'),
      },
      environments: ['a', 'b'],
      cloud: {
        projects: [{ id: 'acme-ml' }, { id: 'acme-web' }],
        identities: [
          { email: 'job-that-plans', impersonates: [planner, ...theirs('planner')] },
          { email: 'job-that-applies', impersonates: [applier, ...theirs('applier')] },
          { email: email('planner'), roles: plannerRoles },
          { email: email('applier'), roles: applierRoles },
        ],
      },
    })
    const address = 'addresses: {web: {tier: PREMIUM}}'
    return {
      [a]: file('acme-ml', 'services: [compute]', address),
      [b]: file('acme-web', 'services: [compute]', address),
    }
  }
  const callers = () =>
    new Map(writes(world).map(({ path, identity }) => [/projects\/([^/]+)/.exec(path)?.[1], identity]))

  test('each is planned and applied by its own', async () => {
    const files = await start(true)
    const { planned, ended } = await bring(world, files)
    expect([counts(planned), ended]).toEqual([{ create: 2 }, ['success', 'success']])
    expect([cloudOf(world).addresses, cloudOf(world, 'acme-web').addresses]).toEqual([['web'], ['web']])
    expect(callers()).toEqual(
      new Map([
        ['acme-ml', applier],
        ['acme-web', email('applier')],
      ]),
    )
  })

  test('one that may not sign in fails its own environments only', async () => {
    const files = await start(false)
    const { planned, number, applied } = await bring(world, files)
    expect([counts(planned), planned.conclusion]).toEqual([{ create: 1, refused: 2 }, 'failure'])
    const placed = planned.annotations.filter(({ file: path }) => path !== undefined)
    expect(new Set(placed.map(({ file: path }) => path))).toEqual(new Set([b]))
    expect(said(planned)).toContain('No Google access token')
    const comment = commentOn(world, number)
    expect(comment).toContain('Cannot be merged yet')
    // The plan run failed, so it does not count as reviewed: the other one is not touched either, and says why.
    expect(endings(applied)).toEqual(['failure', 'failure'])
    const [first, second] = applied.applies.map(said)
    expect(first).toContain('something in it was not reviewed')
    expect(applied.applies[0]?.summary).toContain('its plan run ended as failure')
    expect(second).toContain('No Google access token')
    const approve = applied.applies[0]?.outputs.digest ?? ''
    const inputs = { environment: 'a', approve }
    const approved = await world.apply(world.scenario.dispatch(inputs), { inputs })
    expect(endings(approved)).toEqual(['success'])
    expect([cloudOf(world).addresses, cloudOf(world, 'acme-web').addresses]).toEqual([['web'], []])
  })
})

describe('one cluster, used by another environment', () => {
  const pools = ['nodePools: {main: {machineType: e2-standard-4, nodes: 1}}']
  const owner = file(
    'acme-ml',
    'services: [container]',
    'cluster: {mode: standard, channel: REGULAR}',
    ...pools,
  )
  const user = file(
    'acme-ml',
    'services: [container]',
    'cluster: {use: a}',
    'nodePools: {batch: {machineType: e2-standard-4, nodes: 1}}',
  )
  const clusterNow = () => {
    const [cluster] = projectOf(world).clusters.values()
    const { nodePools = [] } = (cluster ?? {}) as { nodePools?: readonly { readonly name: string }[] }
    return nodePools.map(({ name }) => name).sort()
  }

  test('each has its own pools in it, and neither touches the other’s', async () => {
    world = await startWorld({ files: { 'README.md': 'Infra\n' }, environments: ['a', 'b'] })
    const early = await propose(world, { [b]: user })
    expect(said(early.planned)).toContain('The cluster a is not in us-central1 of project acme-ml.')
    world.scenario.closePull(early.number)
    expect((await bring(world, { [a]: owner })).ended).toEqual(['success'])
    const { planned, ended, number } = await bring(world, { [b]: user })
    expect([counts(planned), ended]).toEqual([{ create: 1 }, ['success']])
    expect(clusterNow()).toEqual(['batch', 'main'])
    expect(commentOn(world, number)).not.toContain('In no file')
    const dropped = await bring(world, { [b]: file('acme-ml', 'services: [container]', 'cluster: {use: a}') })
    expect([counts(dropped.planned), dropped.ended]).toEqual([{ remove: 1 }, ['success']])
    expect(clusterNow()).toEqual(['main'])
  })
})
