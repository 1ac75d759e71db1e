import { type Applied, applyEnvironment } from '../commands/apply.ts'
import type { ExecutionEvent } from '../commands/execute.ts'
import { planEnvironment } from '../commands/plan.ts'
import { identitiesOf, type Past } from '../commands/snapshot.ts'
import type { Subject } from '../commands/subject.ts'
import type { Workbench } from '../commands/workbench.ts'
import { succeeded } from '../core/outcome.ts'
import { isEmpty, type Plan, planDigest } from '../core/plan.ts'
import { SlipwayError } from '../core/problem.ts'
import { planLines } from '../render/terminal/plan.ts'
import { problemLines } from '../render/terminal/problems.ts'
import { closingLines, resultLines, stoppingLines } from '../render/terminal/result.ts'
import { print, type Terminal, withBench } from './context.ts'
import { type Host, hostOf, pastFor } from './past.ts'
import { applicableCommit, blobAt } from './repository.ts'
import { openScreen, type Screen } from './screen.ts'
import { chooseSubjects } from './subjects.ts'

/** What `slipway apply` can be told. */
export interface ApplyFlags {
  readonly yes?: boolean
  readonly baseline?: string
  /** Applies without a record in a repository on GitHub. */
  readonly unrecorded?: boolean
}

/** `slipway apply [environments…]`: plans, asks, applies exactly that, and looks again. Exit code 130 after Ctrl-C. */
export const apply = async (
  terminal: Terminal,
  names: readonly string[],
  flags: ApplyFlags,
): Promise<number> => {
  let screen: Screen | undefined
  const running = new Set<string>()
  const onEvent = (event: ExecutionEvent) => {
    if (event.event === 'begin') running.add(event.address)
    if (event.event === 'end') running.delete(event.address)
    screen?.show(event)
  }
  terminal.signal.addEventListener('abort', () =>
    terminal.writeError(`\n${stoppingLines(running.size).join('\n')}\n`),
  )
  return withBench(terminal, { onEvent }, async ({ bench }) => {
    const { chosen, all, unreadable } = await chooseSubjects(terminal.cwd, names, bench)
    const host = await hostOf(terminal, bench)
    const commit = await commitFor(terminal, host, flags)
    let code = 0
    for (const subject of chosen) {
      const past = await pastFor(subject, terminal, bench, { baseline: flags.baseline, host })
      const plan = await planEnvironment(subject, {
        kinds: bench.kinds,
        engine: bench.engine,
        ports: bench.planning(subject.project),
        baseline: past.baseline,
        wantedElsewhere: identitiesOf(all),
        unreadable,
        environments: new Set(all.map(({ name }) => name)),
      })
      print(terminal, planLines(plan, terminal.width, terminal.palette))
      if (plan.problems.length > 0) code = 1
      if (isEmpty(plan) || plan.problems.length > 0) continue
      if (flags.yes !== true && !(await agreed(terminal, subject.name))) return 1
      screen = openScreen(terminal, plan)
      const context = { terminal, bench, all, unreadable, past, host, commit }
      const applied = await applyOne(subject, plan, context).finally(() => screen?.close())
      code = Math.max(code, report(terminal, applied))
      if (terminal.signal.aborted) return 130
    }
    return code
  })
}

interface Context {
  readonly terminal: Terminal
  readonly bench: Workbench
  readonly all: readonly Subject[]
  readonly unreadable: readonly string[]
  readonly past: Past
  readonly host: Host | 'no token' | undefined
  readonly commit: string | undefined
}

const applyOne = (
  subject: Subject,
  plan: Plan,
  { terminal, bench, all, unreadable, past, host, commit }: Context,
): Promise<Applied> => {
  const records = typeof host === 'object' && commit !== undefined ? host.reading.hosting.records : undefined
  return applyEnvironment(subject, {
    kinds: bench.kinds,
    planning: () => bench.planning(subject.project),
    applying: bench.applying(subject.project),
    engine: bench.engine,
    clock: bench.clock,
    signal: bench.signal,
    baseline: past.baseline,
    wantedElsewhere: identitiesOf(all),
    unreadable,
    reviewed: {
      plans: [plan],
      unfinished: past.unfinished,
      applied: past.applied,
      approved: new Set([planDigest(plan)]),
      kinds: bench.kinds,
    },
    begin:
      records === undefined || commit === undefined
        ? undefined
        : async contents => {
            const blob = await blobAt(terminal.cwd, commit, subject.file)
            if (blob === '') throw notInGit(subject.file)
            const record = {
              environment: subject.name,
              file: subject.file,
              sha: commit,
              blob,
              engine: bench.engine,
              ...contents,
            }
            return records.begin(record)
          },
    onEvent: bench.onEvent,
    scrub: text => bench.redactor.scrub(text),
  })
}

/** The commit that the record will name; undefined where no records are kept. */
const commitFor = async (
  terminal: Terminal,
  host: Host | 'no token' | undefined,
  flags: ApplyFlags,
): Promise<string | undefined> => {
  if (host === undefined) return undefined
  if (flags.unrecorded === true) {
    terminal.writeError(
      'No record is written: the next apply cannot know what this one made, and removes nothing.\n',
    )
    return undefined
  }
  if (host !== 'no token') {
    const { hosting } = host.reading
    return applicableCommit(terminal.cwd, hosting.defaultBranch, await hosting.head(hosting.defaultBranch))
  }
  throw new SlipwayError('This repository is on GitHub, and there is no token to write the record with.', {
    advice: 'Set GITHUB_TOKEN (for example to the output of `gh auth token`), or apply with --unrecorded.',
  })
}

/** A file that Git ignores leaves the working tree clean, but nobody could tell later what was applied. */
const notInGit = (file: string): SlipwayError =>
  new SlipwayError(`${file} is not in Git; nothing was applied.`, { advice: 'Commit it.' })

const agreed = async (terminal: Terminal, name: string): Promise<boolean> => {
  const answer = await terminal.ask(`Apply this to ${name}? Type its name to go on: `)
  if (answer.trim() === name) return true
  terminal.writeError('Nothing was applied. Where nobody can answer, `--yes` applies without asking.\n')
  return false
}

const report = (terminal: Terminal, applied: Applied): number => {
  const { width, palette } = terminal
  if (applied.ended === 'done') {
    const lines = terminal.interactive ? closingLines : resultLines
    print(terminal, lines(applied.result, width, palette))
    return succeeded(applied.result) ? 0 : 1
  }
  const moved = applied.uncovered.map(({ address, path, reason }) => ({
    address,
    message: `${address} ${path}: ${reason}`,
  }))
  print(terminal, [
    'The world changed since this was planned; nothing was applied.',
    ...problemLines([...applied.plan.problems, ...moved], width, palette),
    'Run the same command again to see what is different.',
  ])
  return 1
}
