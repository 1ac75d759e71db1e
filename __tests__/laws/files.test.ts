import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { loadEnvironments } from '../../src/commands/load.ts'
import { anyCharacter } from '../support/characters.ts'
import { startCli } from '../support/child.ts'
import { corpus } from '../support/corpus.ts'
import { everyGoogleKind } from '../support/files.ts'
import { report } from '../support/report.ts'

const stackTrace = /^\s+at .+:\d+:\d+\)?$|is a defect of Slipway|node:internal|UnhandledPromise/m

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-files-'))
  await mkdir(join(folder, 'environments'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('law 11: whatever a file holds, the answer is a place and a sentence', () => {
  test('the real command line answers every file of the corpus', async () => {
    const names = Object.keys(corpus)
    for (const name of names)
      await writeFile(join(folder, 'environments', `${name}.yaml`), corpus[name] ?? '')
    const { code, stdout, stderr } = await startCli(folder, ['validate']).ended
    const all = stdout + stderr
    const unsaid = names.filter(name => !new RegExp(`environments/${name}\\.yaml:\\d+:\\d+ +\\S+`).test(all))
    report('11 (files)', names.length - unsaid.length, names.length)
    expect(unsaid).toEqual([])
    expect(code).toBe(1)
    expect(all).not.toMatch(stackTrace)
    expect(all).not.toContain('\u001b')
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('one bad file is answered quickly, and by plan as by validate', async () => {
    const alone = await mkdtemp(join(folder, 'alone-'))
    await mkdir(join(alone, 'environments'))
    await writeFile(join(alone, 'environments', 'bomb.yaml'), corpus['alias-bomb'] ?? '')
    const { code, stdout, stderr } = await startCli(alone, ['plan']).ended
    expect(code).toBe(1)
    expect(stdout + stderr).toMatch(/environments\/bomb\.yaml:\d+:\d+ /)
    expect(stdout + stderr).not.toMatch(stackTrace)
  })

  test('no text at all makes the loader throw, and every problem has a place in the file', () => {
    const lines = everyGoogleKind.split('\n')
    const mangled = fc
      .tuple(
        fc.array(
          fc.tuple(fc.nat(lines.length - 1), fc.nat(60), fc.string({ unit: anyCharacter, maxLength: 8 })),
          { minLength: 1, maxLength: 4 },
        ),
        fc.array(fc.nat(lines.length - 1), { maxLength: 3 }),
      )
      .map(([edits, dropped]) => {
        const copy = [...lines]
        for (const [line, column, text] of edits) {
          const old = copy[line] ?? ''
          copy[line] = `${old.slice(0, column)}${text}${old.slice(column + text.length)}`
        }
        return copy.filter((_, index) => !dropped.includes(index)).join('\n')
      })
    const anything = fc.oneof(
      mangled,
      fc.string({ unit: anyCharacter, maxLength: 400 }),
      fc.json().map(text => `project: ${text}`),
    )
    fc.assert(
      fc.property(anything, text => {
        const { failures } = loadEnvironments([{ path: 'environments/x.yaml', text }], () => undefined)
        for (const { message, position } of failures.flatMap(({ problems }) => problems)) {
          expect(message).not.toBe('')
          expect(position?.line).toBeGreaterThan(0)
          expect(position?.column).toBeGreaterThan(0)
        }
      }),
      { numRuns: 400, seed: 11 },
    )
  })
})
