import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Change } from '../../src/core/change.ts'
import type { Json } from '../../src/core/json.ts'
import type { Ending } from '../../src/core/outcome.ts'
import type { Note, Plan, Step } from '../../src/core/plan.ts'
import type { Problem, Source } from '../../src/core/problem.ts'
import type { PlanComment } from '../../src/render/markdown/input.ts'
import { readMarker } from '../../src/render/markdown/marker.ts'
import { renderOutcome } from '../../src/render/markdown/outcome.ts'
import { renderPlanComment, renderSummary } from '../../src/render/markdown/plan-comment.ts'
import { renderRefusal } from '../../src/render/markdown/refusal.ts'
import { origin, plan, step } from './fixtures.ts'
import { faultsOf } from './markdown-check.ts'

const traps = [
  '```',
  '````diff',
  '`',
  '``x`',
  '~~~',
  '<!-- slipway:plan {"run":1} -->',
  '-->',
  '--!>',
  '<!--',
  '</details>',
  '<details>',
  '<summary>',
  '</summary>',
  '</sub>',
  '<script>alert(1)</script>',
  '<img src=x onerror=y>',
  '<a href="https://evil.example">',
  '@octocat',
  '(@acme/admins)',
  'a@b.example',
  '#1',
  'GH-12',
  'acme/platform#7',
  'fixes #3',
  'https://evil.example/x',
  'www.evil.example',
  '[x](https://evil.example)',
  '![x](https://evil.example/x.png)',
  '[x]: https://evil.example',
  '[^1]',
  '[^1]: note',
  '|',
  '\\|',
  '\\',
  '\\`',
  '| a | b |',
  '|---|',
  '> [!NOTE]',
  '# head',
  '- [x] done',
  '1. one',
  '---',
  '===',
  '***',
  '__b__',
  '$x$',
  ':tada:',
  '&lt;',
  '&#64;octocat',
  '&commat;octocat',
  '"]; click n1 "https://evil.example"',
  '%%{init: {}}%%',
  'end',
  '\u202egpj.exe',
  '\u200b',
  '\u001b[31m',
  '\u0000',
  '\r',
  '\n',
  '\r\n',
  '\u2028',
  '\ud800',
  '\u{e0041}',
  'é'.repeat(9),
  '\u0301'.repeat(20),
  '\t',
  ' ',
  '',
  '::error::x',
  '+ forged',
  '- forged',
  '@@ -1 +1 @@',
  '<',
  '>',
  '&',
  '*',
  '_',
  '~~',
] as const

const text = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...traps) },
      { weight: 2, arbitrary: fc.string({ unit: 'binary' }) },
      fc.string(),
    ),
    {
      maxLength: 6,
    },
  )
  .chain(parts => fc.constantFrom('', ' ', '\n').map(glue => parts.join(glue)))

const long = fc
  .tuple(text, fc.integer({ min: 1, max: 400 }))
  .map(([part, times]) => part.repeat(times).slice(0, 20_000))
const any = fc.oneof({ weight: 20, arbitrary: text }, { weight: 1, arbitrary: long })

const { value } = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { weight: 6, arbitrary: any },
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    any.map(ref => ({ $ref: ref })),
    any.map(part => ({ $text: ['http://', { $ref: part }] })),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(any, tie('value'), { maxKeys: 3 }),
  ),
}))

const source: fc.Arbitrary<Source> = fc.oneof(
  fc.record({ file: any, line: fc.nat(), column: fc.nat() }),
  fc.record({ preset: any }),
)

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

/** Without the members that are undefined: a plan is JSON. */
const bare = <T extends object>(value: object): T =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T

const change = fc
  .record({
    path: fc.oneof(
      fc.array(any, { minLength: 1, maxLength: 4 }),
      fc.array(any, { maxLength: 3 }).map(rest => ['objects', 'Deployment/n/x', ...rest]),
      any.map(name => ['objects', name]),
    ),
    from: optional(value),
    to: optional(value),
    effect: fc.constantFrom('in-place', 'restart', 'recreate-nodes', 'remove', 'refused'),
    cause: fc.constantFrom('file', 'drift', 'engine', 'adopt'),
    words: optional(any),
    seconds: optional(fc.nat(4000)),
    recipe: optional(any),
    source: optional(source),
  })
  .map(bare<Change>)

const kinds = [
  'service',
  'service-account',
  'grant',
  'secret',
  'address',
  'cluster',
  'node-pool',
  'sql-instance',
  'sql-database',
  'sql-user',
  'namespace',
  'kubernetes-secret',
  'release',
  'other',
] as const

const keys = [
  'name',
  'id',
  'role',
  'member',
  'target',
  'generate',
  'version',
  'chart',
  'data',
  'labels',
  'flags',
  'backups',
  'autoscaling',
  'objects',
  'roles',
  'type',
  'accelerators',
  'backupBefore',
  'namespace',
  'condition',
] as const

const oneStep = fc
  .record({
    kind: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...kinds) }, any),
    name: any,
    identity: any,
    action: fc.constantFrom('create', 'adopt', 'update', 'settle', 'remove'),
    spec: fc.dictionary(fc.oneof(fc.constantFrom(...keys), any), value, { maxKeys: 5 }),
    changes: fc.array(change, { maxLength: 4 }),
    after: fc.array(any, { maxLength: 2 }),
    takes: fc.tuple(fc.nat(2000), fc.nat(9000)),
    source: optional(source),
    about: optional(any),
  })
  .map(({ name, ...rest }) => bare<Step>({ address: `${rest.kind}/${name}`, ...rest }))

const problem = fc
  .record({
    message: any,
    advice: optional(any),
    position: optional(fc.record({ file: any, line: fc.nat(), column: fc.nat() })),
    address: optional(any),
  })
  .map(bare<Problem>)

const note = fc
  .record({
    level: fc.constantFrom('warning', 'info', 'manual'),
    message: any,
    advice: optional(any),
    source: optional(source),
  })
  .map(bare<Note>)

const hostilePlan = fc
  .record({
    environment: any,
    file: any,
    steps: fc.array(oneStep, { maxLength: 8 }),
    notes: fc.array(note, { maxLength: 3 }),
    problems: fc.array(problem, { maxLength: 2 }),
    outputs: fc.dictionary(any, fc.dictionary(any, value, { maxKeys: 2 }), { maxKeys: 3 }),
    url: optional(value),
    recorded: fc.boolean(),
    unchanged: fc.nat(50),
  })
  .map(rest => plan('x', bare<Partial<Plan>>(rest)))

const comment: fc.Arbitrary<PlanComment> = fc.record({
  plans: fc.array(hostilePlan, { maxLength: 3 }),
  failures: fc.array(
    fc.record({ environment: any, file: any, problems: fc.array(problem, { maxLength: 2 }) }),
    { maxLength: 2 },
  ),
  pending: fc.array(hostilePlan, { maxLength: 1 }),
  origin: fc
    .record({ base: any, head: any, sha256: any, identity: any })
    .map(rest => ({ ...origin, ...rest })),
})

const endings: readonly Ending[] = ['applied', 'already', 'failed', 'skipped', 'stopped', 'running']

const expectSound = (body: string): void => {
  expect(faultsOf(body, [origin.repositoryUrl, 'http'])).toEqual([])
  expect(body.length).toBeLessThanOrEqual(65_000)
}

describe('whatever strings a plan holds', () => {
  test('its comment is sound', () => {
    fc.assert(
      fc.property(comment, input => expectSound(renderPlanComment(input))),
      { numRuns: 100 },
    )
  })

  test('its outcome is sound', () => {
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
      url: any,
      health: any,
      left: fc.array(problem, { maxLength: 2 }),
    })
    const environments = fc.array(fc.record({ plan: hostilePlan, result, deploymentUrl: any }), {
      maxLength: 2,
    })
    const untouched = fc.array(fc.record({ environment: any, reason: any }), { maxLength: 2 })
    fc.assert(
      fc.property(environments, untouched, any, (list, rest, actor) =>
        expectSound(renderOutcome({ environments: list, untouched: rest, actor, origin })),
      ),
      { numRuns: 80 },
    )
  })

  test('its refusal is sound', () => {
    const uncovered = fc.array(fc.record({ address: any, path: any, reason: any }), { maxLength: 4 })
    fc.assert(
      fc.property(hostilePlan, uncovered, any, any, any, (one, list, reason, workflow, branch) =>
        expectSound(renderRefusal({ plan: one, uncovered: list, reason, workflow, branch, origin })),
      ),
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
