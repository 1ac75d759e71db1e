import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { project } from '../support/one-file.ts'
import { startWorld, type World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
  world.google.seed(project).enable('serviceusage', 'cloudresourcemanager', 'iam', 'compute')
})
afterEach(() => world.close())

const member = 'group:ml@acme.com'
const file = (...lines: readonly string[]) =>
  [
    `project: ${project}`,
    'location: us-central1',
    'services: [iam, compute, cloudresourcemanager]',
    ...lines,
    '',
  ].join('\n')
const bare = file('addresses: {web: {tier: PREMIUM}}')
const more = file(
  'addresses: {web: {tier: PREMIUM}, api: {tier: PREMIUM}}',
  'serviceAccounts: {robot: {id: lab-robot, displayName: Ours}}',
  `projectIam: [{role: roles/viewer, member: '${member}'}]`,
)

describe('an apply that failed', () => {
  test('takes away on a revert what it made, and nothing that people had made', async () => {
    world.google.seed(project).serviceAccount('lab-robot', { displayName: 'Handmade' })
    world.google.seed(project).bindings([{ role: 'roles/viewer', members: [member] }])
    await world.apply(bare, await world.plan(bare))
    const reviewed = await world.plan(more)
    expect(reviewed.steps.map(({ action, address }) => `${action} ${address}`)).toEqual([
      'adopt service-account/robot',
      'create address/api',
    ])
    world.google.faults.add({ match: { method: 'PATCH', path: /serviceAccounts\// }, kind: 500, times: 999 })
    const failed = await world.apply(more, reviewed)
    expect(failed.ended === 'done' && failed.result.outcomes.map(({ ending }) => ending)).toEqual([
      'failed',
      'applied',
    ])
    const reverted = await world.plan(bare)
    expect(reverted.steps.map(({ action, address }) => `${action} ${address}`)).toEqual([
      'remove address/api',
    ])
    expect(reverted.problems).toEqual([])
  })

  test('twice under another name leaves neither behind', async () => {
    const named = (id: string) => file(`serviceAccounts: {robot: {id: ${id}}}`)
    await world.apply(named('lab-one'), await world.plan(named('lab-one')))
    for (const id of ['lab-two', 'lab-three']) {
      world.google.faults.add({
        match: { method: 'DELETE', path: /serviceAccounts\// },
        kind: 500,
        times: 999,
      })
      const failed = await world.apply(named(id), await world.plan(named(id)))
      expect(failed.ended === 'done' && failed.result.outcomes.map(({ ending }) => ending)).toContain(
        'failed',
      )
    }
    const last = await world.plan(named('lab-four'))
    expect(last.steps.map(({ action, identity }) => `${action} ${identity.split('/').at(-1)}`)).toEqual([
      'create lab-four@acme-ml.iam.gserviceaccount.com',
      'remove lab-one@acme-ml.iam.gserviceaccount.com',
      'remove lab-two@acme-ml.iam.gserviceaccount.com',
      'remove lab-three@acme-ml.iam.gserviceaccount.com',
    ])
    expect(new Set(last.steps.map(({ address }) => address)).size).toBe(4)
  })

  test('is undone on a revert member by member', async () => {
    const labelled = (...labels: readonly string[]) =>
      file(`addresses: {web: {tier: PREMIUM, labels: {${labels.map(label => `${label}: x`).join(', ')}}}}`)
    await world.apply(labelled('a'), await world.plan(labelled('a')))
    const more = `${labelled('a', 'b')}serviceAccounts: {robot: {id: lab-robot}}\n`
    world.google.faults.add({ match: { method: 'POST', path: /serviceAccounts$/ }, kind: 500, times: 999 })
    const failed = await world.apply(more, await world.plan(more))
    expect(failed.ended === 'done' && failed.result.outcomes.map(({ ending }) => ending).sort()).toEqual([
      'applied',
      'failed',
    ])
    const reverted = await world.plan(labelled('a'))
    expect(reverted.steps.flatMap(({ changes }) => changes.map(({ path }) => path))).toEqual([
      ['labels', 'b'],
    ])
  })
})
