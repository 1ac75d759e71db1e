import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Comparison, difference, MissingRuleError } from '../../src/core/diff.ts'
import { equal, type Json, type JsonObject, valueAt, withValueAt } from '../../src/core/json.ts'
import { reference } from '../../src/core/reference.ts'
import type { Present } from '../../src/core/resource.ts'
import type { Rules } from '../../src/core/rules.ts'

const inPlace = { effect: 'in-place' } as const
const rules: Rules = [
  { path: 'tier', change: { effect: 'restart', words: 'connections drop', seconds: 60 } },
  { path: 'diskGb', compare: 'floor', change: inPlace },
  { path: 'version', compare: 'minimum', change: inPlace },
  { path: 'region', change: { effect: 'refused', recipe: 'docs/move.md' } },
  { path: 'engine', change: { effect: 'restart' }, cases: { decrease: { effect: 'refused' } } },
  { path: 'guard', change: inPlace, cases: { disable: { ...inPlace, weakens: true } } },
  { path: 'backups.retained', change: inPlace, cases: { decrease: { effect: 'restart' } } },
  { path: 'flags.*', change: inPlace },
  { path: 'zones.*', exclusive: true, change: inPlace },
  { path: 'seed', compare: 'create-only', change: inPlace },
  { path: 'objects.*', exclusive: true, change: inPlace, cases: { remove: { effect: 'remove' } } },
  { path: 'objects.Deployment/*.**', unset: 'remove', change: { effect: 'restart' } },
]

const present = (spec: JsonObject, unknown: readonly string[] = []): Present => ({
  state: 'present',
  spec,
  outputs: {},
  unknown,
})

const comparison = (desired: JsonObject, live: JsonObject | Present, baseline?: JsonObject): Comparison => ({
  desired,
  observed: 'state' in live && live.state === 'present' ? (live as Present) : present(live as JsonObject),
  baseline,
  rules,
  lookUp: (address, output) => (address === 'address/a' && output === 'ip' ? '192.0.2.7' : undefined),
  sources: { '': { preset: 'skypilot' }, tier: { file: 'prod.yaml', line: 15, column: 3 } },
  unchangedCause: 'drift',
})

const diff = (desired: JsonObject, live: JsonObject | Present, baseline?: JsonObject) =>
  difference(comparison(desired, live, baseline))

const brief = (desired: JsonObject, live: JsonObject | Present, baseline?: JsonObject) =>
  diff(desired, live, baseline).changes.map(({ path, from, to, effect }) => [
    path.join('.'),
    from,
    to,
    effect,
  ])

describe('what an apply that did not end well left', () => {
  const first = { sha: 'b1', engine: '1', failed: true } as const
  const second = { sha: 'b2', engine: '1' } as const
  const causes = (
    desired: JsonObject,
    live: JsonObject,
    baseline: JsonObject,
    begun: readonly JsonObject[],
  ) =>
    difference({
      ...comparison(desired, live, baseline),
      begun: begun.map((spec, index) => ({ spec, by: index === 0 ? first : second })),
    }).changes.map(({ cause, leftBy }) => [cause, leftBy?.sha])
  const ip = reference('address/a', 'ip')
  const unit = { 'Deployment/api': { replicas: 2 } }

  test.each<[string, JsonObject, JsonObject, readonly JsonObject[], string, string | undefined]>([
    ['is just what its file wanted', { tier: 'a' }, { tier: 'b' }, [{ tier: 'b' }], 'left', 'b1'],
    ['is no third value', { tier: 'a' }, { tier: 'c' }, [{ tier: 'b' }], 'drift', undefined],
    ['is not what it wanted of nothing', { tier: 'a' }, { tier: 'b' }, [{}], 'drift', undefined],
    [
      'is named by the first that wanted it',
      { tier: 'a' },
      { tier: 'c' },
      [{ tier: 'b' }, { tier: 'c' }, { tier: 'c' }],
      'left',
      'b2',
    ],
    [
      'is compared with what a reference is now',
      { tier: 'a' },
      { tier: '192.0.2.7' },
      [{ tier: ip }],
      'left',
      'b1',
    ],
    [
      'is nothing that nobody knows yet',
      { tier: 'a' },
      {},
      [{ tier: reference('address/b', 'ip') }],
      'drift',
      undefined,
    ],
    ['can be a member that its file had no more', { flags: { a: 'on' } }, {}, [{ flags: {} }], 'left', 'b1'],
    ['is no field that its file released', { tier: 'a' }, {}, [{}], 'drift', undefined],
    [
      'can be a member that nobody else wants',
      { zones: {} },
      { zones: { b: true } },
      [{ zones: { b: true } }],
      'left',
      'b1',
    ],
    [
      'can be a whole of which its file said a part',
      { objects: {} },
      { objects: { 'Deployment/api': { replicas: 2, more: 1 } } },
      [{ objects: unit }],
      'left',
      'b1',
    ],
    [
      'is no whole that is otherwise',
      { objects: {} },
      { objects: { 'Deployment/api': { replicas: 3 } } },
      [{ objects: unit }],
      'drift',
      undefined,
    ],
  ])('%s', (_, desired, live, begun, cause, by) => {
    expect(causes(desired, live, desired, begun)).toEqual([[cause, by]])
  })

  test('is no matter where the file says something else now', () => {
    expect(causes({ tier: 'c' }, { tier: 'b' }, { tier: 'a' }, [{ tier: 'b' }])).toEqual([
      ['file', undefined],
    ])
  })
})

describe('a change that cannot be taken back', () => {
  const oneWay = (desired: JsonObject, live: JsonObject) =>
    diff(desired, live).changes.map(({ path, oneWay: only }) => [path.join('.'), only])

  test('is one whose way back is refused, or no difference', () => {
    expect(oneWay({ diskGb: 40 }, { diskGb: 10 })).toEqual([['diskGb', true]])
    expect(oneWay({ version: '1.34' }, { version: '1.33' })).toEqual([['version', true]])
    expect(oneWay({ engine: 'PG_17' }, { engine: 'PG_16' })).toEqual([['engine', true]])
    expect(oneWay({ tier: 'b' }, { tier: 'a' })).toEqual([['tier', undefined]])
    expect(oneWay({ engine: 'PG_15' }, { engine: 'PG_16' })).toEqual([['engine', undefined]])
  })
})

test('a change tells that it protects data less', () => {
  expect(diff({ guard: false }, { guard: true }).changes).toMatchObject([{ path: ['guard'], weakens: true }])
  expect(diff({ guard: true }, { guard: false }).changes[0]).not.toHaveProperty('weakens')
})

describe('what is compared', () => {
  const cases: readonly [string, JsonObject, JsonObject | Present, JsonObject | undefined, unknown[]][] = [
    ['equal values', { tier: 'a' }, { tier: 'a' }, undefined, []],
    ['another value', { tier: 'a' }, { tier: 'b' }, undefined, [['tier', 'b', 'a', 'restart']]],
    ['a value that is not there', { tier: 'a' }, {}, undefined, [['tier', undefined, 'a', 'restart']]],
    ['fields that nobody declares', {}, { tier: 'a', other: 1 }, undefined, []],
    ['a disk that grew', { diskGb: 10 }, { diskGb: 40 }, undefined, []],
    ['a disk to grow', { diskGb: 40 }, { diskGb: 10 }, undefined, [['diskGb', 10, 40, 'in-place']]],
    ['a version above the minimum', { version: '1.33' }, { version: '1.34.2-gke.5' }, undefined, []],
    [
      'a version below the minimum',
      { version: '1.34' },
      { version: '1.33.9' },
      undefined,
      [['version', '1.33.9', '1.34', 'in-place']],
    ],
    ['a refused field', { region: 'b' }, { region: 'a' }, undefined, [['region', 'a', 'b', 'refused']]],
    [
      'less of something',
      { backups: { retained: 3 } },
      { backups: { retained: 7 } },
      undefined,
      [['backups.retained', 7, 3, 'restart']],
    ],
    [
      'more of something',
      { backups: { retained: 9 } },
      { backups: { retained: 7 } },
      undefined,
      [['backups.retained', 7, 9, 'in-place']],
    ],
    ['foreign members of a map', { flags: { a: 'on' } }, { flags: { a: 'on', b: 'off' } }, undefined, []],
    [
      'members that a record says were ours',
      { flags: { a: 'on' } },
      { flags: { a: 'on', b: 'off' } },
      { flags: { b: 'off' } },
      [['flags.b', 'off', undefined, 'in-place']],
    ],
    [
      'a map that is gone from the file',
      {},
      { flags: { b: 'off' } },
      { flags: { b: 'off' } },
      [['flags.b', 'off', undefined, 'in-place']],
    ],
    [
      'an exclusive map',
      { zones: { a: true } },
      { zones: { a: true, b: true } },
      undefined,
      [['zones.b', true, undefined, 'in-place']],
    ],
    ['what is read at create only', { seed: 1 }, { seed: 2 }, undefined, []],
    ['fields that cannot be read', { tier: 'a' }, present({}, ['tier']), undefined, []],
    ['below what cannot be read', { backups: { retained: 3 } }, present({}, ['backups']), undefined, []],
    [
      'a reference that is known',
      { tier: reference('address/a', 'ip') },
      { tier: '192.0.2.7' },
      undefined,
      [],
    ],
    [
      'a reference that is not known, where there is nothing yet',
      { tier: reference('address/b', 'ip') },
      {},
      undefined,
      [['tier', undefined, { $ref: 'address/b#ip' }, 'restart']],
    ],
    [
      'a reference that is not known',
      { tier: reference('address/b', 'ip') },
      { tier: 'x' },
      undefined,
      [['tier', 'x', { $ref: 'address/b#ip' }, 'restart']],
    ],
    [
      'a whole member that is not there',
      { objects: { 'Deployment/a': { spec: { replicas: 1 } } } },
      {},
      undefined,
      [['objects.Deployment/a', undefined, { spec: { replicas: 1 } }, 'in-place']],
    ],
    [
      'inside a member',
      { objects: { 'Deployment/a': { spec: { replicas: 2 } } } },
      { objects: { 'Deployment/a': { spec: { replicas: 1 } } } },
      undefined,
      [['objects.Deployment/a.spec.replicas', 1, 2, 'restart']],
    ],
    [
      'a field of a member that we no longer declare',
      { objects: { 'Deployment/a': { spec: {} } } },
      { objects: { 'Deployment/a': { spec: { x: 1 } } } },
      { objects: { 'Deployment/a': { spec: { x: 1 } } } },
      [['objects.Deployment/a.spec.x', 1, undefined, 'restart']],
    ],
  ]
  test.each(cases)('%s', (_, desired, live, baseline, expected) => {
    expect(brief(desired, live, baseline)).toEqual(expected)
  })

  test('a scalar that leaves the file is released, not changed', () => {
    expect(diff({}, { tier: 'a' }, { tier: 'a' })).toEqual({ changes: [], released: [['tier']] })
  })

  test('a field without a rule is a defect', () => {
    expect(() => diff({ other: 1 }, {})).toThrow(MissingRuleError)
  })
})

describe('what a change says', () => {
  test('its words, seconds and line', () => {
    expect(diff({ tier: 'a' }, { tier: 'b' }).changes[0]).toEqual({
      path: ['tier'],
      from: 'b',
      to: 'a',
      effect: 'restart',
      cause: 'file',
      words: 'connections drop',
      seconds: 60,
      source: { file: 'prod.yaml', line: 15, column: 3 },
    })
  })
  test('drift, where the file did not change', () => {
    expect(diff({ tier: 'a' }, { tier: 'b' }, { tier: 'a' }).changes[0]?.cause).toBe('drift')
    expect(diff({ tier: 'a' }, { tier: 'b' }, { tier: 'c' }).changes[0]?.cause).toBe('file')
  })
})

const specs = fc.record(
  {
    tier: fc.string(),
    diskGb: fc.nat(),
    region: fc.string(),
    flags: fc.dictionary(fc.string(), fc.string()),
    zones: fc.dictionary(fc.string(), fc.constant(true)),
    backups: fc.record({ retained: fc.nat() }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>

const applied = (live: JsonObject, changes: readonly { path: readonly string[]; to?: Json }[]): JsonObject =>
  changes.reduce(
    (spec, { path, to }) => (to === undefined ? without(spec, path) : withValueAt(spec, path, to)),
    live,
  )

const without = (spec: JsonObject, path: readonly string[]): JsonObject => {
  const parent = valueAt(spec, path.slice(0, -1)) as JsonObject
  const rest = Object.fromEntries(Object.entries(parent).filter(([key]) => key !== path.at(-1)))
  return path.length === 1 ? rest : withValueAt(spec, path.slice(0, -1), rest)
}

describe('laws', () => {
  test('a spec differs from itself in nothing', () => {
    fc.assert(fc.property(specs, spec => diff(spec, spec).changes.length === 0))
  })
  test('making the changes leaves nothing to change', () => {
    fc.assert(
      fc.property(specs, specs, specs, (desired, live, baseline) => {
        const { changes } = diff(desired, live, baseline)
        expect(brief(desired, applied(live, changes), baseline)).toEqual([])
      }),
    )
  })
  test('foreign members survive', () => {
    fc.assert(
      fc.property(specs, fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (desired, foreign) => {
        const wanted = (desired.flags ?? {}) as JsonObject
        const { changes } = diff(desired, { flags: foreign })
        const touched = changes.filter(({ path }) => path[0] === 'flags').map(({ path }) => path[1])
        return touched.every(key => key !== undefined && Object.hasOwn(wanted, key))
      }),
    )
  })
  test('changes survive a JSON round trip', () => {
    fc.assert(
      fc.property(specs, specs, (desired, live) => {
        const { changes } = diff(desired, live)
        return equal(JSON.parse(JSON.stringify(changes)), changes as unknown as Json)
      }),
    )
  })
})
