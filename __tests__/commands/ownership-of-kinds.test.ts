import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { everyGoogleKind } from '../support/files.ts'
import { mustBeDone } from '../support/kill.ts'
import { googleRows } from '../support/ownership/google.ts'
import { situationsOf, takenApart } from '../support/ownership/judge.ts'
import { startWorld, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
  mustBeDone(await world.apply(everyGoogleKind, await world.plan(everyGoogleKind)))
})
afterAll(() => world.close())

describe('what a plan does with a thing, by whose it is', () => {
  test.each(googleRows.map(row => [row.kind, row] as const))('%s', async (_, row) => {
    expect(await situationsOf(world, everyGoogleKind, row)).toEqual(row.expected)
  })
})

describe('what apply does', () => {
  test.each(googleRows.filter(({ mark }) => mark !== undefined).map(row => [row.kind, row] as const))(
    'it takes over what is there unmarked, and marks it: %s',
    async (_, row) => {
      await row.mark?.(world, null)
      const plan = await world.plan(everyGoogleKind)
      expect(plan.steps.map(({ action, address }) => `${action} ${address}`)).toEqual([
        `adopt ${row.address}`,
      ])
      mustBeDone(await world.apply(everyGoogleKind, plan))
      expect((await world.plan(everyGoogleKind)).steps).toEqual([])
    },
  )

  test('it takes an environment apart, kind by kind, and switches nothing off', async () => {
    const open = everyGoogleKind.replace('deletionProtection: true', 'deletionProtection: false')
    mustBeDone(await world.apply(open, await world.plan(open)))
    expect(await takenApart(world, open, googleRows)).toEqual(
      googleRows.map(({ kind, address }) =>
        kind === 'service' ? `nothing ${address}` : `remove ${address}`,
      ),
    )
    const state = world.google.state.find('acme-ml')
    expect([
      state?.clusters.size,
      state?.sqlInstances.size,
      state?.secrets.size,
      state?.addresses.size,
    ]).toEqual([0, 0, 0, 0])
    expect([...(state?.services.keys() ?? [])]).toContain('sqladmin.googleapis.com')
  })
})
