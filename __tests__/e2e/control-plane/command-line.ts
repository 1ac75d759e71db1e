import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Applied } from '../../../src/commands/apply.ts'
import { succeeded } from '../../../src/core/outcome.ts'
import { type Plan, planDigest } from '../../../src/core/plan.ts'
import type { ApplyReport } from '../../../src/render/json.ts'
import { startCli } from '../../support/child.ts'
import { path } from '../../support/ledger.ts'
import { emailOf } from '../../support/one-file.ts'
import type { Run } from './engine.ts'

/** Plans one file as somebody at a terminal does. @throws Error with what the command said, if it gave no plan */
export const planByCommand = async (text: string, run: Run): Promise<Plan> =>
  JSON.parse(await slipway(['plan', '--json'], text, run)) as Plan

/** Applies one file as somebody at a terminal does. @throws Error with what the command said, if nothing came to an end */
export const applyByCommand = async (text: string, run: Run): Promise<Applied> => {
  const report = JSON.parse(await slipway(['apply', '--json', '--yes'], text, run)) as ApplyReport
  const { environment, plan } = report
  switch (report.ended) {
    case 'done':
      if (succeeded(report.result)) run.ledger.assume(environment, plan.engine, text)
      else await run.ledger.begin(environment, plan.engine, text)({ identities: createdBy(plan), charts: {} })
      return { ended: 'done', plan, result: report.result }
    case 'refused':
      return { ended: 'refused', plan, digest: planDigest(plan), uncovered: report.uncovered }
    case 'declined':
      throw new Error('somebody was asked in spite of --yes')
    default:
      return report satisfies never
  }
}

const createdBy = ({ steps }: Plan): Readonly<Record<string, string>> =>
  Object.fromEntries(
    steps.filter(({ action }) => action === 'create').map(({ identity }) => [identity, 'unfinished']),
  )

/** Runs a command on the one environment of a clone; gives what it printed. */
const slipway = async (words: readonly string[], text: string, run: Run): Promise<string> => {
  const clone = await cloneOf(text, run)
  try {
    const more = run.ledger.applied === undefined ? [] : ['--baseline', 'HEAD']
    const { stdout, stderr, code } = await startCli(clone, [...words, nameIn(text), ...more], {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      SLIPWAY_APPLIER: emailOf('applier'),
      ...run.env,
    }).ended
    for (const said of [stdout, stderr]) for (const line of said.split('\n')) run.said(line)
    if (stdout === '') throw new Error(`slipway ${words.join(' ')} ended with ${code}: ${stderr}`)
    return stdout
  } finally {
    await rm(clone, { recursive: true, force: true })
  }
}

const nameIn = (text: string): string => /^name: (\S+)$/m.exec(text)?.[1] ?? ''

/** A working tree with the file as it is wanted; what was applied last, if anything, is its last commit. */
const cloneOf = async (text: string, { folder, ledger }: Run): Promise<string> => {
  const clone = await mkdtemp(join(folder, 'clone-'))
  const file = join(clone, path)
  await mkdir(dirname(file))
  await git(clone, 'init', '--quiet')
  if (ledger.applied !== undefined) {
    await writeFile(file, ledger.applied)
    await git(clone, 'add', '.')
    await git(clone, 'commit', '--quiet', '--message', 'As it was applied')
  }
  await writeFile(file, text)
  return clone
}

const run = promisify(execFile)
const somebody = { NAME: 'Somebody', EMAIL: 'somebody@example.com' }

const git = async (clone: string, ...words: readonly string[]): Promise<void> => {
  const who = Object.entries(somebody).flatMap(([key, value]) => [
    [`GIT_AUTHOR_${key}`, value],
    [`GIT_COMMITTER_${key}`, value],
  ])
  const env = { PATH: process.env.PATH ?? '', GIT_CONFIG_GLOBAL: '/dev/null', ...Object.fromEntries(who) }
  await run('git', [...words], { cwd: clone, env })
}
