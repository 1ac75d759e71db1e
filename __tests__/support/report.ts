import { appendFileSync } from 'node:fs'

/** Prints the one line that says how a law fared. */
export const report = (law: string, survived: number, tried: number, more = ''): void => {
  process.stdout.write(`LAW ${law}: ${survived}/${tried}${more === '' ? '' : ` ${more}`}\n`)
}

/** Adds to the count of GitHub requests that `scripts/jest-reporter.js` prints at the end. */
export const tally = (requests: number): void => {
  const file = process.env.SLIPWAY_TALLY
  if (file !== undefined) appendFileSync(file, `${requests}\n`)
}
