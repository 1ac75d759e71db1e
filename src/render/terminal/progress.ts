import type { Ending } from '../../core/outcome.ts'
import type { Action, Plan } from '../../core/plan.ts'
import type { Address } from '../../core/resource.ts'
import { shortAddress } from '../address.ts'
import { clock, range } from '../durations.ts'
import { endingWords } from '../outcome-rows.ts'
import { counted, listed, plain, sentencesOf, withoutAddress } from '../text.ts'
import type { Palette } from './palette.ts'
import { clip, displayWidth, pad } from './width.ts'

/** Something that happened to one step; `at` in milliseconds. `ending` goes with `end`. */
export interface ProgressEvent {
  readonly kind: 'begin' | 'progress' | 'end'
  readonly address: Address
  readonly text: string
  readonly at: number
  readonly ending?: Ending
}

/** One step on the screen. */
export interface ProgressStep {
  readonly address: Address
  readonly after: readonly Address[]
  readonly state: 'waiting' | 'running' | Ending
  readonly text: string
  /** What is said while it runs and nothing else is known: `creating, usually 5–8 min`. */
  readonly usual: string
  readonly began: number | undefined
  readonly ended: number | undefined
}

/** What is shown of an apply that runs. */
export interface Progress {
  /** When it began, milliseconds. */
  readonly began: number
  readonly steps: readonly ProgressStep[]
}

const doing: Readonly<Record<Action, string>> = {
  create: 'creating',
  adopt: 'taking over',
  update: 'changing',
  settle: 'waiting for what runs',
  remove: 'removing',
}

/** The view before anything has happened; `at` in milliseconds. */
export const progressOf = ({ steps }: Pick<Plan, 'steps'>, at: number): Progress => ({
  began: at,
  steps: steps.map(({ address, after, action, takes }) => ({
    address,
    after,
    usual: `${doing[action]}, usually ${range(takes)}`,
    state: 'waiting',
    text: '',
    began: undefined,
    ended: undefined,
  })),
})

/** The view after one event; events of steps that are not in the plan change nothing. */
export const advance = (progress: Progress, event: ProgressEvent): Progress => ({
  ...progress,
  steps: progress.steps.map(step => (step.address === event.address ? moved(step, event) : step)),
})

/** Endings of which the event says more than that it ended so. */
const saysItself: ReadonlySet<Ending> = new Set(['applied', 'already', 'failed'])

const moved = (step: ProgressStep, { kind, text, at, ending = 'applied' }: ProgressEvent): ProgressStep => {
  switch (kind) {
    case 'begin':
      return { ...step, state: 'running', text, began: at }
    case 'progress':
      return { ...step, state: 'running', text, began: step.began ?? at }
    case 'end':
      return { ...step, state: ending, text: saysItself.has(ending) ? text : endingWords[ending], ended: at }
    default:
      return kind satisfies never
  }
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const
const signs: Readonly<Record<Ending | 'waiting', string>> = {
  waiting: '·',
  applied: '✓',
  already: '=',
  failed: '✗',
  skipped: '·',
  stopped: '·',
  running: '…',
}

const isOver = ({ ended }: ProgressStep): boolean => ended !== undefined

/**
 * The lines of the screen at `now` (milliseconds), each at most `width` columns. With `height`, what is done or waits
 * is counted instead of shown where there is no room for it.
 */
export const frame = (
  progress: Progress,
  now: number,
  width: number,
  palette: Palette,
  height = Number.POSITIVE_INFINITY,
): readonly string[] => {
  const { shown, hidden } = chosen(progress.steps, Math.max(3, height))
  const open = new Set(progress.steps.filter(step => !isOver(step)).map(({ address }) => address))
  const names = shown.reduce((most, { address }) => Math.max(most, displayWidth(shortAddress(address))), 0)
  const column = Math.min(names, Math.max(10, Math.floor(width / 2)))
  const lines = shown.map(step => lineOf(step, { now, width, palette, column, open }))
  return hidden === '' ? lines : [...lines, palette.faint(clip(hidden, width))]
}

/** Running and failed steps first in the claim for room; the order on the screen stays the plan's. */
const chosen = (
  steps: readonly ProgressStep[],
  height: number,
): { readonly shown: readonly ProgressStep[]; readonly hidden: string } => {
  if (steps.length <= height) return { shown: steps, hidden: '' }
  const claim = ({ state }: ProgressStep) =>
    state === 'running' || state === 'failed' ? 0 : state === 'waiting' ? 1 : 2
  const kept = new Set([...steps].sort((a, b) => claim(a) - claim(b)).slice(0, height - 1))
  const hidden = steps.filter(step => !kept.has(step))
  const done = hidden.filter(isOver).length
  const waiting = hidden.length - done
  const parts = [
    ...(done > 0 ? [`${done} done`] : []),
    ...(waiting > 0 ? [`${counted(waiting, 'more step')}`] : []),
  ]
  return { shown: steps.filter(step => kept.has(step)), hidden: `… ${parts.join(', ')}` }
}

interface Screen {
  readonly now: number
  readonly width: number
  readonly palette: Palette
  readonly column: number
  readonly open: ReadonlySet<Address>
}

const lineOf = (step: ProgressStep, { now, width, palette, column, open }: Screen): string => {
  const { address, state, began, ended } = step
  const running = ended === undefined && state === 'running'
  const sign = running ? (spinner[Math.floor(now / 80) % spinner.length] ?? '') : signs[state]
  const time = began === undefined ? '' : clock(((ended ?? now) - began) / 1000)
  const waits = step.after.filter(other => open.has(other))
  const text =
    state === 'waiting' && waits.length > 0
      ? `waits for ${listed(waits.map(shortAddress), 2)}`
      : sentencesOf(withoutAddress(step.text, address)) || (running ? step.usual : '')
  const room = width - 2 - column - 2 - 8
  const body = `${sign} ${pad(clip(shortAddress(address), column), column)}  ${pad(clip(text, Math.max(0, room)), Math.max(0, room))}`
  const line = clip(`${body}${time.padStart(8)}`.trimEnd(), width)
  if (state === 'failed') return palette.bad(line)
  if (state === 'applied' || state === 'already') return palette.good(line)
  return running ? line : palette.faint(line)
}

/** One line of a log where there is no screen to draw on; `began` (milliseconds) is when the run began. */
export const plainLine = (
  { kind, address, text, at, ending = 'applied' }: ProgressEvent,
  began: number,
): string => {
  const sign = kind === 'end' ? signs[ending] : '·'
  const said =
    kind === 'begin' && text === '' ? 'begins' : ending === 'already' ? `already so: ${text}` : text
  return `${clock((at - began) / 1000).padStart(7)}  ${sign} ${shortAddress(address)}  ${plain(sentencesOf(withoutAddress(said, address)))}`.trimEnd()
}
