import fc from 'fast-check'
import type { Change } from '../../src/core/change.ts'
import type { Json } from '../../src/core/json.ts'
import type { Note, Plan, Step } from '../../src/core/plan.ts'
import type { Problem, Source } from '../../src/core/problem.ts'
import type { Dropped, PlanComment } from '../../src/render/markdown/input.ts'
import { anyCharacter } from '../support/characters.ts'
import { origin, plan } from './fixtures.ts'
import { traps } from './hostile-traps.ts'

const text = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...traps) },
      { weight: 2, arbitrary: fc.string({ unit: anyCharacter }) },
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
/** A text as somebody who means harm would write it. */
export const any = fc.oneof({ weight: 20, arbitrary: text }, { weight: 1, arbitrary: long })

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
    cause: fc.constantFrom('file', 'drift', 'left', 'engine', 'adopt'),
    leftBy: optional(
      fc.record(
        { sha: any, engine: any, run: fc.nat(), failed: fc.constant(true) },
        { requiredKeys: ['sha', 'engine'] },
      ),
    ),
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

/** A problem in such words. */
export const problem = fc
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

/** In a place that is there to hold an address people may follow: then that is not the one that nobody may. */
export const ourAddress = <T extends Json>(held: T): T =>
  JSON.parse(JSON.stringify(held).replaceAll('evil.example', 'ours.example')) as T

/** What links may lead to where everything is hostile: our own pages, and what stood where an address belongs. */
export const followed: readonly string[] = [origin.repositoryUrl, 'http://', 'https://ours.example']

/** A plan of a few steps that is made of such texts. */
export const hostilePlan = fc
  .record({
    environment: any,
    file: any,
    steps: fc.array(oneStep, { maxLength: 8 }),
    notes: fc.array(note, { maxLength: 3 }),
    problems: fc.array(problem, { maxLength: 2 }),
    outputs: fc.dictionary(any, fc.dictionary(any, value, { maxKeys: 2 }), { maxKeys: 3 }).map(ourAddress),
    url: optional(value.map(ourAddress)),
    recorded: fc.boolean(),
    unchanged: fc.nat(50),
  })
  .map(rest => plan('x', bare<Partial<Plan>>(rest)))

const dropped: fc.Arbitrary<Dropped> = fc
  .record({
    environment: any,
    file: any,
    now: optional(any),
    addresses: fc.array(any, { maxLength: 4 }),
  })
  .map(bare<Dropped>)

/** What a comment is rendered from, all of it such texts. */
export const comment: fc.Arbitrary<PlanComment> = fc.record({
  plans: fc.array(hostilePlan, { maxLength: 3 }),
  failures: fc.array(
    fc.record({ environment: any, file: any, problems: fc.array(problem, { maxLength: 2 }) }),
    { maxLength: 2 },
  ),
  pending: fc.array(hostilePlan, { maxLength: 1 }),
  dropped: fc.array(dropped, { maxLength: 2 }),
  origin: fc
    .record({ base: any, head: any, sha256: any, identity: any })
    .map(rest => ({ ...origin, ...rest })),
})

/** One environment of 1,000 to 5,000 operations: hostile steps over and over, each under an address of its own. */
export const hugeComment: fc.Arbitrary<PlanComment> = fc
  .tuple(
    hostilePlan,
    fc.array(oneStep, { minLength: 1, maxLength: 8 }),
    fc.integer({ min: 1_000, max: 5_000 }),
  )
  .map(([rest, few, count]) => {
    const steps = Array.from({ length: count }, (_, index) => {
      const one = few[index % few.length]
      return one === undefined ? [] : [{ ...one, address: `${one.address}-${index}` as Step['address'] }]
    }).flat()
    return { plans: [{ ...rest, steps }], failures: [], pending: [], origin }
  })
