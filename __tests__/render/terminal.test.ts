import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ansiPalette, plainPalette } from '../../src/render/terminal/palette.ts'
import { planLines } from '../../src/render/terminal/plan.ts'
import { problemCount, problemLines } from '../../src/render/terminal/problems.ts'
import { advance, frame, type Progress, plainLine, progressOf } from '../../src/render/terminal/progress.ts'
import { resultLines, stoppingLines } from '../../src/render/terminal/result.ts'
import { clip, displayWidth, hang, wrap } from '../../src/render/terminal/width.ts'
import { plan, step } from './fixtures.ts'
import { expectGolden } from './golden.ts'
import { prod } from './prod.ts'
import { failedResult, prodResult } from './results.ts'
import { adopting, removing } from './several.ts'
import { staging } from './staging.ts'

const problems = [
  {
    message:
      'tier: "db-custom-3-7680" is not a machine Cloud SQL has: custom tiers need 1 or an even number of vCPUs.',
    advice: 'Nearest: db-custom-2-7680, db-custom-4-15360.',
    position: { file: 'environments/prod.yaml', line: 15, column: 9 },
  },
  {
    message: 'loadBalanser: unknown key. Did you mean loadBalancer?',
    position: { file: 'environments/prod.yaml', line: 22, column: 1 },
  },
]

const running = (): Progress =>
  [
    { kind: 'begin' as const, address: 'service/container', text: '', at: 1_000 },
    {
      kind: 'end' as const,
      address: 'service/container',
      text: 'enabled',
      at: 10_000,
      ending: 'applied' as const,
    },
    { kind: 'begin' as const, address: 'cluster/staging', text: 'creating (usually 5–8 min)', at: 10_000 },
    { kind: 'begin' as const, address: 'sql-instance/staging', text: 'creating', at: 10_000 },
    { kind: 'progress' as const, address: 'sql-instance/staging', text: 'creating: 1 of 2', at: 60_000 },
    { kind: 'begin' as const, address: 'address/staging', text: '', at: 11_000 },
    {
      kind: 'end' as const,
      address: 'address/staging',
      text: 'quota exceeded',
      at: 12_000,
      ending: 'failed' as const,
    },
    { kind: 'begin' as const, address: 'nobody/knows', text: '', at: 11_000 },
  ].reduce(advance, progressOf(staging, 0))

describe('the terminal', () => {
  test('shows plans, problems, results and progress as they were read and approved', () => {
    const screens = [
      ...[staging, prod, removing, adopting, plan('idle', { unchanged: 3 })].map(one =>
        planLines(one, 120, plainPalette),
      ),
      [...problemLines(problems, 100, plainPalette), problemCount(problems, 3)],
      frame(running(), 231_000, 90, plainPalette),
      frame(running(), 231_000, 90, plainPalette, 8),
      [...stoppingLines(2), ...stoppingLines(0)],
      resultLines(prodResult, 110, plainPalette),
      resultLines(failedResult, 110, plainPalette),
    ]
    expectGolden('terminal.txt', `${screens.map(lines => lines.join('\n')).join('\n\n')}\n`)
  })

  test('colours change nothing but colours', () => {
    const sequences = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')
    const [bare, bright] = [plainPalette, ansiPalette].map(palette => [
      ...planLines(prod, 100, palette),
      ...frame(running(), 231_000, 90, palette),
      ...resultLines(failedResult, 100, palette),
    ])
    expect(bright?.some(line => line.includes(String.fromCharCode(27)))).toBe(true)
    expect(bright?.map(line => line.replace(sequences, ''))).toEqual(bare)
  })

  test('a frame is never wider than the terminal nor higher than it may be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 200 }), fc.integer({ min: 3, max: 40 }), (width, height) => {
        const lines = frame(running(), 231_000, width, plainPalette, height)
        expect(lines.every(line => displayWidth(line) <= width)).toBe(true)
        expect(lines.length).toBeLessThanOrEqual(height)
      }),
    )
  })

  test.each([60, 80, 120])('a plan on %i columns says all that it says on a wide screen', width => {
    const words = (columns: number) =>
      planLines(staging, columns, plainPalette).join(' ').split(/\s+/).join(' ')
    const [narrow, wide] = [words(width), words(400)]
    expect(wide).toContain(
      '→ serviceAccount:staging-skypilot@acme-ml.iam.gserviceaccount.com on project acme-ml',
    )
    expect(narrow).toBe(wide)
    expect(planLines(staging, 80, plainPalette).filter(line => displayWidth(line) > 80)).toEqual([])
  })

  test('a step that runs says what it does and how long that usually takes', () => {
    const begun = { kind: 'begin' as const, address: 'sql-instance/staging', text: '', at: 0 }
    const lines = frame(advance(progressOf(staging, 0), begun), 5_000, 100, plainPalette)
    expect(lines.join('\n')).toMatch(/sql-instance\/staging +creating, usually \d+–\d+ min +0:05/)
  })

  test('a step that was not done says why, not which call was waited for', () => {
    const ended = (ending: 'running' | 'stopped') =>
      frame(
        advance(progressOf(plan('prod', { steps: [step('cluster/prod', 'create')] }), 0), {
          ...{ kind: 'end', address: 'cluster/prod', text: 'the operation /v1/x is still running', at: 0 },
          ending,
        }),
        0,
        100,
        plainPalette,
      )[0]
    expect(ended('running')).toBe('… cluster/prod  begun, and goes on at Google')
    expect(ended('stopped')).toBe('· cluster/prod  not begun: the run was stopped')
  })

  test('what was stopped ends with what goes on with it, below everything', () => {
    const stopped = { ...failedResult, outcomes: failedResult.outcomes.slice(-1) }
    expect(resultLines(stopped, 80, plainPalette).at(-1)).toBe(
      'Run the same command again: it picks it up where it is.',
    )
    expect(resultLines(prodResult, 110, plainPalette).join()).not.toContain('again')
  })

  test('control characters never reach it', () => {
    const evil = `${String.fromCharCode(27)}]0;title${String.fromCharCode(7)}\r\nnext`
    const shown = [
      ...problemLines([{ message: evil, advice: evil, address: evil }], 80, plainPalette),
      ...planLines({ ...staging, environment: evil }, 80, plainPalette),
      plainLine({ kind: 'progress', address: evil, text: evil, at: 0 }, 0),
    ].join('')
    expect(shown).not.toMatch(/\p{Cc}/u)
  })

  test('a log line has its time, sign, address and text', () => {
    expect(plainLine({ kind: 'begin', address: 'cluster/a', text: '', at: 9_400 }, 0)).toBe(
      '   0:09  · cluster/a  begins',
    )
    expect(
      plainLine({ kind: 'end', address: 'cluster/a', text: 'created', at: 221_000, ending: 'applied' }, 0),
    ).toBe('   3:41  ✓ cluster/a  created')
  })

  test('words are clipped and wrapped by the columns that they take', () => {
    expect(clip('abcdef', 4)).toBe('abc…')
    expect(clip('漢字漢字', 5)).toBe('漢字…')
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(displayWidth('漢字é')).toBe(5)
    expect(hang('+ name  one  two three', 13, 8)).toEqual(['+ name  one', '        two', '        three'])
  })
})
