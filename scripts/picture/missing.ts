/** Ends the program with what is missing and how to have it. */
export const missing = (what: string, how: string): never => {
  process.stderr.write(`${what}\n  ${how}\n`)
  process.exit(1)
}
