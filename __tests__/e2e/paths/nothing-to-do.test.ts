import { describe, expect, test } from '@jest/globals'
import { path } from '../../action/files.ts'
import type { Changes } from '../../github/scenario/history.ts'
import { byHand, cloudOf, counts } from './path.ts'
import { stage } from './stage.ts'

const on = stage({ environments: ['staging', 'prod'] })
const account = 'staging-robot@acme-ml.iam.gserviceaccount.com'
const robot = (displayName?: string) =>
  `  robot: {id: staging-robot${displayName === undefined ? '' : `, displayName: ${displayName}`}}`
const file = (accounts: readonly string[], names: readonly string[], ...more: readonly string[]) =>
  [
    'project: acme-ml',
    'location: us-central1',
    'services: [iam, compute]',
    ...(accounts.length === 0 ? [] : ['serviceAccounts:', ...accounts]),
    'addresses:',
    ...names.map(name => `  ${name}: {tier: PREMIUM}`),
    ...more,
    '',
  ].join('\n')
const rename = (displayName: string) =>
  byHand(on.world, 'IAM', 'PATCH', `/v1/projects/acme-ml/serviceAccounts/${account}`, {
    serviceAccount: { displayName },
    updateMask: 'displayName',
  })
const unreserve = (name: string) =>
  byHand(on.world, 'COMPUTE', 'DELETE', `/projects/acme-ml/regions/us-central1/addresses/${name}`)
/** What a pull request came to. */
const brought = async (files: Changes | string) => {
  const { ended, planned, number } = await on.bring(files)
  return { ended, counts: counts(planned), said: on.comment(number) }
}
const nothing = { ended: ['success'], counts: {} }

describe('a merge that changes the file and nothing else is recorded, so that', () => {
  test('nobody applies it again, and what it took out is not taken from whoever makes it next', async () => {
    await on.bring(file([], ['web', 'cdn']))
    const same = await brought(file([], ['cdn', 'web'], '# In another order.'))
    expect(same).toMatchObject(nothing)
    expect(same.said).toContain('### Applied to `staging`: nothing was left to do.')
    expect(same.said).toContain(
      'Planned anew: nothing is left to do. The file counts as applied from now on.',
    )
    expect((await on.world.apply(on.world.scenario.push({ 'README.md': 'More\n' }))).applies).toEqual([])
    await unreserve('cdn')
    expect(await brought(file([], ['web']))).toMatchObject(nothing)
    expect(on.records()).toEqual(['inactive', 'inactive', 'success'])
    await on.reserve('cdn', 'Of the shop')
    expect(await brought(file([], ['web', 'api']))).toMatchObject({
      ended: ['success'],
      counts: { create: 1 },
    })
    expect(await on.addresses()).toEqual(['api', 'cdn', 'web'])
  })

  test('a field that it released is not said to be released again, nor to have drifted once it is set again', async () => {
    await on.bring(file([robot('Robot')], ['web']))
    const released = await brought(file([robot()], ['web']))
    expect(released).toMatchObject(nothing)
    expect(released.said).toContain('displayName is no longer managed; it stays as it is: Robot.')
    expect(released.said).toContain('1 field that the file no longer sets stays as it is.')
    await rename('Other')
    const other = await brought(file([robot()], ['web', 'api']))
    expect(other.said).not.toContain('displayName')
    const again = await brought(file([robot('Robot')], ['web', 'api']))
    expect(again).toMatchObject({ ended: ['success'], counts: { change: 1 } })
    expect(again.said).toMatch(/! +displayName +Other → Robot/)
    expect(again.said).not.toContain('outside of Git')
  })

  test('what it only uses from then on stays when it is not even used any more', async () => {
    await on.bring(file([robot('Robot')], ['web']))
    expect(await brought(file([robot('Robot')], ['web'], 'use: [service-account/robot]'))).toMatchObject(
      nothing,
    )
    expect(await brought(file([], ['web']))).toMatchObject(nothing)
    expect(cloudOf(on.world).accounts).toContain('staging-robot')
  })

  test('a file that moved goes on as what it was', async () => {
    const moved = 'environments/stage.yaml'
    await on.bring(file([], ['web']))
    expect(await brought({ [path]: null, [moved]: file([], ['web'], 'name: staging') })).toMatchObject(
      nothing,
    )
    expect(on.records()).toEqual(['inactive', 'success'])
    expect(await brought({ [moved]: file([], ['api'], 'name: staging') })).toMatchObject({
      ended: ['success'],
      counts: { create: 1, remove: 1 },
    })
    expect(await on.addresses()).toEqual(['api'])
  })
})
