import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Step } from '../../src/core/plan.ts'
import { readMarker } from '../../src/render/markdown/marker.ts'
import { renderOutcome, renderOutcomeSummary } from '../../src/render/markdown/outcome.ts'
import { renderPlanComment, renderSummary } from '../../src/render/markdown/plan-comment.ts'
import { renderRefusal, renderRefusalSummary } from '../../src/render/markdown/refusal.ts'
import { origin, plan, step } from './fixtures.ts'
import { hostileOutcome, hostileRefusal } from './hostile-outcomes.ts'
import { any, comment, followed, hugeComment } from './hostile-plans.ts'
import { faultsOf } from './markdown-check.ts'

const faultsIn = (body: string) => faultsOf(body, followed)

const expectSound = (body: string): void => {
  expect(faultsIn(body)).toEqual([])
  expect(body.length).toBeLessThanOrEqual(65_000)
}

describe('whatever strings a plan holds', () => {
  test('its comment is sound', () => {
    fc.assert(
      fc.property(comment, input => expectSound(renderPlanComment(input))),
      { numRuns: 100 },
    )
  })

  test('so is that of a plan with thousands of operations', () => {
    fc.assert(
      fc.property(hugeComment, input => expectSound(renderPlanComment(input))),
      { numRuns: 3 },
    )
  })

  test('its outcome is sound, in the comment and in the job summary', () => {
    fc.assert(
      fc.property(hostileOutcome, input => {
        expectSound(renderOutcome(input))
        expect(faultsIn(renderOutcomeSummary(input))).toEqual([])
      }),
      { numRuns: 80 },
    )
  })

  test('its refusal is sound, in the comment and in the job summary', () => {
    fc.assert(
      fc.property(hostileRefusal, input => {
        expectSound(renderRefusal(input))
        expect(faultsIn(renderRefusalSummary(input))).toEqual([])
      }),
      { numRuns: 80 },
    )
  })

  test('no text can forge or hide the marker', () => {
    fc.assert(
      fc.property(any, any, (sha256, head) => {
        const body = renderPlanComment({ plans: [], failures: [], origin: { ...origin, sha256, head } })
        expect(readMarker(body)).toBeUndefined()
        expect(body.split('\n')[0]).toMatch(/^<!-- slipway:plan \{[^<>]*\} -->$/)
      }),
    )
  })
})

const many = (count: number, make: (index: number) => Step): readonly Step[] =>
  Array.from({ length: count }, (_, index) => make(index))

describe('a plan that is too long', () => {
  const restart = (index: number): Step =>
    step(
      `sql-instance/db-${index}`,
      'update',
      {},
      {
        changes: [
          { path: ['tier'], from: 'a'.repeat(80), to: 'b'.repeat(80), effect: 'restart', cause: 'file' },
        ],
      },
    )
  const created = (index: number): Step =>
    step(`secret/s-${index}`, 'create', { name: `secret-${index}`, generate: { length: 32 } })

  test('5,000 steps fit, and what is removed is still there', () => {
    const steps = [...many(4_990, created), ...many(10, index => step(`address/gone-${index}`, 'remove'))]
    const body = renderPlanComment({ plans: [plan('big', { steps })], failures: [], origin })
    expectSound(body)
    for (let index = 0; index < 10; index++) expect(body).toContain(`**Removes \`address/gone-${index}\`**`)
    expect(body).toContain('Too long to show whole')
    expect(body).toMatch(/… [\d,]+ more lines/)
    expect(body.length).toBeGreaterThan(55_000)
  })

  test('what is merely new goes before what interrupts', () => {
    const steps = [...many(120, restart), ...many(3_000, created)]
    const body = renderPlanComment({ plans: [plan('big', { steps })], failures: [], origin })
    expectSound(body)
    for (let index = 0; index < 120; index++)
      expect(body).toContain(`**\`sql-instance/db-${index}\`: it restarts.**`)
  })

  test('even thousands of refusals are cut between two of them', () => {
    const problems = Array.from({ length: 5_000 }, (_, index) => ({
      message: `number ${index} ${'x'.repeat(200)} end`,
    }))
    const body = renderPlanComment({
      plans: [plan('big', { problems, steps: many(50, restart) })],
      failures: [],
      origin,
    })
    expectSound(body)
    const shown = body.split('\n').filter(line => line.includes('> **In the way:**'))
    expect(shown.length).toBeGreaterThan(100)
    expect(shown.every(line => line.endsWith(' end'))).toBe(true)
    expect(body).toContain(`… and ${(5_000 - shown.length).toLocaleString('en-US')} more.`)
  })

  test('many environments fit', () => {
    const plans = Array.from({ length: 600 }, (_, index) =>
      plan(`environment-${index}`, { steps: many(3, restart) }),
    )
    expectSound(renderPlanComment({ plans, failures: [], origin }))
  })

  test('the job summary has room for far more, within its own limit', () => {
    const plans = [plan('big', { steps: [...many(5_000, created), ...many(4_000, restart)] })]
    const body = renderSummary({ plans, failures: [], origin })
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(1_000_000)
    expect(body.length).toBeGreaterThan(500_000)
  })
})
