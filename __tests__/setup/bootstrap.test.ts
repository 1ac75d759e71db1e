import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { openWorld, reviewer, type World } from './world.ts'

jest.setTimeout(60_000)

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

describe('bootstrap --run', () => {
  test('makes everything from nothing, and then there is nothing to do', async () => {
    expect(await world.bootstrap({ run: true, reviewer: [reviewer] })).toBe(0)
    expect(world.said()).toContain('nothing to do')
    expect(world.writes().length).toBeGreaterThan(10)
    expect(world.scenario.github.violations).toEqual([])
    expect(await world.bootstrap({ run: true })).toBe(0)
    expect(world.writes()).toEqual([])
    expect(await world.doctor()).toEqual([])
    expect(world.writes()).toEqual([])
  })
})
