import { describe, expect, test } from '@jest/globals'
import type { Result } from '../../src/core/outcome.ts'
import { renderOutcome } from '../../src/render/markdown/outcome.ts'
import { plainPalette } from '../../src/render/terminal/palette.ts'
import { plainLine } from '../../src/render/terminal/progress.ts'
import { resultLines } from '../../src/render/terminal/result.ts'
import { sentencesOf, withoutAddress } from '../../src/render/text.ts'
import { origin, plan, step } from './fixtures.ts'

const address = 'release/web'
const message =
  'release/web: no storage class is set\nRevision 1 serves again: the new version never came up.'
const said = 'no storage class is set. Revision 1 serves again'
const result: Result = {
  environment: 'web',
  seconds: 9,
  outcomes: [
    { address: 'namespace/web', ending: 'already', summary: 'adopted', seconds: 0 },
    { address, ending: 'failed', summary: '', seconds: 9, problem: { message } },
    { address, ending: 'already', summary: '1 object', seconds: 0 },
  ],
  left: [],
}
const failed = plan('web', { steps: [step(address, 'update'), step('address/web', 'create')] })

describe('why a step failed', () => {
  test.each([
    [
      'the comment',
      renderOutcome({ environments: [{ plan: failed, result }], origin }),
      /release\/web` failed:\*\*/,
    ],
    ['the terminal', resultLines(result, 200, plainPalette).join('\n'), /^release\/web {2}/m],
    [
      'the log',
      plainLine({ kind: 'end', address, text: message, at: 0, ending: 'failed' }, 0),
      /✗ release\/web {2}/,
    ],
  ])('is said in %s in whole sentences, the address once', (_, text, before) => {
    expect(text).toContain(said)
    expect(text).not.toContain('release/web: no storage')
    expect(text).toMatch(new RegExp(`${before.source}.*no storage class`, before.flags))
  })

  test('is not counted among what is done, although a part of it was so already', () => {
    const text = renderOutcome({ environments: [{ plan: failed, result }], origin })
    expect(text).toContain('1 of 3 steps done in 9 s; `release/web` failed.')
  })
})

describe('lines of a message', () => {
  test.each([
    ['ends without a mark\nNext.', 'ends without a mark. Next.'],
    ['ends in a bracket (x)\r\n  Next.', 'ends in a bracket (x). Next.'],
    ['ends by itself.\nNext.', 'ends by itself.\nNext.'],
    ['goes on\nover two lines', 'goes on\nover two lines'],
    ['a list:\n- One', 'a list:\n- One'],
  ])('%j', (text, expected) => {
    expect(sentencesOf(text)).toBe(expected)
  })
  test('keep an address that is not theirs', () => {
    expect(withoutAddress('release/webs: x', 'release/web')).toBe('release/webs: x')
  })
})
