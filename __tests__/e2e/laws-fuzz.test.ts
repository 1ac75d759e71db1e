import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { loadEnvironments } from '../../src/commands/load.ts'
import type { PlanComment } from '../../src/render/markdown/input.ts'
import { renderPlanComment } from '../../src/render/markdown/plan-comment.ts'
import { origin } from '../render/fixtures.ts'
import { comment, hugeComment } from '../render/hostile-plans.ts'
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

const sound = (input: PlanComment): void => {
  const body = renderPlanComment(input)
  const faults = faultsOf(body, [origin.repositoryUrl, 'http'])
  if (faults.length > 0) throw new Error(faults.join('\n'))
  if (body.length > 65_000) throw new Error(`${body.length} characters`)
}

test(
  'the comment, fuzzed',
  () => {
    const drawn = fc.oneof({ weight: 12, arbitrary: comment }, { weight: 1, arbitrary: hugeComment })
    const make = (seed: number) => fc.sample(drawn, { numRuns: 1, seed })[0]
    const { tried, failure } = fuzz('comment', make, input => sound(input as PlanComment))
    expect(failure).toBeUndefined()
    expect(tried).toBeGreaterThan(10)
  },
  long,
)
