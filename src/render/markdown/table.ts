import { type Counts, countsOf, duration, type Plan } from '../../core/plan.ts'
import { range } from '../durations.ts'
import { thousands } from '../text.ts'
import { isRefusal } from './alerts.ts'
import type { Block } from './blocks.ts'
import { cellCode, link } from './escape.ts'
import { type Failure, fileUrl, type Origin } from './input.ts'

/** Counts in the order of the table: what people must see first, since a phone shows three columns. */
const columns = ['refused', 'remove', 'interrupts', 'adopt', 'change', 'create'] as const
/** Those that nobody needs to be warned of. */
const quiet: readonly (keyof Counts)[] = ['create', 'change']

const shown = (counts: Counts, column: keyof Counts): string =>
  counts[column] === 0 || quiet.includes(column) ? String(counts[column]) : `**${counts[column]}**`

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const rowOf = (plan: Plan, origin: Origin, used: readonly (keyof Counts)[]): string => {
  const counts = countsOf(plan)
  const settles = plan.steps.filter(({ action }) => action === 'settle').length
  const time = plan.steps.length === 0 ? '–' : range(duration(plan))
  return row([
    link(cellCode(plan.environment, 80), fileUrl(origin, plan.file)),
    ...used.map(column => shown(counts, column)),
    settles > 0 ? `${time}, ${settles} still running` : time,
  ])
}

/** One row an environment; what none of them does has no column, so that a phone shows the rest. */
export const tableBlock = (plans: readonly Plan[], failures: readonly Failure[], origin: Origin): Block => {
  const all = plans.map(countsOf)
  const used = columns.filter(column => all.some(counts => counts[column] > 0))
  const failed = failures.map(({ environment, file }) =>
    row([
      link(cellCode(environment, 80), fileUrl(origin, file)),
      ...used.map(() => '–'),
      '**cannot be planned**',
    ]),
  )
  const refusing = plans.every(plan => plan.problems.every(problem => isRefusal(plan, problem)))
  const title = (column: string): string => (column === 'refused' && !refusing ? 'problems' : column)
  return {
    rank: 'table',
    noun: 'row of the table',
    open: `${row(['environment', ...used.map(title), 'takes about'])}\n|---|${used.map(() => '--:|').join('')}--:|\n`,
    items: [...failed, ...plans.map(plan => rowOf(plan, origin, used))],
    glue: '\n',
    close: '',
    more: left => row([`… ${thousands(left)} more`, ...used.map(() => ''), '']),
  }
}
