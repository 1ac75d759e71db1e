import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { JsonObject } from '../../src/core/json.ts'
import { merge } from '../../src/environment/merge.ts'
import { fromObject, toObject } from '../../src/environment/tree.ts'
import { parseYaml } from '../../src/environment/yaml.ts'
import { draftOf, drop, put } from '../../src/import/draft.ts'
import { environmentName, itemName } from '../../src/import/names.ts'
import { secretPaths } from '../../src/import/secret-values.ts'
import { storedIn } from '../../src/import/stored.ts'
import { textOf } from '../../src/import/text.ts'
import { overValues } from '../../src/import/values.ts'

describe('values over those of the preset', () => {
  const keys = fc.constantFrom('a', 'b', 'c')
  const leaf = fc.constantFrom<string | number | boolean>('x', 'y', 1, true)
  const values = fc.dictionary(keys, fc.oneof(leaf, fc.dictionary(keys, fc.oneof(leaf, fc.array(leaf)))))

  test('give the chart what the release has, whatever the preset says', () => {
    fc.assert(
      fc.property(values, values, values, (preset, wanted, chart) => {
        const over = overValues(preset as JsonObject, wanted as JsonObject, chart as JsonObject)
        const { tree } = parseYaml('f', textOf(draftOf({ values: over }), []))
        if (tree?.type !== 'map') throw new Error('no map')
        const merged = merge(fromObject({ values: preset as JsonObject }, { preset: 'p' }), tree)
        const effective = (own: unknown) => laidOver(chart, own)
        expect(effective(toObject(merged.tree).values)).toEqual(effective(wanted))
      }),
      { numRuns: 500 },
    )
  })

  /** Values over a chart's defaults, as helm does it: maps are merged; empty maps say nothing. */
  const laidOver = (base: unknown, over: unknown): unknown => {
    if (!isMap(base) || !isMap(over)) return over === undefined ? base : over
    const all = [...new Set([...Object.keys(base), ...Object.keys(over)])].sort()
    return Object.fromEntries(all.map(key => [key, laidOver(base[key], over[key])]))
  }
  const isMap = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
})

test.each<[string, JsonObject]>([
  ['a password by its name', { db: { password: 'hunter2' } }],
  ['a variable by its name', { env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }],
  ['a token by its prefix', { note: 'ghp_abcdefghijklmnopqrstuvwxyz0123456789' }],
  ['a hash of a password', { users: 'jo:$apr1$abc$def' }],
  ['a private key', { file: '-----BEGIN PRIVATE KEY-----\nMII\n' }],
  ['a password in a URL', { uri: 'postgresql://jo:hunter2@host/db' }],
  ['random text', { salt: 'a8Kd93jfKs02LqPz71MnXv5Tb' }],
])('%s looks like a secret', (_, values) => {
  expect(secretPaths(values)).toHaveLength(1)
})

test('what names a secret is none', () => {
  const values = {
    apiService: {
      dbConnectionSecretName: 'skypilot-db-connection-uri',
      image: 'berkeleyskypilot/skypilot:0.13.0',
    },
    args: ['--structured-logs', 'acme-ml:us-central1:cloud-sql-skypilot-instance'],
    digest: 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'iam.gke.io/gcp-service-account': 'skypilot-cloud-sql-access@acme-ml.iam.gserviceaccount.com',
  }
  expect(secretPaths(values)).toEqual([])
})

describe('what helm keeps', () => {
  const record = (version: number, status: string, config: unknown = {}) => {
    const release = {
      info: { status },
      config,
      chart: { metadata: { name: 'demo', version: `${version}.0.0` } },
    }
    const packed = gzipSync(JSON.stringify(release)).toString('base64')
    return {
      metadata: { labels: { owner: 'helm', name: 'web', version: String(version), status } },
      data: { release: Buffer.from(packed).toString('base64') },
    }
  }

  test('is read from the newest revision that was deployed', () => {
    const all = [record(1, 'superseded'), record(2, 'deployed', { a: 1 }), record(10, 'failed')]
    expect(storedIn(all, 'web')).toEqual({
      status: 'deployed',
      values: { a: 1 },
      chart: { name: 'demo', version: '2.0.0' },
    })
    expect(storedIn([record(1, 'failed', null)], 'web')).toMatchObject({ status: 'failed', values: {} })
  })

  test('is nothing where it is another release’s, or no release at all', () => {
    expect(storedIn([record(1, 'deployed')], 'other')).toBeUndefined()
    const broken = { ...record(1, 'deployed'), data: { release: 'bm90aGluZw==' } }
    expect(storedIn([broken], 'web')).toBeUndefined()
  })
})

describe('drafts', () => {
  test('comments stand at their values, whatever is in them', () => {
    const draft = put(draftOf({ project: 'p' }), ['database', 'tier'], 't', 'evil\nproject: other\u202e')
    const text = textOf({ ...draft, left: [{ what: 'a\nb: c', why: 'd' }] }, ['head'])
    expect(text).toBe(
      '# head\nproject: p\ndatabase:\n  tier: t # evil project: other\n\n# Not taken over:\n# - a b: c: d\n',
    )
  })

  test('a member of a set that is written as a list', () => {
    const { document } = put(draftOf({ cluster: { logging: ['A'] } }), ['cluster', 'logging', 'B'], true)
    expect(document).toEqual({ cluster: { logging: { A: true, B: true } } })
    expect(drop(draftOf({ a: { b: { c: 1 } }, d: 1 }), ['a', 'b', 'c']).document).toEqual({ d: 1 })
    expect(drop(draftOf({ a: ['x', 'y'] }), ['a', '0']).document).toEqual({ a: ['y'] })
  })
})

test('names for a plan are made of any name', () => {
  expect([itemName('A_b C'), itemName('___'), itemName('x', ['x']), itemName('-9')]).toEqual([
    'a-b-c',
    'item',
    'x-2',
    'item',
  ])
  expect(environmentName('cloud-sql-skypilot-instance')).toBe('cloud-sql-skypilot-in')
})
