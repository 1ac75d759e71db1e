import { describe, expect, test } from '@jest/globals'
import type { Ending } from '../../src/core/outcome.ts'
import { doneWords } from '../../src/render/outcome-rows.ts'
import { plainPalette } from '../../src/render/terminal/palette.ts'
import { resultLines } from '../../src/render/terminal/result.ts'

const outcomes = (...endings: readonly Ending[]) =>
  endings.map((ending, index) => ({ address: `address/a${index}`, ending, summary: 'x', seconds: 1 }))

describe('what came of an apply', () => {
  test.each<[string, readonly Ending[]]>([
    ['2 steps in 9 s', ['applied', 'applied']],
    ['1 step in 9 s, 2 already so', ['applied', 'already', 'already']],
    ['nothing was left to do, 1 already so', ['already']],
    ['nothing was left to do', []],
  ])('is %s', (words, endings) => {
    expect(doneWords(outcomes(...endings), 9)).toBe(words)
  })
  test('in a terminal lists what was so already, and does not count it as done', () => {
    const result = { environment: 'lab', seconds: 9, left: [], outcomes: outcomes('applied', 'already') }
    const lines = resultLines(result, 80, plainPalette)
    expect(lines.join('\n')).toMatch(/= address\/a1 +already so: x/)
    expect(lines.at(-1)).toBe('1 step applied in 9 s, 1 already so.')
  })
})
