import { expect, test } from '@jest/globals'
import { pendingIn } from '../../src/commands/pending.ts'
import { change, plan, step } from '../render/fixtures.ts'

const tier = change('tier', 'small', 'large')
const flags = change('flags.a', undefined, 'on')
const gone = change('flags.b', 'on', undefined)
const update = (...changes: readonly ReturnType<typeof change>[]) =>
  plan('prod', { steps: [step('sql-instance/prod', 'update', {}, { changes })] })
const pathsIn = (found: ReturnType<typeof pendingIn>) =>
  found.steps.map(({ address, changes }) => [address, ...changes.map(({ path }) => path.join('.'))])

test.each([
  ['what is wanted as before stays pending', update(tier, flags), [['sql-instance/prod', 'tier', 'flags.a']]],
  ['a change that is taken back is not', update(flags), [['sql-instance/prod', 'flags.a']]],
  [
    'nor one to another value',
    update(change('tier', 'small', 'huge'), flags),
    [['sql-instance/prod', 'flags.a']],
  ],
  ['nor a step of which nothing is left', update(gone), []],
  ['nor one that is no longer made at all', plan('prod'), []],
])('%s', (_, own, expected) => {
  expect(pathsIn(pendingIn(update(tier, flags), own))).toEqual(expected)
})

test('a field that goes stays pending if it goes anyway', () => {
  expect(pathsIn(pendingIn(update(gone), update(gone, tier)))).toEqual([['sql-instance/prod', 'flags.b']])
  expect(pathsIn(pendingIn(update(gone), update(change('flags.b', 'on', 'off'))))).toEqual([])
})

test('what somebody changed outside of Git is not pending: no merge wants it', () => {
  const drifted = change('flags.a', 'off', 'on', { cause: 'drift' })
  const left = change('labels.b', 'new', 'old', { cause: 'left', leftBy: { sha: 'b', engine: '1' } })
  expect(pathsIn(pendingIn(update(drifted), update(drifted, tier)))).toEqual([])
  expect(pathsIn(pendingIn(update(drifted, left), update(drifted, left)))).toEqual([
    ['sql-instance/prod', 'labels.b'],
  ])
})

test('what is to be made stays pending only where it is still to be made', () => {
  const made = plan('prod', { steps: [step('address/prod', 'create'), step('address/old', 'create')] })
  const own = plan('prod', { steps: [step('address/prod', 'create'), step('address/new', 'create')] })
  expect(pathsIn(pendingIn(made, own))).toEqual([['address/prod']])
})
