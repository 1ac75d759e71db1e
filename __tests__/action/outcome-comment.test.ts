import { describe, expect, test } from '@jest/globals'
import { withOutcomes } from '../../src/action/outcome-comment.ts'

const marker = '<!-- slipway:plan {"run":1,"attempt":1,"sha256":"a","head":"b"} -->'
const reviewed = `${marker}\n### Plan: 1 to create\n\nThe whole plan.`
const outcome = (environment: string, body: string) => ({ environment, pulls: [1], body })

describe('a comment after an apply', () => {
  test('keeps the marker of the reviewed plan, says the outcome first, and folds what was reviewed', () => {
    const body = withOutcomes(reviewed, [outcome('staging', '<!-- slipway:plan {"run":9} -->\n### Applied')])
    expect(body.split('\n').slice(0, 3)).toEqual([marker, '<!-- slipway:outcome staging -->', '### Applied'])
    expect(body.match(/slipway:plan/g)).toHaveLength(1)
    expect(body).toMatch(/<details>[\s\S]*The whole plan\.[\s\S]*<\/details>/)
  })
  test('has one outcome for each environment, and folds what was reviewed once', () => {
    const first = withOutcomes(reviewed, [outcome('a', 'first a'), outcome('b', 'only b')])
    const second = withOutcomes(first, [outcome('a', 'second a')])
    expect(second).not.toContain('first a')
    expect([second.match(/second a|only b/g)?.length, second.match(/The whole plan/g)?.length]).toEqual([
      2, 1,
    ])
    expect(withOutcomes(second, [outcome('a', 'second a')])).toBe(second)
  })
  test('tells of a refusal once, and of another one, or of what became of it, again', () => {
    const refusal = (digit: string, body: string) => ({ ...outcome('a', body), refused: digit.repeat(64) })
    const first = withOutcomes(reviewed, [refusal('1', 'refused by run 1')])
    expect(withOutcomes(first, [refusal('1', 'refused by run 2')])).toBe(first)
    expect(withOutcomes(first, [refusal('2', 'refused otherwise')])).toContain('refused otherwise')
    const applied = withOutcomes(first, [outcome('a', 'applied')])
    expect(applied).not.toContain('refused')
    expect(withOutcomes(applied, [refusal('1', 'refused by run 3')])).toContain('refused by run 3')
  })
  test('of a pull request that had none names no plan', () => {
    expect(withOutcomes(undefined, [outcome('a', 'said')])).toMatch(/^<!-- slipway:plan -->\n/)
  })
  test('fits into what GitHub takes', () => {
    const long = (environment: string) =>
      outcome(environment, `### Applied to ${environment}\n${'x'.repeat(60_000)}`)
    const body = withOutcomes(`${marker}\n${'y'.repeat(60_000)}`, [long('a'), long('b')])
    expect(body.length).toBeLessThan(65_536)
    expect(body).toContain('### Applied to b')
    expect(body.match(/slipway:outcome\//g)).toHaveLength(2)
  })
  test.each([
    ['few with much', 10, 64_000],
    ['many with little', 60, 3_000],
    ['as many as a matrix has jobs', 256, 3_000],
  ])('of %s fits, and tells of each', (_, count, length) => {
    const names = Array.from({ length: count }, (__, index) => `environment-${index}-of-all`)
    const body = withOutcomes(
      reviewed,
      names.map(name =>
        outcome(name, `### Applied to \`${name}\`: 3 steps in 4 min 12 s\n${'x'.repeat(length)}`),
      ),
    )
    expect(body.length).toBeLessThan(65_536)
    expect(body.match(/<!-- slipway:outcome [a-z0-9-]+ -->\n### Applied to /g)).toHaveLength(count)
    expect(body.match(/slipway:outcome\//g)).toHaveLength(count)
    expect(withOutcomes(body, [])).toBe(body)
  })
})
