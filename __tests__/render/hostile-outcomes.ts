import fc from 'fast-check'
import type { Ending } from '../../src/core/outcome.ts'
import type { OutcomeComment } from '../../src/render/markdown/outcome.ts'
import type { Refusal } from '../../src/render/markdown/refusal.ts'
import { origin } from './fixtures.ts'
import { any, hostilePlan, ourAddress, problem } from './hostile-plans.ts'

const endings: readonly Ending[] = ['applied', 'already', 'failed', 'skipped', 'stopped', 'running']

const outcome = fc.record({
  address: any,
  ending: fc.constantFrom(...endings),
  summary: any,
  seconds: fc.nat(9999),
})

const failed = fc.tuple(outcome, problem).map(([rest, why]) => ({ ...rest, problem: why }))

const result = fc.record({
  environment: any,
  outcomes: fc.array(fc.oneof(outcome, failed), { maxLength: 6 }),
  seconds: fc.nat(9999),
  url: any.map(ourAddress),
  health: any,
  left: fc.array(problem, { maxLength: 2 }),
})

/** What is said after a merge, all of it texts of somebody who means harm. */
export const hostileOutcome: fc.Arbitrary<OutcomeComment> = fc.record({
  environments: fc.array(fc.record({ plan: hostilePlan, result, deploymentUrl: any.map(ourAddress) }), {
    maxLength: 2,
  }),
  untouched: fc.array(fc.record({ environment: any, reason: any, begun: fc.boolean() }), { maxLength: 2 }),
  actor: any,
  origin: fc.constant(origin),
})

/** What is said where apply was stopped before its first write, all of it such texts. */
export const hostileRefusal: fc.Arbitrary<Refusal> = fc.record({
  plan: hostilePlan,
  uncovered: fc.array(fc.record({ address: any, path: any, reason: any }), { maxLength: 4 }),
  reason: any,
  before: any.map(ourAddress),
  workflow: any,
  branch: any,
  origin: fc.constant(origin),
})
