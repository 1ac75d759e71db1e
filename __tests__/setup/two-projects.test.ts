import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { openWorld, reviewer, twoProjects } from './world.ts'

test('what is printed for two projects and three environments; with UPDATE_GOLDENS=1 it is written instead', async () => {
  const world = await openWorld(twoProjects)
  try {
    expect(await world.bootstrap({ reviewer: [reviewer, 'alice'] })).toBe(0)
    expect(world.writes()).toEqual([])
    const file = new URL('./two-projects.sh', import.meta.url)
    if (process.env.UPDATE_GOLDENS === '1') writeFileSync(file, world.said())
    expect(world.said()).toBe(readFileSync(file, 'utf8'))
  } finally {
    await world.close()
  }
}, 60_000)
