import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { addresses, path } from '../../action/files.ts'
import { startWorld, type World } from '../../action/world.ts'
import { bring, cloudOf, commentOn, counts, endings, propose, said, writes } from './path.ts'

jest.setTimeout(300_000)

const other = 'environments/other.yaml'

let world: World
beforeEach(async () => {
  world = await startWorld({ files: { 'README.md': 'Infra\n' }, environments: ['staging', 'other'] })
  expect((await bring(world, { [path]: addresses('web') })).ended).toEqual(['success'])
})
afterEach(async () => {
  expect(world.scenario.github.violations).toEqual([])
  await world.close()
})

describe('a renamed file', () => {
  test('is refused with the line to add; merged all the same, it touches nothing', async () => {
    const { planned, applied, number } = await bring(world, { [path]: null, [other]: addresses('web') })
    expect(planned.conclusion).toBe('failure')
    expect(said(planned)).toContain('Add the line `name: staging` to environments/other.yaml')
    expect(commentOn(world, number)).toContain('would rename the environment')
    expect(endings(applied)).toEqual(['failure'])
    expect(said(applied.applies[0] ?? planned)).toContain('belongs to environment staging')
    expect(cloudOf(world).addresses).toEqual(['web'])
  })

  test('that says its name goes on as the same environment', async () => {
    const before = writes(world).length
    const moved = { [path]: null, [other]: `name: staging\n${addresses('web')}` }
    const { planned, ended } = await bring(world, moved)
    expect([planned.conclusion, counts(planned), ended]).toEqual(['success', {}, ['success']])
    expect(writes(world)).toHaveLength(before)
    const more = await bring(world, { [other]: `name: staging\n${addresses('api')}` })
    expect(counts(more.planned)).toEqual({ create: 1, remove: 1 })
    expect([more.ended, cloudOf(world).addresses]).toEqual([['success'], ['api']])
  })
})

describe('a deleted file', () => {
  test('deletes nothing, and the comment lists what it leaves', async () => {
    const before = writes(world).length
    const { planned, applied, number } = await bring(world, { [path]: null })
    expect([planned.conclusion, applied.select.outputs.matrix]).toEqual(['success', '[]'])
    expect(commentOn(world, number)).toContain('goes away, and nothing is deleted.')
    expect(commentOn(world, number)).toContain('`address/web`')
    expect([writes(world).length, cloudOf(world).addresses]).toEqual([before, ['web']])
  })

  test('that comes back takes up what it had, and says what nobody looked after meanwhile', async () => {
    await bring(world, { [path]: addresses('web', 'api') })
    await bring(world, { [path]: null })
    const { planned, number, ended } = await bring(world, { [path]: addresses('web') })
    expect(counts(planned)).toEqual({ remove: 1 })
    expect(commentOn(world, number)).toContain('address/api')
    expect([ended, cloudOf(world).addresses]).toEqual([['success'], ['web']])
  })
})

describe('two files with one identity', () => {
  test('a copied file is refused, though it is the other one that comes later; nothing is touched', async () => {
    const { planned, applied, number } = await bring(world, { [other]: addresses('web') })
    expect(planned.conclusion).toBe('failure')
    expect(planned.annotations).toContainEqual(
      expect.objectContaining({
        file: path,
        message: expect.stringContaining('environments/other.yaml owns this too'),
      }),
    )
    expect(commentOn(world, number)).toContain('Cannot be merged yet')
    expect(applied.select.conclusion).toBe('failure')
    expect(cloudOf(world).addresses).toEqual(['web'])
  })

  test('two files of one name are refused', async () => {
    const { planned } = await propose(world, { [other]: `name: staging\n${addresses('api')}` })
    expect(planned.conclusion).toBe('failure')
    expect(said(planned)).toContain('the environment staging is already in environments/other.yaml')
  })
})

describe('another `name:`', () => {
  test('is another environment: what exists belongs to the old one, and stays', async () => {
    const { planned, applied, number } = await bring(world, { [path]: `name: other\n${addresses('web')}` })
    expect(planned.conclusion).toBe('failure')
    expect(said(planned)).toContain('belongs to environment staging: its mark says so')
    expect(commentOn(world, number)).toContain(
      'is the environment `other` from now on, and nothing is deleted.',
    )
    expect(endings(applied)).toEqual(['failure'])
    expect(cloudOf(world).addresses).toEqual(['web'])
    const back = await bring(world, { [path]: addresses('web') })
    expect([counts(back.planned), back.planned.conclusion]).toEqual([{}, 'success'])
  })
})
