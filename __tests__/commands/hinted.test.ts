import { describe, expect, test } from '@jest/globals'
import { goneFrom } from '../../src/commands/baseline.ts'
import { believed, hintedBy, versionNotes } from '../../src/commands/hinted.ts'
import type { Observed } from '../../src/core/resource.ts'
import { kindsByName } from '../../src/kinds/registry.ts'

const address = (name: string, project = 'acme-ml') =>
  `//compute.googleapis.com/projects/${project}/regions/us-central1/addresses/${name}`
const subject = { name: 'staging', file: 'environments/staging.yaml', project: 'acme-ml' }
const hinted = (...named: readonly string[]) =>
  hintedBy({ named }, new Set([address('known')]), subject, kindsByName)
const present = (mark?: string | null): Observed => ({
  ...{ state: 'present', spec: {}, outputs: {} },
  ...(mark === undefined ? {} : { mark }),
})

describe('what a record names beyond its file', () => {
  test('is looked at where it is in the project and of a known kind, once, unless it is known', () => {
    const { resources, blind } = hinted(
      ...[address('known'), address('a'), address('a')],
      ...[address('b', 'other'), address('c', 'acme-ml-2'), 'nonsense'],
    )
    expect(resources.map(({ address: one }) => one)).toEqual(['address/a'])
    expect(blind).toEqual([address('b', 'other'), address('c', 'acme-ml-2'), 'nonsense'])
  })

  test.each<[string, Observed, readonly string[], number]>([
    ['bears our mark: it goes', present('staging'), ['address/a'], 0],
    ['bears another mark: it stays', present('prod'), [], 1],
    ['bears none: it stays', present(null), [], 1],
    ['can bear none: it stays', present(), [], 1],
  ])('%s', (_, observed, gone, notes) => {
    const hint = hinted(address('a'))
    const left = goneFrom(hint.resources, new Set(), kindsByName)
    const result = believed(left, new Map([['address/a', observed]]), hint, 'staging')
    expect(result.gone.map(({ resource, byMark }) => [resource.address, byMark])).toEqual(
      gone.map(one => [one, true]),
    )
    expect(result.notes).toHaveLength(notes)
  })

  test('and a service that is on is nobody’s to switch off, nor worth a word', () => {
    const hint = hinted('//serviceusage.googleapis.com/projects/acme-ml/services/compute.googleapis.com')
    expect(goneFrom(hint.resources, new Set(), kindsByName)).toEqual([])
    expect(believed([], new Map(), hint, 'staging').notes).toEqual([])
  })
})

describe('another version that applied last', () => {
  const record = (engine: string) => ({
    ...{ environment: 'staging', file: subject.file, sha: 'abcdef1234', blob: '', engine },
    ...{ charts: {}, identities: {} },
  })
  const notes = (engine: string) =>
    versionNotes(subject, { record: record(engine), resources: [] }, '0.10.0').map(({ message }) => message)
  test('is told where it was a newer one', () => {
    expect([notes('0.9.0'), notes('0.10.0')]).toEqual([[], []])
    expect(notes('0.11.0')).toEqual([
      'staging was applied by Slipway 0.11.0 before; this is 0.10.0, an older one.',
    ])
  })
  test('and where its file cannot be read', () => {
    const position = { file: subject.file, line: 3, column: 1 }
    const baseline = {
      record: record('0.9.0'),
      resources: [],
      unreadable: { message: 'x: unknown key.', position },
    }
    expect(versionNotes(subject, baseline, '0.10.0')).toMatchObject([
      {
        message: expect.stringContaining(
          '(abcdef1, by Slipway 0.9.0) cannot be read by this version: environments/staging.yaml:3:1 x: unknown key.',
        ),
      },
    ])
  })
})
