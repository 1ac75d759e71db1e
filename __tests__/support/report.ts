/** Prints the one line that says how a law fared. */
export const report = (law: string, survived: number, tried: number, more = ''): void => {
  process.stdout.write(`LAW ${law}: ${survived}/${tried}${more === '' ? '' : ` ${more}`}\n`)
}
