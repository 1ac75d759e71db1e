import type { Ending, Outcome } from '../core/outcome.ts'
import { shortAddress } from './address.ts'
import { clock, span } from './durations.ts'
import type { Row } from './rows.ts'
import { counted, thousands } from './text.ts'

const signs: Readonly<Record<Ending, readonly [Row['marker'], string]>> = {
  applied: ['+', '✓'],
  already: [' ', '='],
  failed: ['-', '✗'],
  skipped: ['!', '·'],
  stopped: ['!', '·'],
  running: ['!', '…'],
}

/** What an ending means, where that is more than what was done. */
export const endingWords: Readonly<Record<Ending, string>> = {
  applied: '',
  already: 'already so',
  failed: 'failed',
  skipped: 'not begun: something before it failed',
  stopped: 'not begun: the run was stopped',
  running: 'begun, and goes on at Google',
}

/** What came of a whole apply: `2 steps in 9 s, 1 already so`, or that nothing was left to do. */
export const doneWords = (outcomes: readonly Outcome[], seconds: number, verb = ''): string => {
  const having = (wanted: Ending) => outcomes.filter(({ ending }) => ending === wanted).length
  const [applied, already] = [having('applied'), having('already')]
  const did =
    applied === 0 ? 'nothing was left to do' : `${counted(applied, 'step')}${verb} in ${span(seconds)}`
  return already === 0 ? did : `${did}, ${thousands(already)} already so`
}

/** One row a step: `✓ sql-instance/prod  tier … → …  3 min 40 s`. */
export const outcomeRow = ({ address, ending, summary, seconds }: Outcome): Row => {
  const [marker, sign] = signs[ending]
  const done = ending === 'applied' || ending === 'already' ? summary : ''
  const value = [endingWords[ending], done].filter(part => part !== '').join(': ')
  return {
    marker,
    depth: 0,
    name: `${sign} ${shortAddress(address)}`,
    value,
    tail: seconds > 0 ? clock(seconds) : '',
  }
}
