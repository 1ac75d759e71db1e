import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { parse, stringify } from 'yaml'
import type { Applied } from '../../src/commands/apply.ts'
import type { ExecutionEvent } from '../../src/commands/execute.ts'
import { isEmpty } from '../../src/core/plan.ts'
import { assertUnseen, canaryTokens, escaped, seenOfPlan } from '../support/canaries.ts'
import { pathWith, withHelm } from '../support/helm.ts'
import { project } from '../support/one-file.ts'
import { report } from '../support/report.ts'
import { startWorld, type World } from '../support/world.ts'

const folder = join(import.meta.dirname, '..', 'scenarios', 'environment')
const long = 3_600_000

const login = 'canary-of-a-login-0052'

type Section = Readonly<Record<string, unknown>>

/** A scenario's file, its chart taken from the emulator, and a version of Kubernetes that there still is. */
const textFor = (scenario: string, world: World): string => {
  const file = parse(readFileSync(join(folder, scenario, 'environment.yaml'), 'utf8')) as Section
  const cluster = file.cluster as Section | undefined
  const chart = { repository: world.cloud?.charts, version: '0.13.0' }
  const releases = Object.entries((file.releases ?? {}) as Readonly<Record<string, Section>>)
  return stringify({
    name: 'lab',
    ...file,
    ...(cluster?.version === undefined ? {} : { cluster: { ...cluster, version: '1.34' } }),
    ...(file.app === undefined ? {} : { release: { ...(file.release as Section), ...chart } }),
    ...(releases.length === 0
      ? {}
      : { releases: Object.fromEntries(releases.map(([name, one]) => [name, { ...one, ...chart }])) }),
  })
}

/** Makes what a scenario takes for granted: its login, and what it only uses. */
const prepare = async (world: World, { cluster, location, use: shared }: Section): Promise<void> => {
  const { use, location: place = location } = (cluster ?? {}) as Section
  const seed = world.google.seed(project)
  seed.enable('secretmanager')
  seed.secret('sky-login', [`sky:${login}`])
  if (Array.isArray(shared)) seed.serviceAccount('lab-nodes')
  if (typeof use !== 'string') return
  seed.enable('compute', 'container')
  const workloadIdentityConfig = { workloadPool: `${project}.svc.id.goog` }
  await seed.cluster(String(place), use, { initialNodeCount: 1, workloadIdentityConfig })
}

/** The one thing that fails in a scenario, since this cloud cannot do it; all the rest has to be done. */
const failing: Readonly<Record<string, RegExp>> = {
  // Nothing here answers for a name.
  'zone-and-password': /^release\/skypilot: https:\/\/sky\.acme\.com\/api\/health is not well .* 502\.$/,
}

const failuresOf = (applied: Applied): readonly string[] => {
  if (applied.ended === 'refused') return [`refused: ${JSON.stringify(applied.plan.problems)}`]
  const { outcomes, left } = applied.result
  return [
    ...outcomes
      .filter(({ ending }) => ending !== 'applied' && ending !== 'already')
      .map(({ address, ending, problem }) => `${address}: ${problem?.message ?? ending}`),
    ...left.map(({ message }) => `left: ${message}`),
  ]
}

/** Plans a scenario, which must only read, and applies it whole; nothing secret may show. Gives what is wrong. */
const wrongWith = async (
  scenario: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> => {
  const world = await startWorld({ kubernetes: true, tokens: canaryTokens })
  try {
    const text = textFor(scenario, world)
    await prepare(world, parse(text) as Section)
    const values = { SKYPILOT_LOGIN: `sky:${login}` }
    const plan = await world.plan(text, { env })
    const seen = escaped({ ...canaryTokens, login }, seenOfPlan('plan', plan))
    if (seen.length > 0) throw new Error(`secrets got out: ${seen.join(', ')}`)
    const events: ExecutionEvent[] = []
    const applied = await world.apply(text, plan, { env, values, onEvent: event => void events.push(event) })
    assertUnseen(world, plan, applied, events)
    const failed = failuresOf(applied)
    const expected = failing[scenario]
    if (failed.length > 0 || expected !== undefined)
      return failed.length === 1 && expected?.test(String(failed)) === true
        ? []
        : [`${scenario}: ${failed.join('; ') || 'all of it succeeded'}`]
    return isEmpty(await world.plan(text, { env })) ? [] : [`${scenario}: the next plan is not empty`]
  } catch (error) {
    return [`${scenario}: ${String(error)}`]
  } finally {
    await world.close()
  }
}

test(
  'laws 6 and 10: every scenario is planned by reading only and applied whole, and nothing secret shows',
  async () => {
    const run = async (helm: string): Promise<readonly string[]> => {
      const scenarios = readdirSync(folder)
      const wrong: string[] = []
      for (const scenario of scenarios) wrong.push(...(await wrongWith(scenario, { PATH: pathWith(helm) })))
      report(
        '6 and 10 (scenarios)',
        scenarios.length - wrong.length,
        scenarios.length,
        `planned by reading only, and applied whole (${Object.keys(failing).join(', ')}: but for what it must fail at)`,
      )
      return wrong
    }
    expect((await withHelm('scenarios', run, () => undefined)) ?? []).toEqual([])
  },
  long,
)
