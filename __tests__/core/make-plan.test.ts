import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import { makePlan, type PlanInput } from '../../src/core/make-plan.ts'
import { countsOf, duration, isEmpty, planDigest } from '../../src/core/plan.ts'
import { reference } from '../../src/core/reference.ts'
import type { Observed, Resource } from '../../src/core/resource.ts'
import type { KindFacts } from '../../src/core/rules.ts'

const inPlace = { effect: 'in-place' } as const
const kinds = new Map<string, KindFacts>([
  [
    'box',
    {
      kind: 'box',
      holdsData: false,
      takes: [10, 20],
      rules: [
        { path: 'mark', change: inPlace },
        { path: 'size', change: { effect: 'restart', seconds: 60 } },
        { path: 'link', change: inPlace },
        { path: 'place', change: { effect: 'refused', words: 'it cannot move', recipe: 'make another' } },
      ],
    },
  ],
  ['disk', { kind: 'disk', holdsData: true, takes: [5, 5], rules: [{ path: '**', change: inPlace }] }],
])

const resource = (address: string, spec: Resource['spec'], dependsOn: readonly string[] = []): Resource => {
  const [kind = '', name = ''] = address.split('/')
  return {
    kind,
    name,
    address,
    identity: `//x/${address}`,
    spec,
    dependsOn,
    sources: { '': { file: 'e.yaml', line: 3, column: 1 } },
  }
}

const absent: Observed = { state: 'absent' }
const here = (spec: Resource['spec'], more: object = {}): Observed => ({
  state: 'present',
  spec,
  outputs: {},
  ...more,
})

const plan = (
  desired: readonly Resource[],
  observed: Record<string, Observed>,
  more: Partial<PlanInput> = {},
) =>
  makePlan({
    environment: 'e',
    project: 'p',
    file: 'environments/e.yaml',
    engine: '1.0.0',
    desired,
    observed: new Map(Object.entries(observed)),
    baseline: undefined,
    gone: [],
    deletable: new Set(),
    kinds,
    notes: [],
    ...more,
  })

describe('steps', () => {
  test('what is absent is created, after what it needs', () => {
    const made = plan(
      [resource('box/b', { link: reference('box/a', 'ip') }), resource('box/a', { size: 1 })],
      { 'box/a': absent, 'box/b': absent },
    )
    expect(made.steps.map(({ address, action, after }) => [address, action, after])).toEqual([
      ['box/a', 'create', []],
      ['box/b', 'create', ['box/a']],
    ])
    expect(duration(made)).toEqual([20, 40])
  })
  test('a wait reaches through what needs no step', () => {
    const made = plan(
      [resource('box/a', { size: 1 }), resource('box/b', {}, ['box/a']), resource('box/c', {}, ['box/b'])],
      { 'box/a': absent, 'box/b': here({}), 'box/c': absent },
    )
    expect(made.steps.find(({ address }) => address === 'box/c')?.after).toEqual(['box/a'])
  })
  test('what is as it should be needs nothing', () => {
    const made = plan([resource('box/a', { size: 1 })], { 'box/a': here({ size: 1 }) })
    expect([isEmpty(made), made.unchanged]).toEqual([true, 1])
  })
  test('what exists unmarked is adopted, with its differences', () => {
    const made = plan([resource('box/a', { mark: 'e', size: 2 })], {
      'box/a': here({ size: 1 }, { mark: null }),
    })
    expect(
      made.steps.map(({ action, changes }) => [action, changes.map(({ path }) => path.join('.'))]),
    ).toEqual([['adopt', ['mark', 'size']]])
    expect(countsOf(made)).toMatchObject({ adopt: 1, change: 0, interrupts: 1 })
  })
  test('an environment is new while nothing that is there bears its mark', () => {
    const news = (spec: Resource['spec'], observed: Observed, more: Partial<PlanInput> = {}) =>
      plan([resource('box/a', spec), resource('box/b', {})], { 'box/a': observed, 'box/b': here({}) }, more)
        .isNew
    const marked = { mark: 'e' }
    const unknown: Observed = { state: 'unknown', problem: { message: 'no permission' } }
    expect(news(marked, absent)).toBe(true)
    expect(news(marked, here({}, { mark: null }))).toBe(true)
    expect([
      news(marked, here(marked, marked)),
      news(marked, unknown),
      news(marked, absent, { baseline: new Map() }),
      news({}, absent),
    ]).toEqual([undefined, undefined, undefined, undefined])
  })
  test("another environment's is refused, at the line that names it", () => {
    const position = { file: 'e.yaml', line: 3, column: 9 }
    const named = { ...resource('box/a', { mark: 'e' }), sources: { name: position } }
    const made = plan([named], { 'box/a': here({ mark: 'other' }, { mark: 'other' }) })
    expect(made.steps).toEqual([])
    expect(made.problems).toEqual([
      expect.objectContaining({ message: expect.stringContaining('belongs to environment other'), position }),
    ])
  })
  test('what is still being made is waited for', () => {
    const made = plan([resource('box/a', { size: 1 })], {
      'box/a': here({ size: 1 }, { settling: 'being created' }),
    })
    expect(made.steps.map(({ action, about }) => [action, about])).toEqual([['settle', 'being created']])
  })
  test('a refused change is a problem with the recipe and the line', () => {
    const made = plan([resource('box/a', { place: 'b' })], { 'box/a': here({ place: 'a' }) })
    expect(made.problems).toEqual([
      {
        address: 'box/a',
        message: 'box/a: place cannot change from a to b: it cannot move.',
        advice: 'make another',
        position: { file: 'e.yaml', line: 3, column: 1 },
      },
    ])
  })
  test('what nobody can see stops the plan', () => {
    const made = plan([resource('box/a', {})], {
      'box/a': { state: 'unknown', problem: { message: 'no permission' } },
    })
    expect([isEmpty(made), made.problems]).toEqual([false, [{ address: 'box/a', message: 'no permission' }]])
  })
})

describe('removals', () => {
  const gone = (address: string) => [{ resource: resource(address, {}), observed: here({}) }]
  test('come last', () => {
    const made = plan(
      [resource('box/a', {})],
      { 'box/a': absent },
      { gone: gone('box/old'), baseline: new Map() },
    )
    expect(made.steps.map(({ address, action }) => `${action} ${address}`)).toEqual([
      'create box/a',
      'remove box/old',
    ])
  })
  test('of what may be owned come before those of what may own it', () => {
    const removedAfter = ['disk']
    const owners = new Map([...kinds, ['box', { ...(kinds.get('box') as KindFacts), removedAfter }]])
    const made = plan(
      [],
      {},
      {
        kinds: owners,
        gone: [...gone('box/owner'), ...gone('disk/d')],
        deletable: new Set(['disk/d']),
      },
    )
    expect(made.steps.map(({ address, after }) => [address, after])).toEqual([
      ['disk/d', []],
      ['box/owner', ['disk/d']],
    ])
  })
  test('never of what holds data, unless it is said outright', () => {
    expect(plan([], {}, { gone: gone('disk/d') }).problems[0]?.advice).toContain('delete: [disk/d]')
    const said = plan([], {}, { gone: gone('disk/d'), deletable: new Set(['disk/d']) })
    expect([said.problems, said.steps.map(({ action }) => action)]).toEqual([[], ['remove']])
  })
  test('of what goes already is to wait for that, if it is ours to take away', () => {
    const going = (address: string, more: object): PlanInput['gone'] => {
      const problem = { message: `${address} cannot be used: it is being deleted.` }
      const observed: Observed = { state: 'unknown', problem, ...more }
      return [{ resource: resource(address, {}), observed }]
    }
    const said = (address: string, more: object, deletable: readonly string[] = []) => {
      const { steps, notes, problems } = plan(
        [],
        {},
        { gone: going(address, more), deletable: new Set(deletable) },
      )
      return [
        ...steps.map(({ action, about }) => `${action}: ${about}`),
        ...[...notes, ...problems].map(texts),
      ]
    }
    const texts = ({ message }: { readonly message: string }) => message
    const waits = 'remove: it is being deleted already; this waits until it is gone'
    const mark = 'e'
    expect(said('box/a', { leaving: { mark } })).toEqual([waits])
    expect(said('disk/d', { leaving: { mark } }, ['disk/d'])).toEqual([waits])
    expect(said('disk/d', { leaving: { mark } })).toEqual([expect.stringContaining('it is being deleted')])
    expect(said('box/a', { leaving: { mark: 'x' } })).toEqual([expect.stringContaining('belongs to x')])
    expect(said('box/a', {})).toEqual([expect.stringContaining('it is being deleted')])
  })
  test('goes on where a run has left a part that names this environment', () => {
    const left = (mark: string): PlanInput['gone'] => [
      {
        resource: resource('disk/d', {}),
        observed: { state: 'absent', leftover: { mark, about: 'a note is left' } },
      },
    ]
    expect(plan([], {}, { gone: left('e') }).steps).toMatchObject([
      { action: 'remove', about: 'a note is left' },
    ])
    expect(plan([], {}, { gone: left('x') }).steps).toEqual([])
  })
  test('never of what was there under another identity and holds data', () => {
    const old = { ...resource('disk/d', {}), identity: '//x/elsewhere' }
    const made = plan(
      [resource('disk/d', {})],
      { 'disk/d': absent },
      { gone: [{ resource: old, observed: here({}) }], deletable: new Set(['disk/d']) },
    )
    expect(made.problems[0]?.message).toContain('would be replaced')
  })
})

describe('protection', () => {
  const guarded = new Map([
    ...kinds,
    ['disk', { ...(kinds.get('disk') as KindFacts), protection: 'protected' }],
  ])
  const drop = (spec: Resource['spec'], named = ['disk/d']) =>
    plan(
      [],
      {},
      {
        kinds: guarded,
        deletable: new Set(named),
        gone: [{ resource: resource('disk/d', spec), observed: here({}) }],
      },
    )
  test('must be off in the file that was applied last', () => {
    expect(drop({ protected: true }).problems[0]?.message).toContain('protects it (protected)')
    expect(drop({}).steps).toEqual([])
    expect(drop({ protected: false }).steps.map(({ action }) => action)).toEqual(['remove'])
  })
  test('is asked to be switched off only where there is one that is on', () => {
    const advice = (...given: Parameters<typeof drop>) => drop(...given).problems[0]?.advice
    expect(advice({ protected: true }, [])).toBe(
      'To keep it, put it back. To delete it, say `protected: false` in one pull request, then `delete: [disk/d]` in the next.',
    )
    expect(advice({ protected: false }, [])).toBe(
      'To keep it, put it back. To delete it and what it holds, say `delete: [disk/d]`.',
    )
  })
})

describe('the digest', () => {
  const one = () => plan([resource('box/a', { size: 1 })], { 'box/a': absent })
  test('is the same for the same effects, whatever else moved', () => {
    const other = {
      ...one(),
      engine: '2.0.0',
      outputs: { 'box/z': { ip: 'x' } },
      notes: [{ level: 'info' as const, message: 'm' }],
    }
    expect(planDigest(other)).toBe(planDigest(one()))
    expect(planDigest(JSON.parse(JSON.stringify(one())))).toBe(planDigest(one()))
  })
  test('differs for another value', () => {
    expect(planDigest(plan([resource('box/a', { size: 2 })], { 'box/a': absent }))).not.toBe(
      planDigest(one()),
    )
  })
  test('secrets are pinned by version', () => {
    const made = plan([resource('box/a', { link: reference('box/s', 'version') }), resource('box/s', {})], {
      'box/a': absent,
      'box/s': here({}, { outputs: { version: '3' } }),
    })
    expect(made.pins).toEqual({ 'box/s': '3' })
  })
})

test('a field that the file no longer sets is told with the value that stays', () => {
  const made = plan(
    [resource('box/a', {})],
    { 'box/a': here({ size: 5 }) },
    { baseline: new Map([['box/a', resource('box/a', { size: 2 })]]) },
  )
  expect(made.steps).toEqual([])
  expect(made.notes).toEqual([
    {
      level: 'info',
      address: 'box/a',
      message: 'box/a: size is no longer managed; it stays as it is: 5.',
      released: true,
    },
  ])
})

describe('why something differs though the file says what it said', () => {
  const wanted = resource('box/a', { size: 2 })
  const causeOf = (more: Partial<PlanInput>) =>
    plan(
      [wanted],
      { 'box/a': here({ size: 1 }) },
      { baseline: new Map([['box/a', wanted]]), baselineEngine: '1.0.0', ...more },
    ).steps[0]?.changes[0]?.cause

  const begun = (spec: JsonObject, engine = '1.0.0') =>
    new Map([[wanted.identity, [{ spec, by: { sha: 'b1', engine } }]]])

  test.each<[string, string | undefined, Partial<PlanInput>]>([
    ['the world moved', 'drift', {}],
    ['the engine’s presets did', 'engine', { baselineEngine: '0.9.0' }],
    ['no apply has brought it there yet', 'file', { onlyBegun: new Set([wanted.identity]) }],
    ['another one was never brought there', 'drift', { onlyBegun: new Set(['//x/box/b']) }],
    ['an apply that did not end well left it', 'left', { begun: begun({ size: 1 }) }],
    ['it is not what that apply wanted', 'drift', { begun: begun({ size: 3 }) }],
    ['that apply was another version’s', 'engine', { begun: begun({ size: 3 }, '0.9.0') }],
    [
      'no apply at all has brought it there',
      'file',
      { begun: begun({ size: 1 }), onlyBegun: new Set([wanted.identity]) },
    ],
  ])('%s', (_, cause, more) => {
    expect(causeOf(more)).toBe(cause)
  })
})
