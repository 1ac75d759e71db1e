import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { parse, stringify } from 'yaml'
import type { ExecutionEvent } from '../../src/commands/execute.ts'
import { assertUnseen, canaryTokens, escaped, seenOfPlan } from '../support/canaries.ts'
import { pathWith, withHelm } from '../support/helm.ts'
import { project } from '../support/one-file.ts'
import { readOnlyPlans } from '../support/read-only.ts'
import { report } from '../support/report.ts'
import { startWorld, type World } from '../support/world.ts'

const folder = join(import.meta.dirname, '..', 'scenarios', 'environment')
const long = 3_600_000

const login = 'canary-of-a-login-0052'

type Section = Readonly<Record<string, unknown>>

/** A scenario's file, its chart taken from the emulator. */
const textFor = (scenario: string, world: World): string => {
  const file = parse(readFileSync(join(folder, scenario, 'environment.yaml'), 'utf8')) as Section
  const chart = { repository: world.cloud?.charts, version: '0.13.0' }
  const releases = Object.entries((file.releases ?? {}) as Readonly<Record<string, Section>>)
  return stringify({
    name: 'lab',
    ...file,
    ...(file.app === undefined ? {} : { release: { ...(file.release as Section), ...chart } }),
    ...(releases.length === 0
      ? {}
      : { releases: Object.fromEntries(releases.map(([name, one]) => [name, { ...one, ...chart }])) }),
  })
}

/** Plans a scenario, which must only read, and applies it where nothing stands in the way; nothing secret may show. */
const watched = async (scenario: string, env: Readonly<Record<string, string>>): Promise<string> => {
  const world = await startWorld({ kubernetes: true, tokens: canaryTokens })
  try {
    world.google.seed(project).secret('sky-login', [login])
    const text = textFor(scenario, world)
    const values = { SKYPILOT_LOGIN: login }
    const plan = await world.plan(text, { env })
    const seen = escaped({ ...canaryTokens, login }, seenOfPlan('plan', plan))
    if (seen.length > 0) throw new Error(`${scenario}: secrets got out: ${seen.join(', ')}`)
    if (plan.problems.length > 0) return 'planned'
    const events: ExecutionEvent[] = []
    const applied = await world.apply(text, plan, { env, values, onEvent: event => void events.push(event) })
    assertUnseen(world, plan, applied, events)
    return applied.ended
  } finally {
    await world.close()
  }
}

test(
  'laws 6 and 10: every scenario is planned by reading only, and nothing secret shows',
  async () => {
    const run = async (helm: string): Promise<readonly string[]> => {
      const scenarios = readdirSync(folder)
      const before = readOnlyPlans.count
      const ends: string[] = []
      for (const scenario of scenarios)
        ends.push(`${scenario}: ${await watched(scenario, { PATH: pathWith(helm) })}`)
      report('6 and 10 (scenarios)', ends.length, scenarios.length, `(${ends.join(', ')})`)
      return readOnlyPlans.count - before < scenarios.length ? ['a plan was not watched'] : []
    }
    expect((await withHelm('scenarios', run, () => undefined)) ?? []).toEqual([])
  },
  long,
)
