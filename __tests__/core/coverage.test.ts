import { describe, expect, test } from '@jest/globals'
import type { Change } from '../../src/core/change.ts'
import { type Reviewed, uncovered } from '../../src/core/coverage.ts'
import { type Plan, planDigest, type Step } from '../../src/core/plan.ts'
import type { KindFacts } from '../../src/core/rules.ts'

const kinds = new Map<string, KindFacts>([
  [
    'box',
    {
      kind: 'box',
      holdsData: false,
      takes: [1, 1],
      rules: [
        { path: 'disk', compare: 'floor', change: { effect: 'in-place' } },
        { path: 'version', compare: 'minimum', change: { effect: 'in-place' } },
        { path: '**', change: { effect: 'in-place' } },
      ],
    },
  ],
])

const step = (action: Step['action'], more: Partial<Step> = {}): Step => ({
  address: 'box/a',
  kind: 'box',
  identity: '//x/a',
  action,
  spec: { tier: 'big', disk: 40 },
  changes: [],
  after: [],
  takes: [1, 1],
  ...more,
})
const change = (
  path: string,
  from: Change['from'],
  to: Change['to'],
  effect: Change['effect'] = 'in-place',
): Change => ({
  path: [path],
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  effect,
  cause: 'file',
})
const plan = (...steps: readonly Step[]): Plan => ({
  format: 'slipway-plan/1',
  environment: 'e',
  project: 'p',
  file: 'f',
  engine: '1',
  steps,
  notes: [],
  problems: [],
  pins: {},
  unchanged: 0,
  outputs: {},
  recorded: true,
})
const judge = (fresh: Plan, reviewedPlans: readonly Plan[], more: Partial<Reviewed> = {}) =>
  uncovered(fresh, {
    plans: reviewedPlans,
    unfinished: new Set(),
    applied: () => [],
    approved: new Set(),
    kinds,
    ...more,
  })

const cases: readonly [string, Step, readonly Step[], Partial<Reviewed>, string[]][] = [
  ['nothing was reviewed', step('create'), [], {}, ['']],
  ['the same create', step('create'), [step('create')], {}, []],
  ['a create with another value', step('create'), [step('create', { spec: { tier: 'small' } })], {}, ['']],
  ['a create of another identity', step('create'), [step('create', { identity: '//x/b' })], {}, ['']],
  [
    'the same change',
    step('update', { changes: [change('tier', 's', 'b')] }),
    [step('update', { changes: [change('tier', 's', 'b')] })],
    {},
    [],
  ],
  [
    'another target',
    step('update', { changes: [change('tier', 's', 'b')] }),
    [step('update', { changes: [change('tier', 's', 'c')] })],
    {},
    ['tier'],
  ],
  [
    'a stronger effect',
    step('update', { changes: [change('tier', 's', 'b', 'restart')] }),
    [step('update', { changes: [change('tier', 's', 'b')] })],
    {},
    ['tier'],
  ],
  [
    'a weaker effect',
    step('update', { changes: [change('tier', 's', 'b')] }),
    [step('update', { changes: [change('tier', 's', 'b', 'restart')] })],
    {},
    [],
  ],
  [
    'another start',
    step('update', { changes: [change('tier', 'x', 'b')] }),
    [step('update', { changes: [change('tier', 's', 'b')] })],
    {},
    ['tier'],
  ],
  [
    'a start that a recorded apply made',
    step('update', { changes: [change('tier', 'x', 'b')] }),
    [step('update', { changes: [change('tier', 's', 'b')] })],
    { applied: () => ['x'] },
    [],
  ],
  [
    'a disk that grew on the way',
    step('update', { changes: [change('disk', 20, 40)] }),
    [step('update', { changes: [change('disk', 10, 40)] })],
    {},
    [],
  ],
  [
    'a disk that shrank',
    step('update', { changes: [change('disk', 5, 40)] }),
    [step('update', { changes: [change('disk', 10, 40)] })],
    {},
    ['disk'],
  ],
  [
    'a version that came nearer',
    step('update', { changes: [change('version', '1.32', '1.34')] }),
    [step('update', { changes: [change('version', '1.31', '1.34')] })],
    {},
    [],
  ],
  [
    'a reviewed create that was begun',
    step('update', { changes: [change('tier', 's', 'big')] }),
    [step('create')],
    { unfinished: new Set(['//x/a']) },
    [],
  ],
  [
    "a reviewed create that somebody else's thing is in the way of",
    step('update', { changes: [change('tier', 's', 'big')] }),
    [step('create')],
    {},
    ['tier'],
  ],
  ['an adoption where a create was reviewed', step('adopt'), [step('create')], {}, ['']],
  ['an adoption of what we began', step('adopt'), [step('create')], { unfinished: new Set(['//x/a']) }, []],
  ['a reviewed adoption', step('adopt'), [step('adopt')], {}, []],
  ['a wait', step('settle'), [], {}, []],
  ['a removal that was not reviewed', step('remove'), [step('update')], {}, ['']],
  ['a reviewed removal', step('remove'), [step('remove')], {}, []],
]

describe('coverage', () => {
  test.each(cases)('%s', (_, fresh, reviews, more, expected) => {
    expect(judge(plan(fresh), [plan(...reviews)], more).map(({ path }) => path)).toEqual(expected)
  })
  test('a plan of another environment covers nothing', () => {
    expect(judge(plan(step('create')), [{ ...plan(step('create')), environment: 'other' }])).toHaveLength(1)
  })
  test('a reviewed change that is no longer needed is fine', () => {
    expect(judge(plan(), [plan(step('create'))])).toEqual([])
  })
  test('approval by digest accepts exactly that plan', () => {
    const fresh = plan(step('create'))
    expect(judge(fresh, [], { approved: new Set([planDigest(fresh)]) })).toEqual([])
    expect(judge(plan(step('remove')), [], { approved: new Set([planDigest(fresh)]) })).toHaveLength(1)
  })
})
