import { describe, expect, test } from '@jest/globals'
import { showProblem } from '../../src/core/problem.ts'
import type { Loaded, Memory } from '../../src/environment/environment.ts'
import { loadAll } from '../../src/environment/load-all.ts'
import { four, known } from './load.ts'

const between = (files: Readonly<Record<string, string>>): readonly string[] =>
  loadAll(
    Object.entries(files).map(([file, text]) => ({ file, text })),
    known,
  ).problems.map(showProblem)

describe('between files', () => {
  test('two environments of one project want nothing of each other', () => {
    expect(between({ 'e/a.yaml': four, 'e/b.yaml': four })).toEqual([])
  })

  test('a name that is taken is the only complaint about the two', () => {
    expect(between({ 'e/a.yaml': four, 'e/b.yaml': `name: a\n${four}` })).toEqual([
      'e/b.yaml:1:1  the environment a is already in e/a.yaml.\n  Give one of them another `name:`.',
    ])
  })

  test('two that own one instance', () => {
    const names = 'names: {instance: shared}\n'
    expect(between({ 'e/a.yaml': four + names, 'e/b.yaml': four + names })).toEqual([
      expect.stringMatching(
        /^e\/b\.yaml:1:1 {2}sql-instance\/b: e\/a\.yaml owns this too, and 1 more in it: \/\/sqladmin/,
      ),
    ])
  })

  test('what is named after one is taken by the other, wherever that stands, and said at its line', () => {
    expect(between({ 'e/a.yaml': `${four}cluster: {name: b}\n`, 'e/b.yaml': four })).toEqual([
      expect.stringMatching(
        /^e\/a\.yaml:5:17 {2}cluster\/b: e\/b\.yaml owns this too, and 5 more in it: \S+\/clusters\/b\.\n.* leave it to b: /,
      ),
      expect.stringMatching(/^e\/a\.yaml:1:1 {2}release\/skypilot: e\/b\.yaml puts a release of this name/),
    ])
  })

  test('a shared cluster needs another namespace, another release, and says so', () => {
    const shared = `${four}cluster: {use: ml}\n`
    const found = between({ 'e/a.yaml': shared, 'e/b.yaml': shared })
    expect(found).toContainEqual(expect.stringMatching(/namespace\/skypilot: e\/a\.yaml owns this too/))
    expect(found).toContainEqual(
      expect.stringMatching(/release\/skypilot: e\/a\.yaml puts a release of this name/),
    )
    expect(
      between({ 'e/a.yaml': shared, 'e/b.yaml': `${shared}names: {namespace: sky-b, release: sky-b}\n` }),
    ).toEqual([])
  })

  test('one identity in the pool of the project for two', () => {
    const names = 'names: {kubernetesServiceAccount: api}\n'
    expect(between({ 'e/a.yaml': four + names, 'e/b.yaml': four + names })).toEqual([
      expect.stringMatching(
        /^e\/b\.yaml:1:1 {2}acme-ml\.svc\.id\.goog\[skypilot\/api\] is also an identity of e\/a\.yaml/,
      ),
    ])
  })

  test('what others bring can be used by many', () => {
    const login = 'login: {secret: sky-login}\n'
    expect(between({ 'e/a.yaml': four + login, 'e/b.yaml': four + login })).toEqual([])
  })

  test('a file that is wrong does not stand in the way of others', () => {
    const { files, problems } = loadAll([
      { file: 'e/a.yaml', text: 'nonsense' },
      { file: 'e/b.yaml', text: four },
    ])
    expect(problems).toEqual([])
    expect(files.get('e/a.yaml')).toHaveProperty('problems')
    expect(files.get('e/b.yaml')).toHaveProperty('environment.name', 'b')
  })
})

describe('a memory', () => {
  const read = (memory: Memory, text: string, applier: string) =>
    loadAll([{ file: 'e/a.yaml', text }], { memory, applierOf: () => applier }).files.get('e/a.yaml')

  test('gives what the same text said for the same applier, and nothing else', () => {
    const memory: Memory = new Map()
    const once = read(memory, four, 'one@acme.com')
    expect(environmentIn(read(memory, four, 'one@acme.com'))).toBe(environmentIn(once))
    const other = read(memory, four, 'other@acme.com')
    expect(JSON.stringify(other)).toContain('other@acme.com')
    expect(JSON.stringify(other)).not.toContain('one@acme.com')
    expect(environmentIn(read(memory, `${four}name: b\n`, 'other@acme.com'))?.name).toBe('b')
  })
  test('remembers no file that is wrong', () => {
    const memory: Memory = new Map()
    expect(read(memory, 'nonsense', 'one@acme.com')).toHaveProperty('problems')
    expect(memory.size).toBe(0)
  })
})

const environmentIn = (loaded: Loaded | undefined) =>
  loaded !== undefined && 'environment' in loaded ? loaded.environment : undefined
