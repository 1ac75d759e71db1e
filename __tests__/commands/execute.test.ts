import { describe, expect, test } from '@jest/globals'
import { batchesOf } from '../../src/commands/batches.ts'
import { type ExecuteOptions, type ExecutionEvent, execute } from '../../src/commands/execute.ts'
import { wallClock } from '../../src/core/clock.ts'
import type { Step } from '../../src/core/plan.ts'
import { SlipwayError } from '../../src/core/problem.ts'
import { reference } from '../../src/core/reference.ts'
import type { ApplyingPorts, Kind, Work } from '../../src/kinds/kind.ts'

const step = (address: string, more: Partial<Step> = {}): Step => ({
  address,
  kind: address.split('/')[0] ?? '',
  identity: `//x/${address}`,
  action: 'create',
  spec: {},
  changes: [],
  after: [],
  takes: [1, 1],
  ...more,
})

/** A kind whose writes are a function of the test. */
const kindOf = (
  kind: string,
  create: (works: readonly Work[]) => Promise<void>,
  more: Partial<Kind> = {},
): Kind =>
  ({
    kind,
    create: async (works: readonly Work[]) => {
      await create(works)
      return new Map(works.map(({ address }) => [address, { name: address }]))
    },
    ...more,
  }) as Kind

const run = async (steps: readonly Step[], kinds: readonly Kind[], more: Partial<ExecuteOptions> = {}) => {
  const events: ExecutionEvent[] = []
  const { outcomes, outputs } = await execute(
    { environment: 'e', steps, outputs: {} },
    {
      kinds: new Map(kinds.map(kind => [kind.kind, kind])),
      ports: {} as ApplyingPorts,
      clock: wallClock,
      signal: new AbortController().signal,
      onEvent: event => events.push(event),
      scrub: text => text.replaceAll('hunter2', '***'),
      ...more,
    },
  )
  return {
    events,
    outputs,
    endings: Object.fromEntries(outcomes.map(({ address, ending }) => [address, ending])),
    outcomes,
  }
}

describe('execute', () => {
  test('runs independent steps side by side, dependent ones after what they need', async () => {
    const trail: string[] = []
    const both = Promise.withResolvers<void>()
    let begun = 0
    const free = kindOf('free', async ([work]) => {
      trail.push(`begin ${work?.address}`)
      begun += 1
      if (begun === 2) both.resolve()
      await both.promise
      trail.push(`end ${work?.address}`)
    })
    const last = kindOf('last', async ([work]) => void trail.push(`begin ${work?.address}`))
    await run([step('free/a'), step('free/b'), step('last/c', { after: ['free/a', 'free/b'] })], [free, last])
    expect(trail.slice(0, 2)).toEqual(['begin free/a', 'begin free/b'])
    expect(trail.at(-1)).toBe('begin last/c')
  })

  test('runs steps of one lane one after another', async () => {
    let inside = 0
    let most = 0
    const kind = kindOf(
      'sql',
      async () => {
        inside += 1
        most = Math.max(most, inside)
        await new Promise(done => setImmediate(done))
        inside -= 1
      },
      { lane: () => 'instance' },
    )
    await run([step('sql/a'), step('sql/b'), step('sql/c')], [kind])
    expect(most).toBe(1)
  })

  test('hands steps of one batch over together', async () => {
    const seen: number[] = []
    const kind = kindOf('grant', async works => void seen.push(works.length), {
      batch: spec => String(spec.target),
    })
    await run(
      [
        step('grant/a', { spec: { target: 'p' } }),
        step('grant/b', { spec: { target: 'p' } }),
        step('grant/c', { spec: { target: 'q' } }),
      ],
      [kind],
    )
    expect(seen.sort()).toEqual([1, 2])
  })

  test('takes a batch apart that would wait for itself', () => {
    const grants = kindOf('grant', async () => undefined, { batch: () => 'one' })
    const other = kindOf('other', async () => undefined)
    const kinds = new Map([grants, other].map(kind => [kind.kind, kind]))
    const steps = [
      step('grant/a'),
      step('other/x', { after: ['grant/a'] }),
      step('grant/b', { after: ['other/x'] }),
    ]
    expect(batchesOf(steps, kinds).map(({ id }) => id)).toEqual([
      'create grant/a',
      'create other/x',
      'create grant/b',
    ])
  })

  test('skips what needs a step that failed, and goes on with the rest', async () => {
    const bad = kindOf('bad', async () => {
      throw new SlipwayError('hunter2 was refused', { advice: 'do not say hunter2' })
    })
    const good = kindOf('good', async () => undefined)
    const { endings, outcomes } = await run(
      [step('bad/a'), step('good/b', { after: ['bad/a'] }), step('good/c')],
      [bad, good],
    )
    expect(endings).toEqual({ 'bad/a': 'failed', 'good/b': 'skipped', 'good/c': 'applied' })
    expect(outcomes[0]?.problem).toEqual({
      address: 'bad/a',
      message: '*** was refused',
      advice: 'do not say ***',
    })
  })

  test('begins nothing after it was asked to stop, and says what goes on', async () => {
    const stop = new AbortController()
    const slow = kindOf('slow', async () => {
      stop.abort()
      throw Object.assign(new Error('cut short'), { name: 'AbortError' })
    })
    const { endings } = await run(
      [step('slow/a'), step('slow/b', { after: [], kind: 'other' }), step('slow/c', { after: ['slow/a'] })],
      [slow, kindOf('other', async () => undefined)],
      { signal: stop.signal },
    )
    expect(endings['slow/a']).toBe('running')
    expect(endings['slow/c']).toBe('stopped')
  })

  test('tells what fails while it stops from what goes on', async () => {
    const stop = new AbortController()
    const bad = kindOf('bad', async () => {
      stop.abort()
      throw new SlipwayError('refused')
    })
    const { endings } = await run([step('bad/a')], [bad], { signal: stop.signal })
    expect(endings['bad/a']).toBe('failed')
  })

  test('gives outputs to those who refer to them, resolved just before use', async () => {
    const seen: unknown[] = []
    const kind = kindOf('k', async ([work]) => void seen.push(work?.spec))
    await run(
      [step('k/a'), step('k/b', { after: ['k/a'], spec: { link: reference('k/a', 'name') } })],
      [kind],
    )
    expect(seen).toEqual([{}, { link: 'k/a' }])
  })

  test('says which output is not known', async () => {
    const { outcomes } = await run(
      [step('k/b', { spec: { link: reference('k/a', 'name') } })],
      [kindOf('k', async () => undefined)],
    )
    expect(outcomes[0]?.problem?.message).toBe('k/b needs name of k/a, which is not known.')
  })
})
