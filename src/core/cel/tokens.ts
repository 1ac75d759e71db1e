/** A text that is no expression, or has something in it that is not known here: nobody can say what it gives. */
export class CelError extends Error {}

/** An expression that gives nothing on these values, for instance because the token has no such claim. */
export class NoValueError extends Error {}

/** A piece of an expression. */
export interface Token {
  readonly type: 'name' | 'text' | 'number' | 'sign' | 'end'
  readonly text: string
}

const pattern =
  /\s+|([A-Za-z_]\w*)|(\d+)|('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|(&&|\|\||[=!<>]=|[-<>!?:.,()[\]+])/y

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/** Only the escapes that people write; the others are refused rather than misread. */
const unquoted = (literal: string): string =>
  literal.slice(1, -1).replace(/\\(.)/g, (_, letter: string) => {
    if (/[a-zA-Z0-9]/.test(letter) && escapes[letter] === undefined)
      throw new CelError(`the escape \\${letter} is not understood`)
    return escapes[letter] ?? letter
  })

/** Cuts an expression of the Common Expression Language into pieces. @throws CelError */
export const tokensOf = (source: string): readonly Token[] => {
  const tokens: Token[] = []
  pattern.lastIndex = 0
  while (pattern.lastIndex < source.length) {
    const at = pattern.lastIndex
    const found = pattern.exec(source)
    if (found === null) throw new CelError(`not understood from character ${at + 1}`)
    const [, name, number, literal, sign] = found
    if (name !== undefined) tokens.push({ type: 'name', text: name })
    if (number !== undefined) tokens.push({ type: 'number', text: number })
    if (literal !== undefined) tokens.push({ type: 'text', text: unquoted(literal) })
    if (sign !== undefined) tokens.push({ type: 'sign', text: sign })
  }
  return [...tokens, { type: 'end', text: '' }]
}
