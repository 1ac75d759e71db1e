import { describe, expect, test } from '@jest/globals'
import { loadEnvironment } from '../../src/environment/load.ts'
import { complaints, four, load } from './load.ts'

describe('texts that are not YAML as we read it', () => {
  test.each([
    [
      'an empty file',
      '',
      /^e\/dev\.yaml:1:1 {2}the file is empty\.\n {2}An environment begins with `app: skypilot`/,
    ],
    ['nothing but comments', '# hello\n', /^e\/dev\.yaml:1:1 {2}the file is empty\./],
    ['a list', '- a\n', /^e\/dev\.yaml:1:1 {2}expected a map \(`key: value` lines\), got a list\./],
    ['a text', 'hello', /^e\/dev\.yaml:1:1 {2}expected a map .*, got text\./],
    [
      'a tab as indentation',
      'names:\n\tuser: x',
      /^e\/dev\.yaml:2:1 {2}a tab is used as indentation\.\n {2}Indent with spaces/,
    ],
    ['a tab at the very start', '\tproject: x', /^e\/dev\.yaml:1:1 {2}a tab is used as indentation\./],
    ['a NUL', 'project: a\0b', /^e\/dev\.yaml:1:11 {2}the character U\+0000 is not allowed here/],
    [
      'an escape character',
      'a: 1\nb: \u001b[31m',
      /^e\/dev\.yaml:2:4 {2}the character U\+001B is not allowed here/,
    ],
    [
      'text that turns around',
      'a: "\u202e"',
      /^e\/dev\.yaml:1:5 {2}the character U\+202E is not allowed here/,
    ],
    ['half a character', 'a: \ud800', /^e\/dev\.yaml:1:4 {2}the character U\+D800 is not allowed here/],
    [
      'a byte order mark',
      '\ufeffproject: x',
      /^e\/dev\.yaml:1:1 {2}the file begins with a byte order mark\./,
    ],
    ['two documents', 'a: 1\n---\nb: 2', /^e\/dev\.yaml:2:1 {2}a second document begins here/],
    [
      'a merge key',
      '<<: {project: x}',
      /^e\/dev\.yaml:1:1 {2}merge keys \(`<<`\) are not part of YAML 1\.2\./,
    ],
    ['__proto__', '__proto__: {a: 1}', /^e\/dev\.yaml:1:1 {2}__proto__: this key is not allowed anywhere\./],
    [
      'constructor, deep down',
      'release:\n  values:\n    constructor: 1',
      /^e\/dev\.yaml:3:5 {2}constructor: this key is not allowed/,
    ],
    ['a tag', 'project: !secret x', /^e\/dev\.yaml:1:10 {2}a tag \(`!…`\) is not allowed here\./],
    ['a key that is a list', '? [a]\n: 1', /^e\/dev\.yaml:1:3 {2}a key must be plain text\./],
    ['an open bracket', 'services: [a', /^e\/dev\.yaml:1:13 {2}this is not YAML: Flow sequence/],
    ['an open quote', 'project: "a', /^e\/dev\.yaml:1:12 {2}this is not YAML: Missing closing "quote\./],
    [
      'a line that is indented too far, said once',
      'database:\n tier: a\n  zone: b\n',
      /^e\/dev\.yaml:2:8 {2}what follows is indented as if it belonged to this value\.\n {2}Begin the lines of one section in the same column\.$/,
    ],
    ['two colons', 'project: a: b', /^e\/dev\.yaml:1:10 {2}there are two colons in one line\./],
    ['an at sign', 'project: @a', /^e\/dev\.yaml:1:10 {2}a value cannot begin with this character\./],
    ['the old YAML', '%YAML 1.1\n---\nproject: yes', /^e\/dev\.yaml:1:1 {2}YAML 1\.1 reads `yes`/],
    ['an alias of nothing', 'project: *x', /^e\/dev\.yaml:1:10 {2}\*x stands for nothing above it\./],
    [
      'an alias of itself',
      'names: &x\n  user: *x',
      /^e\/dev\.yaml:2:9 {2}\*x stands for something that contains it\./,
    ],
    [
      'a number that is too long',
      'project: 12345678901234567890',
      /^e\/dev\.yaml:1:10 {2}the number 12345678901234567890 cannot be held/,
    ],
    [
      'infinity',
      'release: {values: {a: .inf}}',
      /^e\/dev\.yaml:1:23 {2}the number \.inf cannot be held exactly\./,
    ],
  ])('%s', (_, text, expected) => {
    expect(complaints(text)).toContainEqual(expect.stringMatching(expected))
  })

  test('a key that is there twice, with the line of the first', () => {
    expect(complaints(`${four}project: other-project\n`)).toEqual([
      'e/dev.yaml:5:1  project: this key is here twice. It is also in line 2.\n  Keep one of them.',
    ])
  })

  test('an alias bomb', () => {
    const line = (index: number) =>
      `  a${index}: &a${index} [${Array(9)
        .fill(`*a${index - 1}`)
        .join(', ')}]`
    const bomb = ['release:', '  a0: &a0 [x, x]', ...Array.from({ length: 12 }, (_, i) => line(i + 1))].join(
      '\n',
    )
    expect(complaints(bomb)).toEqual([
      expect.stringMatching(/^e\/dev\.yaml:\d+:\d+ {2}the file has more than 20 aliases/),
    ])
  })

  test.each([
    ['5 MB', 'a'.repeat(5 * 1024 * 1024), /the file has 5120 KB; an environment file has at most 256 KB\./],
    ['many bytes in few characters', `a: ${'€'.repeat(100_000)}`, /an environment file has at most 256 KB/],
    ['10000 brackets', '['.repeat(10_000), /nested too deeply/],
    ['10000 braces', '{a: '.repeat(10_000), /nested too deeply/],
    ['10000 dashes', `${'- '.repeat(10_000)}a`, /nested too deeply/],
    ['200 levels', `${'{a: '.repeat(200)}1${'}'.repeat(200)}`, /nested too deeply/],
    ['30000 anchors', `a: ${'&a '.repeat(30_000)}`, /this is not YAML/],
    ['100000 exclamation marks', '!'.repeat(100_000), /this is not YAML|a tag/],
    ['30000 keys', Array.from({ length: 30_000 }, (_, i) => `k${i}:`).join('\n'), /more than 20000 values/],
  ])('%s', (_, text, expected) => {
    const found = complaints(text)
    expect(found[0]).toMatch(expected)
    expect(found.join('').length).toBeLessThan(20_000)
  })

  test('thousands of problems are counted, not listed', () => {
    const found = complaints(`${four}${Array.from({ length: 15_000 }, (_, i) => `k${i}: 1`).join('\n')}\n`)
    expect(found).toHaveLength(51)
    expect(found.at(-1)).toBe(
      'e/dev.yaml:55:1  there are 14950 more problems from here on.\n  Mend the others first.',
    )
  })

  test('an alias that stands for something above it is that value', () => {
    const alias = `${four}names: {user: &x sky}\ndatabase: {auth: password, databases: {skypilot: {name: *x}}}\n`
    expect(load(alias).document).toHaveProperty('database.databases.skypilot.name', 'sky')
  })

  test('a name that cannot be one, taken from the file', () => {
    expect(complaints(four, 'environments/My_Env.yaml')).toEqual([
      "environments/My_Env.yaml:1:1  the file's base name is not the name of an environment: it must begin with a letter, hold only a-z, 0-9 and hyphens, not end in a hyphen, and have at most 21 characters.\n  Rename the file, or add a line `name: …`.",
    ])
    expect(loadEnvironment('environments/My_Env.yaml', `name: mine\n${four}`)).toHaveProperty(
      'environment.name',
      'mine',
    )
  })
})
