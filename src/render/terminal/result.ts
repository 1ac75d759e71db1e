import { type Result, succeeded } from '../../core/outcome.ts'
import { shortAddress } from '../address.ts'
import { span } from '../durations.ts'
import { doneWords, outcomeRow } from '../outcome-rows.ts'
import { alignRows } from '../rows.ts'
import { capital, counted, plain } from '../text.ts'
import type { Palette } from './palette.ts'
import { problemLines } from './problems.ts'
import { clip } from './width.ts'

/** What became of a plan: one line a step, what failed and what to do, the count. */
export const resultLines = (result: Result, width: number, palette: Palette): readonly string[] => [
  ...alignRows(result.outcomes.map(outcomeRow)).map(line => clip(line.slice(2), width)),
  ...closingLines(result, width, palette),
]

/** The same below a picture that shows the steps already: what failed and what to do, the count. */
export const closingLines = (result: Result, width: number, palette: Palette): readonly string[] => {
  const { outcomes, left, url, health, seconds } = result
  const done = outcomes.filter(({ ending }) => ending === 'applied' || ending === 'already').length
  const failures = outcomes.flatMap(({ address, ending, problem }) =>
    ending !== 'failed' || problem === undefined
      ? []
      : [{ ...problem, address: shortAddress(problem.address ?? address) }],
  )
  const count =
    done === outcomes.length
      ? `${capital(doneWords(outcomes, seconds, ' applied'))}.`
      : `${done} of ${outcomes.length} applied in ${span(seconds)}.`
  const remains =
    left.length === 0
      ? []
      : [palette.bad(`${counted(left.length, 'thing')} not as wanted after a second look:`)]
  return [
    ...problemLines(failures, width, { ...palette, strong: palette.bad }),
    ...remains,
    ...problemLines(left, width, { ...palette, strong: palette.bad }),
    succeeded(result) ? palette.good(count) : palette.bad(count),
    ...onwards(result),
    ...(url === undefined || !succeeded(result)
      ? []
      : [`It answers at ${plain(url)}${health === undefined ? '' : ` (${plain(health)})`}.`]),
  ]
}

/** How to go on after a run that was stopped. */
const onwards = ({ outcomes }: Result): readonly string[] => {
  const running = outcomes.filter(({ ending }) => ending === 'running').length
  const stopped = outcomes.some(({ ending }) => ending === 'stopped')
  return running > 0 || stopped ? [again(running)] : []
}

const again = (running: number): string =>
  running === 0
    ? 'Run the same command again to go on.'
    : `Run the same command again: it picks ${running === 1 ? 'it' : 'them'} up where ${running === 1 ? 'it is' : 'they are'}.`

/** What is said after Ctrl-C: `running` operations go on. */
export const stoppingLines = (running: number): readonly string[] =>
  running === 0
    ? ['Stopping: nothing is running, nothing else is started.', again(0)]
    : [
        `Stopping: ${counted(running, 'operation')} ${running === 1 ? 'goes' : 'go'} on at Google and cannot be taken back. Nothing else is started.`,
        again(running),
      ]
