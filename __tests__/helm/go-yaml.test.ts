import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parseOne, parseYaml } from '../../src/helm/documents.ts'
import { helmHere } from './charts.ts'

const helm = helmHere()

/** Scalars, lists and maps that readers of YAML disagree on. */
const table = [
  ...[
    'y',
    'Y',
    'yes',
    'Yes',
    'YES',
    'yEs',
    'true',
    'True',
    'tRue',
    'on',
    'ON',
    'n',
    'No',
    'off',
    'OFF',
    'oFF',
  ],
  ...['~', 'null', 'Null', 'NULL', 'nULL', '', '""', "'yes'", 'nil', 'none'],
  ...[
    '0',
    '-0',
    '+1',
    '007',
    '0755',
    '0o17',
    '08',
    '09.5',
    '0x1F',
    '-0x1f',
    '0b101',
    '1_000',
    '1__0',
    '_1',
    '0x_1',
  ],
  ...[
    '1.',
    '.5',
    '-.5',
    '1.50',
    '1e3',
    '1E+3',
    '1e',
    '1.2.3',
    '1,000',
    '+',
    '-',
    '.',
    '12:30:45',
    '1:20',
    '.e3',
    '.2_',
  ],
  ...[
    '2026-01-02',
    '2026-01-02T03:04:05Z',
    '0.13.0',
    '1.10',
    '9007199254740991',
    '100Mi',
    '0xZZ',
    '0b12',
    '1e400',
  ],
  ...[
    '!!str 1',
    '!!int "3"',
    '!!float 1',
    '!!bool yes',
    '!!null ""',
    '!local a',
    '!!binary aGVsbG8=',
    '!!str',
  ],
  ...[
    '{1: a, true: b, ~x: c}',
    '{yes: a, 0x10: b, 1.5: c}',
    '{a: 1, a: 2}',
    '[1, "1", a]',
    '{<<: {a: 1}, b: 2}',
  ],
  ...['&here {a: 1}', '*here', '{<<: *here, a: 2}', '"\\u00e9\\n"', "'it''s'", 'a #b', '{__proto__: {a: 1}}'],
]

const list = `list:\n${table.map(text => `- ${text}`).join('\n')}\n- |\n  a\n   b\n- >-\n  a\n  b\n`

describe('YAML', () => {
  const compare = (path: string): void => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-yaml-'))
    mkdirSync(join(folder, 'templates'))
    writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: demo\nversion: 1.0.0\n')
    writeFileSync(join(folder, 'values.yaml'), list)
    writeFileSync(join(folder, 'templates', 'a.yaml'), 'list: {{ .Values.list | toJson | quote }}\n')
    const { stdout, stderr } = spawnSync(path, ['template', 'x', folder], { encoding: 'utf8' })
    const theirs = JSON.parse(String(parseOne(stdout, stderr).list)) as readonly unknown[]
    const ours = parseOne(list, 'the table').list as readonly unknown[]
    const rows = (values: readonly unknown[]) =>
      values.map((value, index) => ({ text: table[index] ?? 'block', value }))
    expect(rows(ours)).toEqual(rows(theirs))
  }
  ;(helm === undefined ? test.skip : test)('is read as helm reads it', () => compare(helm ?? ''))

  test('of a file with several documents keeps to the template that is named before them', () => {
    const text =
      '---\n# Source: demo/crds/two.yaml\na: 1\n---\na: 2\n---\n# Source: demo/templates/b.yaml\na: 3\n'
    expect(parseYaml(text, 'x')).toEqual([
      { object: { a: 1 }, source: 'demo/crds/two.yaml' },
      { object: { a: 2 }, source: 'demo/crds/two.yaml' },
      { object: { a: 3 }, source: 'demo/templates/b.yaml' },
    ])
  })
  test('that is broken is told with its template', () => {
    expect(() => parseYaml('---\n# Source: demo/templates/b.yaml\na: [1\n', 'what demo renders to')).toThrow(
      /^what demo renders to, from demo\/templates\/b\.yaml, is not valid YAML: /,
    )
  })
  test('whose aliases unfold without end is refused', () => {
    const lines = Array.from(
      { length: 30 },
      (_, index) => `a${index}: &a${index} ${index === 0 ? '[x, x]' : `[*a${index - 1}, *a${index - 1}]`}`,
    )
    expect(() => parseYaml(lines.join('\n'), 'x')).toThrow(/aliases unfold to more than 1000000 values/)
  })
})
