import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import type { Json } from '../../src/core/json.ts'
import { reference } from '../../src/core/reference.ts'
import { clock, range, span } from '../../src/render/durations.ts'
import { explain } from '../../src/render/explain.ts'
import { planJson } from '../../src/render/json.ts'
import { code, diagramLabel, prose, safeUrl } from '../../src/render/markdown/escape.ts'
import { releaseView } from '../../src/render/release.ts'
import { summaryOf } from '../../src/render/summaries/index.ts'
import { cut, listed, opened, plain } from '../../src/render/text.ts'
import { textDiff } from '../../src/render/text-diff.ts'
import { showValue } from '../../src/render/values.ts'
import { line, step } from './fixtures.ts'
import { expectGolden } from './golden.ts'
import { faultsOf } from './markdown-check.ts'
import { prod } from './prod.ts'

test.each([
  ['the cluster staging', 'The cluster staging'],
  ['secrets, and more', 'Secrets, and more'],
  ['nodes@acme-ml.iam.gserviceaccount.com', 'nodes@acme-ml.iam.gserviceaccount.com'],
  ['database.insights', 'database.insights'],
  ['release/skypilot: rolls', 'release/skypilot: rolls'],
])('a sentence begins with a capital letter, a name as it is written: %s', (text, said) => {
  expect(opened(text)).toBe(said)
})

describe('durations', () => {
  test.each([
    [9, '0:09', '9 s'],
    [221, '3:41', '3 min 41 s'],
    [372, '6:12', '6 min 12 s'],
    [3_723, '1:02:03', '1 h 02 min'],
    [-5, '0:00', '0 s'],
  ])('%d seconds', (seconds, asClock, asSpan) => {
    expect([clock(seconds), span(seconds)]).toEqual([asClock, asSpan])
  })

  test.each<readonly [readonly [number, number], string]>([
    [[720, 1200], '12–20 min'],
    [[60, 60], '1 min'],
    [[5, 10], '5–10 s'],
    [[0, 0], 'no time'],
    [[0, 20], '20 s'],
    [[3600, 7300], '1–3 h'],
  ])('%j', (both, shown) => {
    expect(range(both)).toBe(shown)
  })
})

describe('values', () => {
  test.each<readonly [Json | undefined, string]>([
    [undefined, 'not set'],
    [null, 'none'],
    ['', '""'],
    [' a ', '" a "'],
    ['a\nb', 'a⏎b'],
    [4, '4'],
    [['a', { b: true }], '[a, {b: true}]'],
    [reference('address/staging', 'address'), '(address/staging, known after apply)'],
    [reference('address/prod', 'address'), '34.1.2.3'],
    [{ $text: ['http://', reference('address/prod', 'address')] }, 'http://34.1.2.3'],
    ['f'.repeat(64), 'ffff…ffff'],
    ['x'.repeat(310), `${'x'.repeat(300)}… (10 more characters)`],
  ])('%j', (value, shown) => {
    expect(showValue(value, { 'address/prod': { address: '34.1.2.3' } })).toBe(shown)
  })

  test('text is cut at whole characters, and invisible ones go', () => {
    expect(cut('ab😀', 3)).toBe('ab… (2 more characters)')
    expect(plain('a\u202eb\u200bc\u0007\r\nd')).toBe('abc d')
    expect(listed(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more')
    expect(listed(['a', 'b'])).toBe('a and b')
  })

  test('texts of many lines show where they differ', () => {
    expect(textDiff('a\nb\nc\nd\ne', 'a\nb\nC\nd\ne').map(({ marker, text }) => marker + text)).toEqual([
      ' a',
      ' b',
      '-c',
      '+C',
      ' d',
      ' e',
    ])
    expect(textDiff('', 'x\n'.repeat(99)).map(({ text }) => text)).toContain('… 69 more lines')
  })
})

describe('escaping', () => {
  test.each([
    ['a *b* <c>', 'a \\*b\\* &lt;c&gt;'],
    ['ask @ada, or ada@acme.com.', 'ask `@ada`, or `ada@acme.com`.'],
    ['see https://x.example/a_b!', 'see `https://x.example/a_b`!'],
    ['that is wWw', 'that is `wWw`'],
    [
      'since 2026-11-29T20:55:10Z: "https://x.example/": x',
      'since `2026-11-29T20:55:10Z`: "`https://x.example/`": x',
    ],
    ['say `delete: [a]` now', 'say `delete: [a]` now'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['`a``b`', '`a` `b`'],
  ])('prose: %s', (text, shown) => {
    expect(prose(text)).toBe(shown)
  })

  test('code, labels and addresses', () => {
    expect(code('a`b')).toBe('`` a`b ``')
    expect(code('')).toBe('`(empty)`')
    expect(diagramLabel('a"]b')).toBe('a#34;#93;b')
    expect(safeUrl('javascript:alert(1)')).toBeUndefined()
    expect(safeUrl('https://x.example/a) <b')).toBe('https://x.example/a%29%20%3Cb')
  })

  test.each([
    '@ada',
    '<img src=x>',
    '```\nopen',
    '<details>',
    'https://evil.example',
    '<!-- x -->',
    '[a](http://b)',
    '![a](b)',
    '\u202ea',
  ])('the check of the comments finds %j', raw => {
    expect(faultsOf(`<!-- slipway:plan {} -->\n\n${raw}\n`, [])).not.toEqual([])
  })
})

describe('releases', () => {
  test('version labels are folded unless they roll pods', () => {
    const upgrade = prod.steps.find(({ kind }) => kind === 'release')
    const view = upgrade === undefined ? undefined : releaseView(upgrade)
    expect(view).toMatchObject({ relabelled: 6, unchanged: 28 })
    const path = ['objects', 'Deployment/n/api', 'spec', 'template', 'metadata', 'labels', 'helm.sh/chart']
    const rolling = step(
      'release/x',
      'update',
      {},
      {
        changes: [{ path, from: 'a', to: 'b', effect: 'restart', cause: 'file' }],
      },
    )
    expect(releaseView(rolling)).toMatchObject({ relabelled: 0, objects: [{ label: 'Deployment n/api' }] })
  })

  test('a value of a Kubernetes Secret is never shown', () => {
    const change = {
      path: ['objects', 'Secret/n/s', 'data', 'k'],
      from: 'b2xk',
      to: 'bmV3',
      effect: 'in-place',
      cause: 'file',
    } as const
    expect(JSON.stringify(releaseView(step('release/x', 'update', {}, { changes: [change] })))).not.toMatch(
      /b2xk|bmV3/,
    )
  })
})

test('a grant to everybody is loud, an unknown kind shows its settings', () => {
  const all = step('grant/x', 'create', {
    role: 'roles/run.invoker',
    member: 'allUsers',
    target: { project: 'p' },
  })
  expect(summaryOf(all, {})).toEqual(['→ EVERYBODY ON THE INTERNET (allUsers)  on project p'])
  expect(summaryOf(step('disk/x', 'create', { project: 'p', sizeGb: 20, type: 'pd-ssd' }), {})).toEqual([
    'sizeGb 20, type pd-ssd',
  ])
})

test('a plan survives its JSON', () => {
  expect(JSON.parse(planJson(prod))).toEqual(prod)
})

test('an expansion says where every value comes from, and is YAML', () => {
  const text = explain([
    {
      address: 'sql-instance/prod',
      spec: {
        tier: 'db-custom-4-15360',
        backups: { enabled: true, retained: 14 },
        flags: {},
        ip: reference('address/prod', 'address'),
      },
      sources: { '': { preset: 'skypilot' }, tier: line(15), 'backups.retained': line(18) },
    },
    {
      address: 'release/skypilot',
      spec: { values: { args: ['--port=5432', 'a # b'], note: 'one\ntwo\n' } },
      sources: { '': line(20) },
    },
  ])
  expectGolden('explain.yaml', text)
  expect(parse(text)).toMatchObject({
    'release/skypilot': { values: { args: ['--port=5432', 'a # b'], note: 'one\ntwo\n' } },
  })
})
