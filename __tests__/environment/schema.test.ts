import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import { editorSchema, fileJsonSchema } from '../../src/environment/json-schema.ts'
import { loadAll } from '../../src/environment/load-all.ts'
import { referencePage } from '../../src/environment/reference-page.ts'
import { known } from './load.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const examples = readdirSync(new URL('environments/', root))
  .filter(name => name.endsWith('.yaml'))
  .sort()
  .map(name => ({ file: `environments/${name}`, text: read(`environments/${name}`) }))

describe('what editors and readers are given', () => {
  test('the JSON Schema is up to date', () => {
    expect(read('schema/environment.schema.json')).toBe(`${JSON.stringify(editorSchema(), null, 2)}\n`)
  })

  test('the reference is up to date', () => {
    expect(read('docs/environment-file.md')).toBe(referencePage(fileJsonSchema(), examples))
  })

  test('every key has a meaning in the reference', () => {
    const silent = read('docs/environment-file.md')
      .split('\n')
      .filter(line => /^\| `.*\| {2}\|$/.test(line))
    expect(silent).toEqual([])
  })

  test.each(examples)('$file', ({ text }) => {
    const schema = z.fromJSONSchema(editorSchema() as Parameters<typeof z.fromJSONSchema>[0])
    expect(schema.safeParse(parse(text)).error?.issues ?? []).toEqual([])
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/schema\/environment\.schema\.json\n/)
    expect(schema.safeParse({ ...parse(text), loadBalanser: 1 }).success).toBe(false)
  })

  test('the examples are environments, side by side', () => {
    const { files, problems } = loadAll(examples, known)
    expect([...files.values()].flatMap(one => ('problems' in one ? one.problems : []))).toEqual([])
    expect(problems).toEqual([])
  })
})
