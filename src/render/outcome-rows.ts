import type { Ending, Outcome } from '../core/outcome.ts'
import { shortAddress } from './address.ts'
import { clock } from './durations.ts'
import type { Row } from './rows.ts'

const signs: Readonly<Record<Ending, readonly [Row['marker'], string]>> = {
  applied: ['+', '✓'],
  already: [' ', '='],
  failed: ['-', '✗'],
  skipped: ['!', '·'],
  stopped: ['!', '·'],
  running: ['!', '…'],
}

const words: Readonly<Record<Ending, string>> = {
  applied: '',
  already: 'already so',
  failed: 'failed',
  skipped: 'not begun: something before it failed',
  stopped: 'not begun: the run was stopped',
  running: 'begun, and goes on at Google',
}

/** One row a step: `✓ sql-instance/prod  tier … → …  3 min 40 s`. */
export const outcomeRow = ({ address, ending, summary, seconds }: Outcome): Row => {
  const [marker, sign] = signs[ending]
  const done = ending === 'applied' || ending === 'already' ? summary : ''
  const value = [words[ending], done].filter(part => part !== '').join(': ')
  return {
    marker,
    depth: 0,
    name: `${sign} ${shortAddress(address)}`,
    value,
    tail: seconds > 0 ? clock(seconds) : '',
  }
}
