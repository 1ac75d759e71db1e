import { countsOf, duration, isEmpty, type Plan } from '../../core/plan.ts'
import { isOwn } from '../causes.ts'
import { putBackRows, stepRows } from '../change-rows.ts'
import { createRows } from '../create-rows.ts'
import { range } from '../durations.ts'
import { adopting, felt, feltOf, weakened } from '../effects.ts'
import { backupOf } from '../release.ts'
import { aligned, type Row } from '../rows.ts'
import { counted, listed, opened, plain, stopless } from '../text.ts'
import type { Palette } from './palette.ts'
import { problemLines } from './problems.ts'
import { hang, wrap } from './width.ts'

/** A plan as lines no wider than `width` (words that are longer stand alone). */
export const planLines = (plan: Plan, width: number, palette: Palette): readonly string[] => [
  `${palette.strong(plain(plan.environment))}   ${headline(plan)}`,
  ...rowLines(planRows(plan), width, palette),
  ...interruptLines(plan, width, palette),
  ...weakerLines(plan, width, palette),
  ...wrap(recordWords(plan), width).map(plan.isNew ? palette.faint : palette.caution),
  ...problemLines(plan.problems, width, { ...palette, strong: palette.bad }),
  ...noteLines(plan, width, palette),
]

/** `19 to create, nothing changed. About 12–20 min.` */
export const headline = (plan: Plan): string => {
  const { create, change, adopt, interrupts, remove, refused } = countsOf(plan)
  if (isEmpty(plan)) return `nothing to do: ${counted(plan.unchanged, 'resource')} as wanted.`
  const parts = [
    ...(refused > 0 ? [`CANNOT BE APPLIED: ${counted(refused, 'problem')}`] : []),
    ...(remove > 0 ? [`${remove} TO REMOVE`] : []),
    ...(create > 0 ? [`${create} to create`] : []),
    ...(change > 0 ? [`${change} to change`] : []),
    ...(adopt > 0 ? [adopting([plan])] : []),
    ...(interrupts > 0 ? [interrupting(interrupts, create + change + adopt + remove)] : []),
    ...(create > 0 && change + adopt + remove + refused === 0 ? ['nothing changed'] : []),
  ]
  const time = plan.steps.length === 0 ? '' : ` About ${range(duration(plan))}.`
  return `${parts.length === 0 ? 'waits for what still runs' : parts.join(', ')}.${time}`
}

const interrupting = (count: number, all: number): string =>
  all === 1
    ? 'and it interrupts people'
    : `${count} of them ${count === 1 ? 'interrupts' : 'interrupt'} people`

const planRows = ({ steps, outputs }: Plan): readonly Row[] => {
  const creates = createRows(
    steps.filter(({ action }) => action === 'create'),
    outputs,
  )
  const others = steps.flatMap((step): readonly Row[] => {
    const edits = step.changes.filter(isOwn)
    switch (step.action) {
      case 'create':
        return []
      case 'update':
        return [...(edits.length > 0 ? stepRows(step, outputs, edits) : []), ...putBackRows(step, outputs)]
      case 'adopt':
        return [
          { marker: '!', depth: 0, name: `adopt ${step.address}`, value: step.identity },
          ...stepRows(
            step,
            outputs,
            step.changes.filter(({ path }) => path.join('.') !== 'mark'),
          ).slice(1),
        ]
      case 'settle':
        return [
          {
            marker: ' ',
            depth: 0,
            name: step.address,
            value: `${step.about ?? 'still running'}: apply waits for it`,
          },
        ]
      case 'remove':
        return [{ marker: '-', depth: 0, name: `remove ${step.address}`, value: step.identity }]
      default:
        return step.action satisfies never
    }
  })
  return [...creates, ...others]
}

/** Nothing of a plan is left out because a screen is narrow: what does not fit goes on below. */
const rowLines = (rows: readonly Row[], width: number, palette: Palette): readonly string[] =>
  aligned(rows, Math.floor(width * 0.4)).flatMap(({ text, marker, valueAt }) => {
    const at = Math.min(valueAt + 2, Math.floor(width / 2))
    return hang(`  ${text}`, width, at).map(line => coloured(line, marker, palette))
  })

const coloured = (line: string, marker: Row['marker'], { good, bad, caution }: Palette): string =>
  marker === '+' ? good(line) : marker === '-' ? bad(line) : marker === '!' ? caution(line) : line

const interruptLines = ({ steps }: Plan, width: number, palette: Palette): readonly string[] =>
  steps
    .filter(({ changes }) => changes.some(felt))
    .flatMap(step => {
      const backup = backupOf(step)
      const first = backup === undefined ? '' : ` A backup of ${backup.of} is taken first.`
      return wrap(`Interrupts people: ${step.address}: ${stopless(listed(feltOf(step)))}.${first}`, width)
    })
    .map(palette.caution)

const weakerLines = ({ steps }: Plan, width: number, palette: Palette): readonly string[] =>
  steps
    .flatMap(step => {
      const words = weakened(step)
      return words.length === 0 ? [] : wrap(`Protects less: ${step.address}: ${words.join('; ')}.`, width)
    })
    .map(palette.caution)

const recordWords = ({ recorded, isNew, steps }: Plan): string => {
  if (recorded) return ''
  if (isNew)
    return steps.length === 0
      ? ''
      : 'Nothing can be removed: it is the first apply, and there is no record yet.'
  return 'No trustworthy record of an earlier apply: nothing can be removed, and what someone changed by hand cannot be told from what the file changes. `--baseline REF` names a Git reference whose file was applied.'
}

const leads = { warning: 'Warning', manual: 'By hand, once', info: 'Note' } as const

const noteLines = ({ notes }: Plan, width: number, palette: Palette): readonly string[] =>
  notes.flatMap(({ level, message, advice }) => {
    const lines = wrap([`${leads[level]}: ${opened(message)}`, advice ?? ''].join(' '), width)
    return level === 'warning' ? lines.map(palette.caution) : lines
  })
