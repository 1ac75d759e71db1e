import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { loadEnvironments } from '../../src/commands/load.ts'
import { renderOutcome, renderOutcomeSummary } from '../../src/render/markdown/outcome.ts'
import { renderPlanComment, renderSummary } from '../../src/render/markdown/plan-comment.ts'
import { renderRefusal } from '../../src/render/markdown/refusal.ts'
import { hostileOutcome, hostileRefusal } from '../render/hostile-outcomes.ts'
import { comment, followed, hugeComment } from '../render/hostile-plans.ts'
import { faultsOf } from '../render/markdown-check.ts'
import { fuzz } from '../support/fuzz.ts'
import { mutant } from '../support/mutate.ts'

const long = 3_600_000

/** Throws unless a text is taken, or answered with places and sentences. */
const answered = (text: string): void => {
  const { failures } = loadEnvironments([{ path: 'environments/x.yaml', text }], () => undefined)
  for (const { message, position } of failures.flatMap(({ problems }) => problems)) {
    if (message === '') throw new Error('a problem without words')
    const placed = position !== undefined && position.line > 0 && position.column > 0
    if (!placed) throw new Error(`a problem without a place: ${message}`)
  }
  if (Object.keys(Object.prototype).length > 0) throw new Error('the prototype of everything was changed')
}

test(
  'law 11: the loader of files, fuzzed',
  () => {
    const { tried, failure } = fuzz('files', mutant, input => answered(String(input)))
    expect(failure).toBeUndefined()
    expect(tried).toBeGreaterThan(10)
  },
  long,
)

/** Everything that Slipway writes into GitHub, by what it is. */
const bodies = {
  comment: comment.map(input => () => renderPlanComment(input)),
  summary: comment.map(input => () => renderSummary(input)),
  'huge comment': hugeComment.map(input => () => renderPlanComment(input)),
  outcome: hostileOutcome.map(input => () => renderOutcome(input)),
  'outcome’s summary': hostileOutcome.map(input => () => renderOutcomeSummary(input)),
  refusal: hostileRefusal.map(input => () => renderRefusal(input)),
} as const

type Body = keyof typeof bodies

const drawn = fc.oneof(
  ...Object.entries(bodies).map(([name, body]) => ({
    weight: name === 'huge comment' ? 1 : 10,
    arbitrary: body.map(render => ({ name: name as Body, render })),
  })),
)

const sound = ({ name, render }: { readonly name: Body; readonly render: () => string }): void => {
  const body = render()
  const faults = faultsOf(body, followed)
  if (faults.length > 0) throw new Error(`${name}: ${faults.join('\n')}\n${body.slice(0, 4_000)}`)
  if (!name.includes('summary') && body.length > 65_000) throw new Error(`${name}: ${body.length} characters`)
}

test(
  'what Slipway writes into GitHub, fuzzed',
  () => {
    const counts = new Map<Body, number>()
    const make = (seed: number) => fc.sample(drawn, { numRuns: 1, seed })[0]
    const check = (input: ReturnType<typeof make>): void => {
      if (input === undefined) throw new Error('nothing was drawn')
      sound(input)
      counts.set(input.name, (counts.get(input.name) ?? 0) + 1)
    }
    const { failure } = fuzz('comments', make, check, 2_000)
    process.stdout.write(
      `FUZZ comments: ${[...counts].map(([name, count]) => `${name}: ${count}`).join(', ')}\n`,
    )
    expect(failure).toBeUndefined()
    for (const name of Object.keys(bodies))
      expect([name, (counts.get(name as Body) ?? 0) >= 30]).toEqual([name, true])
  },
  long,
)
