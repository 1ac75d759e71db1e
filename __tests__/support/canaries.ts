import type { Applied } from '../../src/commands/apply.ts'
import type { ExecutionEvent } from '../../src/commands/execute.ts'
import type { Plan } from '../../src/core/plan.ts'
import { ProblemsError } from '../../src/core/problem.ts'
import { planJson } from '../../src/render/json.ts'
import { renderOutcome, renderOutcomeSummary } from '../../src/render/markdown/outcome.ts'
import { renderPlanComment, renderSummary } from '../../src/render/markdown/plan-comment.ts'
import { plainPalette } from '../../src/render/terminal/palette.ts'
import { planLines } from '../../src/render/terminal/plan.ts'
import { problemLines } from '../../src/render/terminal/problems.ts'
import { resultLines } from '../../src/render/terminal/result.ts'
import { project } from './one-file.ts'
import type { World } from './world.ts'

/** A secret that was planted, by where. */
export type Canaries = Readonly<Record<string, string>>

/** Everything that people see, by where they see it. */
export type Seen = Readonly<Record<string, string>>

/** Payloads that were generated during an apply, read from the other side. */
export const generated = (world: World): Canaries =>
  Object.fromEntries(
    [...(world.google.state.find(project)?.secrets ?? [])].flatMap(([name, { versions }]) =>
      [...versions].map(([version, { payload = '' }]) => [
        `${name} ${version}`,
        Buffer.from(payload, 'base64')
          .toString()
          .replace(/^[^:]*:/, ''),
      ]),
    ),
  )

/** The forms in which a value could get out. */
const formsOf = (value: string): readonly string[] => [
  value,
  encodeURIComponent(value),
  JSON.stringify(value).slice(1, -1),
  Buffer.from(value).toString('base64').replace(/=+$/, ''),
  Buffer.from(value).toString('hex'),
]

/** `where: which canary` for each one that got out. */
export const escaped = (canaries: Canaries, seen: Seen): readonly string[] =>
  Object.entries(seen).flatMap(([where, text]) =>
    Object.entries(canaries)
      .filter(([, value]) => formsOf(value).some(form => text.includes(form)))
      .map(([name]) => `${where}: ${name}`),
  )

const run = { id: 7, attempt: 1, url: 'https://github.com/acme/platform/actions/runs/7' }

const origin = {
  repositoryUrl: 'https://github.com/acme/platform',
  base: '0'.repeat(40),
  head: '1'.repeat(40),
  run,
  sha256: '2'.repeat(64),
  identity: 'planner',
  calls: 1,
  seconds: 1,
}

/** What is shown of a plan, everywhere. */
export const seenOfPlan = (name: string, plan: Plan): Seen => {
  const input = { plans: [plan], failures: [], origin }
  return {
    [`${name} plan JSON`]: planJson(plan),
    [`${name} terminal`]: planLines(plan, 100, plainPalette).join('\n'),
    [`${name} comment`]: renderPlanComment(input),
    [`${name} summary`]: renderSummary(input),
  }
}

/** What is shown of an apply, everywhere. */
export const seenOfApply = (name: string, applied: Applied, events: readonly ExecutionEvent[]): Seen => {
  const lines = events.map(event => JSON.stringify(event)).join('\n')
  if (applied.ended === 'refused')
    return { [`${name} refusal`]: JSON.stringify(applied), [`${name} events`]: lines }
  return {
    [`${name} result`]: JSON.stringify(applied.result),
    [`${name} events`]: lines,
    [`${name} terminal`]: resultLines(applied.result, 100, plainPalette).join('\n'),
    [`${name} comment`]: renderOutcome({ environments: [applied], origin }),
    [`${name} summary`]: renderOutcomeSummary({ environments: [applied], origin }),
    ...seenOfPlan(`${name} fresh`, applied.plan),
  }
}

/** What is shown of an attempt to plan a file that has problems. */
export const seenOfProblems = async (name: string, attempt: () => Promise<unknown>): Promise<Seen> => {
  const error: unknown = await attempt().then(
    () => undefined,
    failed => failed,
  )
  if (!(error instanceof ProblemsError)) throw new Error(`${name}: the file was taken`, { cause: error })
  return {
    [`${name} terminal`]: problemLines(error.problems, 100, plainPalette).join('\n'),
    [`${name} error`]: `${error.stack}${JSON.stringify(error.problems)}`,
  }
}

/** Tokens that are canaries themselves. */
export const canaryTokens = {
  planner: 'ya29.canary-of-every-planner-0050',
  applier: 'ya29.canary-of-every-applier-0051',
}

/** Runs that were searched for canaries so far, and those of them in which none showed. */
export const searched = { count: 0, clean: 0 }

/** Law 10 over a whole run. Throws if a token, or a payload that the run generated, shows anywhere. */
export const assertUnseen = (
  world: World,
  plan: Plan,
  applied: Applied,
  events: readonly ExecutionEvent[],
): void => {
  searched.count++
  const canaries = { ...canaryTokens, ...generated(world) }
  const out = escaped(canaries, { ...seenOfPlan('plan', plan), ...seenOfApply('apply', applied, events) })
  if (out.length > 0) throw new Error(`secrets got out: ${out.join(', ')}`)
  searched.clean++
}
