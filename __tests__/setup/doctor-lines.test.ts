import { expect, test } from '@jest/globals'
import { linesOf } from '../../src/cli/doctor.ts'
import { plainPalette } from '../../src/render/terminal/palette.ts'
import { displayWidth } from '../../src/render/terminal/width.ts'
import type { Finding } from '../../src/setup/finding.ts'

const wrong = (what: string, mend?: string): Finding => ({
  ...{ level: 'wrong', id: 'x', where: 'acme-ml', what },
  effect: 'Whoever gets any approval, or none, changes what is applied and with which identity.',
  ...(mend === undefined ? {} : { mend }),
})
const terminal = {
  ...{ env: {}, cwd: '.', interactive: false, width: 60, palette: plainPalette },
  write: () => undefined,
  writeError: () => undefined,
  signal: new AbortController().signal,
  ask: async () => '',
}

test('doctor fits its screen, and says once what mends several findings', () => {
  const lines = linesOf(
    [
      wrong('the planner lacks roles/browser', 'slipway bootstrap --run'),
      wrong('the planner lacks roles/compute.viewer, and whoever reads this', 'slipway bootstrap --run'),
      wrong('there is no GitHub environment', 'slipway bootstrap --run --reviewer USER'),
      wrong('nothing mends this'),
      wrong('nor this'),
    ],
    terminal,
  )
  expect(lines.filter(line => displayWidth(line) > 60)).toEqual([])
  expect(lines.filter(line => line.startsWith('✗ acme-ml: '))).toHaveLength(5)
  expect(lines.filter(line => line.includes('bootstrap'))).toEqual([
    '    slipway bootstrap --run',
    '    slipway bootstrap --run --reviewer USER',
  ])
  expect(lines.filter(line => line.includes('above'))).toEqual(['    For the 2 above:'])
})
