import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { ExecutionEvent } from '../../src/commands/execute.ts'
import { kinds, kindsByName } from '../../src/kinds/registry.ts'
import { everyGoogleKind } from '../support/files.ts'
import { mustBeDone } from '../support/kill.ts'
import { googleRows } from '../support/ownership/google.ts'
import { clusterRows } from '../support/ownership/in-cluster.ts'
import { situationsOf, takenApart, without } from '../support/ownership/judge.ts'
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

describe('no kind is left out', () => {
  const rows = [...googleRows, ...clusterRows]
  const page = readFileSync(new URL('../../docs/ownership.md', import.meta.url), 'utf8')
  const table = new Map(
    [...page.matchAll(/^\| \*\*([a-z-]+)\*\*(.*)\|$/gm)].map(([, kind = '', cells = '']) => [
      kind,
      cells
        .split('|')
        .slice(1)
        .map(cell => cell.trim()),
    ]),
  )

  test('in these tables', () => {
    expect(rows.map(({ kind }) => kind).sort()).toEqual(kinds.map(({ kind }) => kind).sort())
  })

  test.each(rows.map(row => [row.kind, row] as const))(
    'in the documents, which say the same: %s',
    (name, row) => {
      const [found, mark = '', adopted = '', changed, removed = '', never] = table.get(name) ?? []
      expect([found, changed, never].every(cell => cell !== undefined && cell !== '')).toBe(true)
      const { unmarked, orphan } = row.expected
      expect([mark.startsWith('no'), adopted.includes('line `adopt`')]).toEqual([
        orphan !== 'listed',
        unmarked === 'adopt',
      ])
      const kind = kindsByName.get(name)
      expect(/`delete:`/.test(removed)).toBe(kind?.holdsData)
      expect(/^never/.test(removed)).toBe(kind?.remove === undefined)
      expect(kind?.marks === undefined).toBe(orphan !== 'listed')
    },
  )
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

  test.each(googleRows.filter(({ mark }) => mark !== undefined).map(row => [row.kind, row] as const))(
    'it leaves alone what another environment marked since the plan: %s',
    async (_, { mark, address, cut }) => {
      const atBegin = (environment: string) => (event: ExecutionEvent) => {
        if (event.event === 'begin' && event.address === address) void mark?.(world, environment)
      }
      const said = async (file: string) => {
        const applied = await world.apply(file, await world.plan(file), { onEvent: atBegin('other') })
        const outcomes = applied.ended === 'done' ? applied.result.outcomes : []
        return outcomes.find(outcome => outcome.address === address)?.problem?.message
      }
      await mark?.(world, null)
      expect(await said(everyGoogleKind)).toMatch(/belongs to environment other now, as its mark says\.$/)
      await mark?.(world, 'lab')
      mustBeDone(await world.apply(everyGoogleKind, await world.plan(everyGoogleKind)))
      const open = everyGoogleKind.replace('deletionProtection: true', 'deletionProtection: false')
      world.assume(open)
      const all = JSON.stringify(googleRows.map(row => row.address))
      expect(await said(without(open, cut, `delete: ${all}\n`))).toMatch(
        /was not removed: .* now belongs to environment other, as its mark says\.$/,
      )
      await mark?.(world, 'lab')
      world.assume(everyGoogleKind)
      mustBeDone(await world.apply(everyGoogleKind, await world.plan(everyGoogleKind)))
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
