import { dirname, resolve } from 'node:path'
import { startWorld, type World } from '../../__tests__/action/world.ts'
import { commentOn } from '../../__tests__/e2e/paths/path.ts'
import type { Changes } from '../../__tests__/github/scenario/history.ts'
import { findHelm } from '../../src/helm/find.ts'

const chart = resolve(import.meta.dirname, '..', '..', 'src', 'emulator', 'chart', 'skypilot')

/** A repository on the GitHub of the tests, and a whole emulated cloud, with the bundled action between them. */
export interface Stage {
  readonly world: World
  /** The path of helm. */
  readonly helm: string
  /** The address of the chart repository. */
  readonly charts: string
  /** Opens a pull request of these files and plans it; its number. */
  readonly propose: (files: Changes) => Promise<number>
  /** Merges it and applies. */
  readonly land: (number: number) => Promise<void>
  /** The comment that the action has written on it. */
  readonly comment: (number: number) => string
}

/** Runs a story on a stage of its own, with GitHub environments of these names. */
export const onStage = async <T>(
  environments: readonly string[],
  story: (stage: Stage) => Promise<T>,
): Promise<T> => {
  const helm = await findHelm({
    environment: process.env,
    progress: text => process.stderr.write(`${text}\n`),
  })
  const world = await startWorld({
    files: { 'README.md': 'Infra\n' },
    environments,
    chartFolder: chart,
    cloud: { speed: 1_000 },
    env: { PATH: `${dirname(helm)}:${process.env.PATH ?? ''}` },
  })
  const { scenario } = world
  const propose = async (files: Changes): Promise<number> => {
    const branch = `change-${scenario.github.state.pulls.size + 1}`
    const { number } = scenario.openPull({ branch, files })
    await world.plan(scenario.pullEvent(number))
    return number
  }
  try {
    return await story({
      ...{ world, helm, propose, charts: world.whole?.charts ?? '' },
      land: async number => void (await world.apply(scenario.merge(number, 'squash'))),
      comment: number => commentOn(world, number),
    })
  } finally {
    await world.close()
  }
}
