import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** Prints one line at the end: scenarios passed by group, and requests held against GitHub's description of its API. */
export default class PathsReporter {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'slipway-tally-'))
    process.env.SLIPWAY_TALLY = join(this.folder, 'requests')
  }

  onRunComplete(_, { testResults }) {
    const groups = testResults
      .filter(({ testFilePath }) => testFilePath.includes(join('e2e', 'paths')))
      .map(({ testFilePath, numPassingTests, testResults: tests }) => ({
        name: basename(testFilePath).replace('.test.ts', ''),
        passed: numPassingTests,
        tried: tests.length,
      }))
      .sort((a, b) => a.name.localeCompare(b.name))
    const file = process.env.SLIPWAY_TALLY
    const counts = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []
    rmSync(this.folder, { recursive: true, force: true })
    if (groups.length === 0) return
    const sum = key => groups.reduce((total, group) => total + group[key], 0)
    const each = groups.map(({ name, passed, tried }) => `${name} ${passed}/${tried}`).join(', ')
    const requests = counts.reduce((total, one) => total + one, 0)
    process.stdout.write(
      `PATHS ${sum('passed')}/${sum('tried')} scenarios (${each}); ${requests} requests checked against GitHub's schemas\n`,
    )
  }
}
