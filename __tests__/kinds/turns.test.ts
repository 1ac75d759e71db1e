import { describe, expect, test } from '@jest/globals'
import type { Change } from '../../src/core/change.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { Rules } from '../../src/core/rules.ts'
import { isRaceOrLost } from '../../src/kinds/in-cluster.ts'
import type { Work } from '../../src/kinds/kind.ts'
import { rewriting } from '../../src/kinds/shared/rewriting.ts'
import { inTurns, stillDue } from '../../src/kinds/shared/turns.ts'
import { KubernetesError } from '../../src/kubernetes/port.ts'
import { failing, fakeGcp } from './service-support/fake-gcp.ts'

const rules: Rules = [
  { path: 'disk', compare: 'floor', change: { effect: 'in-place' } },
  { path: 'version', compare: 'minimum', change: { effect: 'in-place' } },
  { path: '**', change: { effect: 'in-place' } },
]

const change = (path: string, from: Change['from'], to: Change['to']): Change => ({
  path: path.split('.'),
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  effect: 'in-place',
  cause: 'file',
})

const workOf = (changes: readonly Change[]): Work => ({
  address: 'box/a',
  identity: '//x/a',
  environment: 'staging',
  spec: {},
  changes,
  outputs: () => undefined,
  progress: () => undefined,
  signal: new AbortController().signal,
})

describe('what is still due right before a write', () => {
  test.each([
    ['where the plan saw it begin', change('tier', 'a', 'b'), { tier: 'a' }, true],
    ['where nothing was, as the plan saw', change('labels.team', undefined, 'ml'), { labels: {} }, true],
    ['but not what is so already', change('tier', 'a', 'b'), { tier: 'b' }, false],
    ['but not what is gone already', change('labels.team', 'ml', undefined), { labels: {} }, false],
    ['from a disk that has grown towards it', change('disk', 10, 40), { disk: 30 }, true],
    ['but not for a disk that has outgrown it', change('disk', 10, 40), { disk: 50 }, false],
    [
      'from a version that has risen towards it',
      change('version', '1.30', '1.33'),
      { version: '1.32.1' },
      true,
    ],
    ['but not for a newer version', change('version', '1.30', '1.33'), { version: '1.34.0' }, false],
  ] as const)('is a change %s', (_, one, live, due) => {
    expect(stillDue({ address: 'box/a' }, rules, live, [one])).toEqual(due ? [one] : [])
  })

  test.each([
    [change('tier', 'a', 'b'), { tier: 'c' }, 'tier is c now, planned was from a to b'],
    [change('tier', 'a', 'b'), {}, 'tier is nothing now, planned was from a to b'],
    [
      change('labels.team', undefined, 'ml'),
      { labels: { team: 'x' } },
      'labels.team is x now, planned was from nothing to ml',
    ],
    [
      change('labels.team', 'ml', undefined),
      { labels: { team: 'x' } },
      'labels.team is x now, planned was from ml to nothing',
    ],
    [change('disk', 20, 40), { disk: 10 }, 'disk is 10 now, planned was from 20 to 40'],
    [change('version', '1.32', '1.33'), { version: '1.31' }, 'version is 1.31 now'],
  ] as const)('a value that no plan has shown is an error: %j', (one, live, said) => {
    const look = () => stillDue({ address: 'box/a' }, rules, live, [one])
    expect(look).toThrow(`box/a has changed since it was planned, and is left so: ${said}`)
  })

  test('all of them are named', () => {
    const changes = [change('tier', 'a', 'b'), change('disk', 1, 2), change('zone', 'a', 'b')]
    const look = () => stillDue({ address: 'box/a' }, rules, { tier: 'x', disk: 1, zone: 'y' }, changes)
    expect(look).toThrow('tier is x now, planned was from a to b; zone is y now, planned was from a to b.')
  })
})

/** A thing of which each read gives the next of some states, and the last one again and again. */
const writing = async (states: readonly JsonObject[], changes: readonly Change[], refusals = 0) => {
  const written: string[] = []
  let [reads, refused] = [0, 0]
  const done = inTurns<JsonObject>(
    fakeGcp(() => undefined),
    workOf(changes),
    {
      what: 'the box',
      rules,
      read: async () => states[Math.min(reads++, states.length - 1)] ?? {},
      specOf: live => live,
      turns: changes.map(one => ({
        changes: [one],
        write: async (_, due) => {
          if (refused++ < refusals) throw failing('container', 'conflict', 'the etag does not match', 409)
          written.push(due.map(({ path }) => path.join('.')).join())
        },
      })),
    },
  )
  const error = await done.then(
    () => undefined,
    (thrown: unknown) => String(thrown),
  )
  return { written, error, reads }
}

describe('changes in turns', () => {
  const both = [change('tier', 'a', 'b'), change('zone', 'a', 'b')]

  test('are each made from a fresh read', async () => {
    const states = [
      { tier: 'a', zone: 'a' },
      { tier: 'b', zone: 'a' },
    ]
    expect(await writing(states, both)).toEqual({ written: ['tier', 'zone'], error: undefined, reads: 2 })
  })

  test('write nothing where the last of them is in somebody’s way', async () => {
    const { written, error } = await writing([{ tier: 'a', zone: 'x' }], both)
    expect([written, error]).toEqual([[], expect.stringContaining('zone is x now')])
  })

  test('send nothing for what is so already', async () => {
    const { written } = await writing([{ tier: 'b', zone: 'a' }], both)
    expect(written).toEqual(['zone'])
  })

  test('go on after a refused precondition, if what is to be written is still what was reviewed', async () => {
    const states = [{ tier: 'a' }, { tier: 'a', other: 'theirs' }]
    const { written, reads } = await writing(states, [change('tier', 'a', 'b')], 1)
    expect([written, reads]).toEqual([['tier'], 2])
  })

  test('stop after a refused precondition, if it is not', async () => {
    const states = [{ tier: 'a' }, { tier: 'theirs' }]
    const { written, error } = await writing(states, [change('tier', 'a', 'b')], 1)
    expect([written, error]).toEqual([[], expect.stringContaining('tier is theirs now')])
  })

  test('stop at what another environment has marked, even if it is not the mark that changes', async () => {
    const { written, error } = await writing([{ tier: 'a', mark: 'prod' }], [change('tier', 'a', 'b')])
    const said = 'box/a was left as it is: //x/a belongs to environment prod now'
    expect([written, error]).toEqual([[], expect.stringContaining(said)])
  })
})

describe('a turn that does not come', () => {
  const gcp = fakeGcp(() => ({}))
  const lost = new Error('no answer from https://203.0.113.7')
  test('says what stayed in the way, where that is no race', async () => {
    const attempt = () => Promise.reject(lost)
    await expect(rewriting(gcp, 'namespace tools', {}, attempt, error => error === lost)).rejects.toBe(lost)
  })
  test('says that others were faster, where they were', async () => {
    const attempt = () => Promise.reject(failing('container', 'conflict', 'the etag is another', 409))
    await expect(rewriting(gcp, 'cluster lab', {}, attempt)).rejects.toThrow('which others keep changing')
  })
  test('ends at once for what does not pass', async () => {
    let attempts = 0
    const attempt = () => {
      attempts += 1
      return Promise.reject(lost)
    }
    await expect(rewriting(gcp, 'cluster lab', {}, attempt)).rejects.toBe(lost)
    expect(attempts).toBe(1)
  })
})

test.each([
  ['overtaken', 409, 'the object has been modified', true],
  ['lost', 0, 'no answer', true],
  ['busy', 503, 'the server is not itself', true],
  ['refused', 403, 'forbidden', false],
  [
    'stopped by a webhook that is away',
    500,
    'Internal error: failed calling webhook "policy.example.com"',
    false,
  ],
])('a write in a cluster that was %s: %i', (_, status, message, isAgain) => {
  expect(isRaceOrLost(new KubernetesError(message, { status, reason: '' }))).toBe(isAgain)
})
