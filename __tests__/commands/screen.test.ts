import { expect, test } from '@jest/globals'
import { openScreen } from '../../src/cli/screen.ts'
import { plainPalette } from '../../src/render/terminal/palette.ts'
import { stoppingLines } from '../../src/render/terminal/result.ts'
import { plan, step } from '../render/fixtures.ts'

const tokens = new RegExp(`${String.fromCharCode(27)}\\[(\\d*)[AJK]|[\\s\\S]`, 'g')

/** What a terminal shows of what was written to it: line breaks, the start of a line, up, and erasing. */
const shownOf = (written: string): readonly string[] => {
  const lines: string[] = ['']
  let [row, column] = [0, 0]
  for (const [token, up = ''] of written.matchAll(tokens)) {
    const line = lines[row] ?? ''
    if (token === '\n') [row, column] = [row + 1, 0]
    else if (token === '\r') column = 0
    else if (token.endsWith('A') && token.length > 1) row = Math.max(0, row - Number(up))
    else if (token.endsWith('K') && token.length > 1) lines[row] = ''
    else if (token.endsWith('J') && token.length > 1) lines.splice(row, lines.length, line.slice(0, column))
    else {
      lines[row] = line.padEnd(column).slice(0, column) + token + line.slice(column + 1)
      column++
    }
    while (lines.length <= row) lines.push('')
  }
  return lines.map(text => text.trimEnd()).filter(text => text !== '')
}

test('what Ctrl-C makes it say stays on the screen, above a picture that is whole', () => {
  let written = ''
  const screen = openScreen(
    {
      env: {},
      cwd: '.',
      write: () => undefined,
      writeError: text => {
        written += text
      },
      interactive: true,
      width: 100,
      palette: plainPalette,
      signal: new AbortController().signal,
      ask: async () => '',
    },
    plan('prod', { steps: ['a', 'b', 'c', 'd'].map(name => step(`address/${name}`, 'create')) }),
  )
  screen.say([])
  written += '^C'
  screen.say(stoppingLines(2))
  written += '^C'
  screen.close()
  expect(shownOf(written)).toEqual([
    ...stoppingLines(2),
    ...['a', 'b', 'c', 'd'].map(name => `· address/${name}`),
  ])
})
