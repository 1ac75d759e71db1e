import { describe, expect, test } from '@jest/globals'
import { CelError, type CelValue, evaluateCel, NoValueError, parseCel } from '../../src/core/cel/index.ts'

const claims = { ref: 'refs/heads/main', event_name: 'push', actor: "o'neill", list: ['a', 'b'] }
const value = (text: string): CelValue => evaluateCel(parseCel(text), { assertion: claims })

describe('expressions', () => {
  test.each<readonly [string, CelValue]>([
    ["assertion.ref == 'refs/heads/main'", true],
    ['assertion["ref"] != "x"', true],
    ["'a' in ['a', 'b'] && !('c' in ['a', 'b'])", true],
    ["assertion.event_name in ['pull_request']", false],
    ["assertion.ref.startsWith('refs/heads/') && assertion.ref.endsWith('main')", true],
    ["assertion.ref.contains('x') || assertion.ref.matches('^refs/.+')", true],
    ["assertion.ref + ':' + string(1 + 2)", 'refs/heads/main:3'],
    ["assertion.event_name == 'push' ? 'apply' : 'plan'", 'apply'],
    ['false ? 1 : true ? 2 : 3', 2],
    ["assertion.actor == 'o\\'neill'", true],
    ['has(assertion.environment)', false],
    ['has(assertion.ref)', true],
    ['1 < 2 && 2 >= 2', true],
    ['true || false && false', true],
    // One side decides, whatever the other is.
    ["assertion.environment == 'prod' || true", true],
    ["assertion.environment == 'prod' && false", false],
    ["'b' in assertion.list && assertion.list[1] == 'b'", true],
  ])('%s', (text, wanted) => {
    expect(value(text)).toEqual(wanted)
  })

  test.each([
    'assertion.environment',
    "assertion.environment == 'prod' && true",
    "'a' && true",
    '1 + true',
    "1.startsWith('a')",
  ])('%s has no value', text => {
    expect(() => value(text)).toThrow(NoValueError)
  })

  test.each([
    '',
    'a ==',
    "assertion.ref == 'x",
    '(true',
    'true false',
    'a # b',
    "assertion.ref.split('/')",
    "extract('x')",
    "'\\u0041' == 'A'",
    "'a'.matches('(')",
  ])('%s is not understood', text => {
    expect(() => value(text)).toThrow(CelError)
  })
})
