import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { CycleError, sorted } from '../../src/core/graph.ts'
import { canonical, equal, type Json } from '../../src/core/json.ts'
import { reference, referencesIn, resolve } from '../../src/core/reference.ts'
import { pathMatches } from '../../src/core/rules.ts'
import { Redactor, Secret } from '../../src/core/secret.ts'
import { compareVersions } from '../../src/core/version.ts'

describe('json', () => {
  test('canonical text does not depend on key order and reads back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const json = value as Json
        const shuffled = JSON.parse(JSON.stringify(json), (_, one) =>
          typeof one === 'object' && one !== null && !Array.isArray(one)
            ? Object.fromEntries(Object.entries(one).reverse())
            : one,
        )
        expect(canonical(shuffled)).toBe(canonical(JSON.parse(JSON.stringify(json))))
        expect(equal(JSON.parse(canonical(json)), JSON.parse(JSON.stringify(json)))).toBe(true)
      }),
    )
  })
})

describe('equality', () => {
  const small = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, true, 0, 1, '', 'a'),
      fc.array(tie('value'), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom('a', 'b'), tie('value'), { maxKeys: 2 }),
    ),
  })).value as fc.Arbitrary<Json>
  test('is that of the canonical texts', () => {
    const seen = new Set<boolean>()
    fc.assert(
      fc.property(small, small, (a, b) => {
        seen.add(equal(a, b))
        expect(equal(a, b)).toBe(canonical(a) === canonical(b))
      }),
      { numRuns: 2000 },
    )
    expect(seen.size).toBe(2)
  })
})

describe('references', () => {
  const lookUp = (address: string, output: string) =>
    address === 'address/a' && output === 'address' ? '192.0.2.9' : undefined
  test('are resolved wherever they stand', () => {
    const value = {
      a: [reference('address/a', 'address')],
      b: { $text: ['http://', reference('address/a', 'address'), '/x'] },
      c: 1,
    }
    expect(resolve(value, lookUp)).toEqual({ a: ['192.0.2.9'], b: 'http://192.0.2.9/x', c: 1 })
    expect(referencesIn(value)).toHaveLength(2)
  })
  test('one that is unknown leaves the whole unknown', () => {
    expect(resolve({ a: [1, reference('address/b', 'address')] }, lookUp)).toBeUndefined()
  })
})

describe('rules', () => {
  test.each([
    ['labels.*', ['labels', 'a.b/c'], true],
    ['labels.*', ['labels'], false],
    ['objects.Deployment/*.spec.**', ['objects', 'Deployment/ns/x', 'spec', 'a', 'b'], true],
    ['objects.Deployment/*.spec.**', ['objects', 'Service/ns/x', 'spec'], false],
    ['a.**', ['a'], true],
    ['tier', ['tier', 'x'], false],
  ])('%s on %j is %s', (pattern, path, expected) => {
    expect(pathMatches(pattern, path)).toBe(expected)
  })
})

describe('versions', () => {
  test.each([
    ['1.33', '1.33.4-gke.1245000', -1],
    ['1.34', '1.33.9', 1],
    ['POSTGRES_16', 'POSTGRES_15', 1],
    ['0.13.0', '0.13.0', 0],
  ])('%s to %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign)
  })
})

describe('order', () => {
  test('everything comes after what it waits for', () => {
    const edges = fc
      .array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 20 })
      .map(pairs => pairs.filter(([a, b]) => a < b))
    fc.assert(
      fc.property(edges, pairs => {
        const nodes = Array.from({ length: 10 }, (_, id) => ({
          id: String(id),
          after: pairs.filter(([a]) => a === id).map(([, b]) => String(b)),
        }))
        const order = sorted(nodes).map(({ id }) => id)
        return (
          order.length === 10 && pairs.every(([a, b]) => order.indexOf(String(b)) < order.indexOf(String(a)))
        )
      }),
    )
  })
  test('a ring is named', () => {
    expect(() =>
      sorted([
        { id: 'a', after: ['b'] },
        { id: 'b', after: ['a'] },
      ]),
    ).toThrow(new CycleError(['a', 'b', 'a']))
  })
})

describe('secrets', () => {
  test('cannot be printed', () => {
    const secret = new Secret('hunter2-canary')
    const shown = [
      String(secret),
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ a: [secret] }, { depth: 9, showHidden: true }),
      `${secret}`,
    ]
    for (const text of shown) expect(text).not.toContain('hunter2')
  })
  test('are taken out of any text in every form', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 12, maxLength: 60, unit: 'grapheme-ascii' }),
        fc.string({ maxLength: 5 }),
        (value, before) => {
          fc.pre(value.trim() === value && value.length >= 12)
          const redactor = new Redactor()
          redactor.add(value)
          const forms = [
            value,
            encodeURIComponent(value),
            JSON.stringify(value).slice(1, -1),
            Buffer.from(value).toString('base64').replace(/=+$/, '').slice(0, -1),
          ]
          for (const form of forms) expect(redactor.scrub(`${before}\u0000${form}\u0000`)).not.toContain(form)
        },
      ),
    )
  })
  test('base64 of a text around them does not show them', () => {
    const redactor = new Redactor()
    redactor.add('correct-horse-battery-staple')
    for (const prefix of ['', 'u', 'us', 'usr:']) {
      const encoded = Buffer.from(`${prefix}correct-horse-battery-staple!`).toString('base64')
      expect(redactor.scrub(encoded)).toContain('***')
    }
  })
})
