import type { Tree } from './tree.ts'

/** What a value is, for messages; texts are not repeated: they may hold what nobody should see. */
export const whatItIs = (tree: Tree | undefined): string => {
  if (tree === undefined) return 'nothing'
  if (tree.type === 'list') return 'a list'
  if (tree.type === 'map') return 'a map'
  const { value, written } = tree
  if (value === null) return 'nothing'
  if (typeof value === 'boolean') return written ?? String(value)
  if (typeof value === 'string') return 'text'
  return written === undefined || written === String(value)
    ? `the number ${value}`
    : `the number ${written} (which YAML reads as ${value})`
}

const expectedWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map (`key: value` lines)',
  record: 'a map (`key: value` lines)',
  array: 'a list (lines that begin with `-`)',
  null: 'nothing',
}

/** What zod expected, in people's words. */
export const whatWasExpected = (expected: string): string => expectedWords[expected] ?? expected

/** A value as it stands in a message: in quotes, cut after 60 characters. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)

/** `a, b or c`. */
export const oneOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
