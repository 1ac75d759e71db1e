import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { openWorld, reviewer, twoProjects, type World } from '../setup/world.ts'

jest.setTimeout(60_000)

let world: World
beforeAll(async () => {
  world = await openWorld(twoProjects)
})
afterAll(() => world.close())

describe('two projects, three environments', () => {
  test('each trusts its own environments only, and the identities are a file', async () => {
    await world.bootstrap({ run: true, reviewer: [reviewer] })
    const conditionIn = (project: string) =>
      String(
        world.google.state.find(project)?.pools.get('slipway')?.providers.get('github')?.attributeCondition,
      )
    expect(conditionIn('acme-lab')).toContain("assertion.environment in ['lab']")
    expect(conditionIn('acme-ml')).toContain("assertion.environment in ['prod', 'staging']")
    expect(world.scenario.github.state.variables.size).toBe(0)
    expect((await world.doctor()).map(({ id }) => id)).toEqual([
      'identities/missing',
      'identities/missing',
      'codeowners/missing',
    ])
    // The lines that bootstrap prints are what doctor asks for.
    const [, owners = '', identities = ''] = await printedFiles()
    world.commit({ '.github/CODEOWNERS': owners, '.github/slipway.yaml': identities })
    expect(await world.doctor()).toEqual([])
    world.commit({ '.github/slipway.yaml': identities.replace('slipway-applier@acme-lab', 'other@acme-lab') })
    expect(await world.doctor()).toMatchObject([
      { id: 'identities/other', what: expect.stringContaining('applier') },
    ])
    world.commit({ '.github/slipway.yaml': 'projects: [' })
    expect(await world.doctor()).toMatchObject([{ id: 'identities/broken' }])
    world.commit({ '.github/slipway.yaml': identities })
  })

  test('one of them by its name', async () => {
    world.writes()
    expect(await world.bootstrap({ run: true, project: ['acme-lab'] })).toBe(0)
    expect(world.said()).toContain('acme/infra and acme-lab: nothing to do.')
    expect(world.writes()).toEqual([])
  })
})

/** The files that bootstrap says are to be committed, in order, after what stands before them. */
const printedFiles = async (): Promise<readonly string[]> => {
  await world.bootstrap()
  return world
    .said()
    .split(/^# Commit as .*$/m)
    .map(part => part.split('\n').flatMap(line => (line.startsWith('#     ') ? [line.slice(6)] : [])))
    .map(lines => `${lines.join('\n')}\n`)
}
