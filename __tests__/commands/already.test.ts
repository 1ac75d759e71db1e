import { describe, expect, test } from '@jest/globals'
import { alreadySo } from '../../src/commands/already.ts'
import type { Json } from '../../src/core/json.ts'
import type { Step } from '../../src/core/plan.ts'
import type { Resource } from '../../src/core/resource.ts'
import { change, step as fixture, plan } from '../render/fixtures.ts'

const web = (spec: Readonly<Record<string, Json>>): Resource => ({
  ...{ kind: 'address', name: 'web', address: 'address/web', identity: '//web', spec },
  ...{ dependsOn: [], sources: {} },
})
const step = (action: Step['action'], changes: Step['changes'] = []) =>
  fixture('address/web', action, {}, { identity: '//web', changes })
const said = (
  fresh: readonly Step[],
  reviewed: readonly Step[],
  desired: readonly Resource[],
  elsewhere = '',
) =>
  alreadySo(plan('lab', { steps: fresh, recorded: true }), [plan('lab', { steps: reviewed })], {
    desired,
    wantedElsewhere: new Set([elsewhere]),
  }).map(({ address, ending, summary }) => `${ending} ${address}: ${summary}`)

describe('what was reviewed and is so already', () => {
  const both = step('update', [change('tier', 'A', 'B'), change('size', 1, 2)])

  test('is told once for each resource, by its fields', () => {
    expect(said([], [both, both], [web({ tier: 'B', size: 2 })])).toEqual([
      'already address/web: tier A → B, size 1 → 2',
    ])
  })
  test('does not include what is still to be done', () => {
    expect(said([step('update', [change('size', 1, 2)])], [both], [web({ tier: 'B', size: 2 })])).toEqual([
      'already address/web: tier A → B',
    ])
  })
  test('does not include an adoption of which no more than the mark was made', () => {
    const adopt = step('adopt', [change('mark', undefined, 'lab'), change('size', 1, 2)])
    const rest = step('update', [change('size', 1, 2)])
    expect(said([rest], [adopt], [web({ mark: 'lab', size: 2 })])).toEqual([])
  })
  test('does not include what a later merge wants otherwise', () => {
    expect(said([], [both], [web({ tier: 'C', size: 2 })])).toEqual(['already address/web: size 1 → 2'])
    expect(said([], [both, step('create')], [])).toEqual([])
  })
  test('may be there, adopted, or gone', () => {
    expect(said([], [step('create')], [web({})])).toEqual(['already address/web: it is there'])
    expect(said([], [step('adopt')], [web({})])).toEqual(['already address/web: adopted'])
    expect(said([], [step('remove')], [])).toEqual(['already address/web: it is gone'])
  })
  test('is not claimed of a removal that another file prevents, nor of what is under way', () => {
    expect(said([], [step('remove')], [], '//web')).toEqual([])
    expect(said([step('remove')], [step('remove')], [])).toEqual([])
    expect(said([step('create')], [step('create')], [web({})])).toEqual([])
  })
  test('names what a reference leads to', () => {
    const made = step('update', [change('size', 1, { $ref: 'secret/web#version' })])
    expect(said([], [made], [web({ size: { $ref: 'secret/web#version' } })])).toEqual([
      'already address/web: size 1 → secret/web#version',
    ])
  })
})
