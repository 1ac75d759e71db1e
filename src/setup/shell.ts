/** A word as a POSIX shell takes it, quoted where it must be; in double quotes if it has single ones and nothing to expand. */
export const word = (text: string): string => {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  if (text.includes("'") && !/["$`\\!]/.test(text)) return `"${text}"`
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** A command line; what follows a flag stays beside it, long ones are broken. */
export const commandLine = (...parts: readonly (readonly string[])[]): string => {
  const words = parts.map(part => part.map(word).join(' '))
  const line = words.join(' ')
  return line.length <= 110 ? line : words.join(' \\\n  ')
}

/** A command that reads JSON from its input. */
export const withInput = (command: string, body: unknown): string =>
  `${command} <<'EOF'\n${JSON.stringify(body, null, 2)}\nEOF`
