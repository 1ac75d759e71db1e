import type { Applied } from '../commands/apply.ts'
import type { ExecutionEvent } from '../commands/execute.ts'
import type { Subject } from '../commands/subject.ts'
import { succeeded } from '../core/outcome.ts'
import { isEmpty, type Plan, planDigest } from '../core/plan.ts'
import { type ApplyReport, appliedJson } from '../render/json.ts'
import { planLines } from '../render/terminal/plan.ts'
import { problemLines } from '../render/terminal/problems.ts'
import { closingLines, resultLines, stoppingLines } from '../render/terminal/result.ts'
import { wrap } from '../render/terminal/width.ts'
import { applyOne, type Context, commitFor, isToBeRecorded, planOne } from './applying.ts'
import { print, type Terminal, withBench } from './context.ts'
import { hostOf, pastFor } from './past.ts'
import { openScreen, type Screen } from './screen.ts'
import { chooseSubjects } from './subjects.ts'

/** What `slipway apply` can be told. */
export interface ApplyFlags {
  readonly yes?: boolean
  readonly baseline?: string
  /** Applies without a record in a repository on GitHub. */
  readonly unrecorded?: boolean
  readonly json?: boolean
}

/**
 * `slipway apply [environments…]`: plans, asks, applies exactly that, and looks again. Exit code 130 after Ctrl-C. With
 * `--json` people read on the standard error what the standard output has otherwise; there stands in the end, also of a
 * run that broke off, what became of each environment that came to its end.
 */
export const apply = async (
  terminal: Terminal,
  names: readonly string[],
  flags: ApplyFlags,
): Promise<number> => {
  if (flags.json !== true) return applyChosen(terminal, names, flags, () => undefined)
  const reports: ApplyReport[] = []
  const tell = (report: ApplyReport) => void reports.push(report)
  try {
    return await applyChosen({ ...terminal, write: terminal.writeError }, names, flags, tell)
  } finally {
    const [first] = reports
    if (first !== undefined) terminal.write(appliedJson(names.length === 1 ? first : reports))
  }
}

const applyChosen = async (
  terminal: Terminal,
  names: readonly string[],
  flags: ApplyFlags,
  tell: (report: ApplyReport) => void,
): Promise<number> => {
  const view = viewOf(terminal)
  return withBench(terminal, { onEvent: view.onEvent }, async ({ bench }) => {
    const { chosen, all, unreadable } = await chooseSubjects(terminal.cwd, names, bench)
    const host = await hostOf(terminal, bench)
    const commit = await commitFor(terminal, host, flags)
    let code = 0
    for (const subject of chosen) {
      const past = await pastFor(subject, terminal, bench, { baseline: flags.baseline, host })
      const context = { terminal, bench, all, unreadable, past, host, commit }
      const plan = await planOne(subject, context)
      print(terminal, planLines(plan, terminal.width, terminal.palette))
      const without = await endedWithout(subject, plan, context, flags)
      if (without === undefined && !isEmpty(plan)) view.open(plan)
      const ending = without ?? (await applyOne(subject, plan, context).finally(view.close))
      tell(reportOf(ending))
      if (without === undefined) say(terminal, ending, commit)
      if (!isWell(ending)) code = 1
      if (ending.ended === 'declined') return code
      if (without === undefined && terminal.signal.aborted) return 130
    }
    return code
  })
}

/** Shows what runs, and says how much goes on when it is asked to stop. */
const viewOf = (terminal: Terminal) => {
  let screen: Screen | undefined
  const running = new Set<string>()
  terminal.signal.addEventListener('abort', () => {
    const told = stoppingLines(running.size).flatMap(line => wrap(line, terminal.width))
    if (screen === undefined) terminal.writeError(`\n${told.join('\n')}\n`)
    else screen.say(told)
  })
  return {
    onEvent: (event: ExecutionEvent) => {
      if (event.event === 'begin') running.add(event.address)
      if (event.event === 'end') running.delete(event.address)
      screen?.show(event)
    },
    open: (plan: Plan) => {
      screen = openScreen(terminal, plan)
    },
    close: () => {
      screen?.close()
      screen = undefined
    },
  }
}

type Ending = Applied | { readonly ended: 'declined'; readonly plan: Plan }

/**
 * How it ends where there is nothing to apply or to record, something against it, or nobody who agrees; undefined: it is
 * applied. To record what changes nothing nobody has to agree.
 */
const endedWithout = async (
  subject: Subject,
  plan: Plan,
  context: Context,
  { yes }: ApplyFlags,
): Promise<Ending | undefined> => {
  const { environment } = plan
  if (plan.problems.length > 0) return { ended: 'refused', plan, digest: planDigest(plan), uncovered: [] }
  if (isEmpty(plan)) {
    if (await isToBeRecorded(subject, context)) return undefined
    return { ended: 'done', plan, result: { environment, outcomes: [], seconds: 0, left: [] } }
  }
  return yes === true || (await agreed(context.terminal, environment))
    ? undefined
    : { ended: 'declined', plan }
}

const isWell = (ending: Ending): boolean => ending.ended === 'done' && succeeded(ending.result)

const reportOf = (ending: Ending): ApplyReport => {
  const { plan } = ending
  const about = { format: 'slipway-applied/1', environment: plan.environment } as const
  if (ending.ended === 'done') return { ...about, ended: 'done', result: ending.result, plan }
  if (ending.ended === 'declined') return { ...about, ended: 'declined', plan }
  return { ...about, ended: 'refused', uncovered: ending.uncovered, plan }
}

const agreed = async (terminal: Terminal, name: string): Promise<boolean> => {
  const answer = (await terminal.ask(`Apply this to ${name}? Type its name to go on: `)).trim()
  if (answer === name) return true
  terminal.writeError(
    answer === ''
      ? 'Nothing was applied. Where nobody can answer, `--yes` applies without asking.\n'
      : `Nothing was applied: the answer that goes on is \`${name}\`.\n`,
  )
  return false
}

const say = (terminal: Terminal, ending: Ending, commit: string | undefined): void => {
  const { width, palette } = terminal
  if (ending.ended === 'done' && isEmpty(ending.plan) && succeeded(ending.result)) {
    print(terminal, [`Recorded: what ${commit?.slice(0, 7)} says is what was applied last.`])
    return
  }
  if (ending.ended === 'done') {
    const lines = terminal.interactive ? closingLines : resultLines
    print(terminal, lines(ending.result, width, palette))
    return
  }
  const uncovered = ending.ended === 'refused' ? ending.uncovered : []
  const moved = uncovered.map(({ address, path, reason }) => ({
    address,
    message: `${address} ${path}: ${reason}`,
  }))
  print(terminal, [
    'The world changed since this was planned; nothing was applied.',
    ...problemLines([...ending.plan.problems, ...moved], width, palette),
    'Run the same command again to see what is different.',
  ])
}
