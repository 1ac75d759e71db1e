import type { Position, Problem } from '../core/problem.ts'

/** What the YAML parser says of a text it cannot read, in a sentence with advice. */
export const syntaxProblem = (
  { code, message }: { readonly code: string; readonly message: string },
  position: Position,
): Problem => {
  const known = message.includes('call stack') ? tooDeep : sentences[code]
  return known === undefined
    ? { message: `this is not YAML: ${shorten(message)}.`, advice: general, position }
    : { ...known, position }
}

/** What the parser says at one place for two reasons is one mistake: a line below that is indented too far. */
export const withoutEchoes = <T extends { readonly code: string; readonly pos: readonly [number, number] }>(
  errors: readonly T[],
): readonly T[] => {
  const below = new Set(
    errors.filter(({ code }) => code === 'MULTILINE_IMPLICIT_KEY').map(({ pos }) => pos[0]),
  )
  return errors.filter(({ code, pos }) => code !== 'BLOCK_AS_IMPLICIT_KEY' || !below.has(pos[0]))
}

/** The problem of values that are nested too deeply. */
export const tooDeep = {
  message: 'maps and lists are nested too deeply.',
  advice:
    'No setting needs more than a few levels; look for brackets or dashes that are repeated by mistake.',
}

const general = 'Look at the quotes, colons and indentation of this line and of the one above.'

const sentences: Readonly<Record<string, Pick<Problem, 'message' | 'advice'>>> = {
  TAB_AS_INDENT: { message: 'a tab is used as indentation.', advice: 'Indent with spaces, two a level.' },
  MULTIPLE_DOCS: {
    message: 'a second document begins here (`---`).',
    advice: 'Put each environment into a file of its own.',
  },
  NON_STRING_KEY: { message: 'a key must be plain text.', advice: 'Write `key: value`.' },
  TAG_RESOLVE_FAILED: {
    message: 'a tag (`!…`) is not allowed here.',
    advice: 'Write the plain value, in quotes if it begins with `!`.',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'there are two colons in one line.',
    advice: 'Put the value in quotes if the second colon belongs to it, else begin a new line.',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'what follows is indented as if it belonged to this value.',
    advice: 'Begin the lines of one section in the same column.',
  },
  BAD_SCALAR_START: {
    message: 'a value cannot begin with this character.',
    advice: 'Put the value in quotes.',
  },
}

const shorten = (message: string): string => {
  const line = message.split('\n')[0]?.replace(/[.\s]+$/, '') ?? ''
  return line.length > 120 ? `${line.slice(0, 120)}…` : line
}
