import { countsOf, duration, type Plan } from '../../core/plan.ts'
import { range } from '../durations.ts'
import type { Block } from './blocks.ts'
import { cellCode, link } from './escape.ts'
import { type Failure, fileUrl, type Origin } from './input.ts'

const loud = (count: number): string => (count === 0 ? '0' : `**${count}**`)

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const rowOf = (plan: Plan, origin: Origin, adopts: boolean): string => {
  const { create, change, adopt, interrupts, remove, refused } = countsOf(plan)
  const settles = plan.steps.filter(({ action }) => action === 'settle').length
  const time = plan.steps.length === 0 ? '–' : range(duration(plan))
  return row([
    link(cellCode(plan.environment, 80), fileUrl(origin, plan.file)),
    String(create),
    String(change),
    ...(adopts ? [loud(adopt)] : []),
    loud(interrupts),
    loud(remove),
    loud(refused),
    settles > 0 ? `${time}, ${settles} still running` : time,
  ])
}

/** One row an environment. */
export const tableBlock = (plans: readonly Plan[], failures: readonly Failure[], origin: Origin): Block => {
  const adopts = plans.some(({ steps }) => steps.some(({ action }) => action === 'adopt'))
  const columns = ['create', 'change', ...(adopts ? ['adopt'] : []), 'interrupts', 'remove', 'refused']
  const failed = failures.map(({ environment, file }) =>
    row([
      link(cellCode(environment, 80), fileUrl(origin, file)),
      ...columns.map(() => '–'),
      '**cannot be planned**',
    ]),
  )
  return {
    rank: 'table',
    noun: 'row of the table',
    open: `${row(['environment', ...columns, 'takes about'])}\n|---|${columns.map(() => '--:|').join('')}--:|\n`,
    items: [...failed, ...plans.map(plan => rowOf(plan, origin, adopts))],
    glue: '\n',
    close: '',
    more: left => row([`… ${left.toLocaleString('en-US')} more`, ...columns.map(() => ''), '']),
  }
}
