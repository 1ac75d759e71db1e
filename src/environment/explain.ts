import type { z } from 'zod'
import type { Json, Path } from '../core/json.ts'
import type { Position, Problem } from '../core/problem.ts'
import { knownKeys } from './known-keys.ts'
import { nearest } from './suggest.ts'
import { memberOf, placeOf, type Tree, treeAt } from './tree.ts'
import { oneOf, quoted, whatItIs, whatWasExpected } from './words.ts'

type Issue = z.core.$ZodIssue

/** What issues are explained with. */
export interface Explaining {
  readonly tree: Tree
  /** JSON Schema of the tree: it knows which keys there are. */
  readonly schema: () => Json
  /** What the tree is called where a key of its own is missing; without it, the file. */
  readonly within?: string
  /** Where the file begins: the place of what is not in it. */
  readonly start: Position
  /** A sentence for keys that are known elsewhere, by name. */
  readonly hints?: ReadonlyMap<string, string>
}

/** Given to every parse: tells sentences that a schema's author wrote from zod's own. */
export const ownSentence = { error: () => unwritten }
const unwritten = '\u0000'

/** Problems, with places and advice, of what zod found. */
export const explain = (issues: readonly Issue[], explaining: Explaining): readonly Problem[] =>
  issues.flatMap(issue => explainOne(issue, issue.path.map(String), explaining))

const explainOne = (issue: Issue, path: Path, explaining: Explaining): readonly Problem[] => {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(key => unknownKey(key, path, issue.keys, explaining))
    case 'invalid_union':
      return explainUnion(issue, path, explaining)
    case 'invalid_key':
      return [wrongName(issue, path, explaining)]
    case 'invalid_element':
      return issue.issues.flatMap(inner =>
        explainOne(inner, [...path, ...inner.path.map(String)], explaining),
      )
    default:
      return [plainProblem(issue, path, explaining)]
  }
}

const plainProblem = (issue: Issue, path: Path, explaining: Explaining): Problem => {
  const here = treeAt(explaining.tree, path)
  if (here === undefined) return missing(path, explaining)
  const position = placeOf(explaining.tree, path) ?? explaining.start
  const label = labelOf(path)
  if (issue.message !== unwritten) {
    return withAdvice(`${label}: ${ended(written(issue.message, here))}`, undefined, position)
  }
  const [message, advice] = sentenceOf(issue, here)
  return withAdvice(`${label}: ${message}`, advice, position)
}

/** What a schema's author wrote: a sentence about the value, or the rule that the value breaks. */
const written = (said: string, here: Tree): string => {
  if (here.type !== 'leaf' || here.value === null) return said
  if (/^(?:is|must|has|needs|cannot|does) /.test(said)) return `${showLeaf(here.value)} ${said}`
  return said.includes(String(here.value)) ? said : `${showLeaf(here.value)} is not allowed here: ${said}`
}

const showLeaf = (value: string | number | boolean): string =>
  typeof value === 'string' ? quoted(value) : String(value)

const ended = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`)

const withAdvice = (message: string, advice: string | undefined, position: Position): Problem => ({
  message,
  ...(advice === undefined ? {} : { advice }),
  position,
})

const missing = (path: Path, { tree, start, within = 'the file' }: Explaining): Problem => {
  const parent = path.slice(0, -1)
  const inside = parent.length === 0 ? within : parent.join('.')
  const key = path.at(-1) ?? ''
  return {
    message: `${key}: is missing in ${inside}.`,
    advice: `Add a line \`${key}: …\`.`,
    position: placeOf(tree, parent) ?? start,
  }
}

const sentenceOf = (issue: Issue, here: Tree): readonly [string, string?] => {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, here)
    case 'invalid_value':
      return wrongValue(issue.values.map(String), here)
    case 'too_small':
      return [
        `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit(issue.origin)}.`,
      ]
    case 'too_big':
      return [
        `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unit(issue.origin)}.`,
      ]
    case 'not_multiple_of':
      return [`must be a multiple of ${issue.divisor}.`]
    case 'invalid_format':
      return [`does not have the right form${issue.pattern === undefined ? '' : ` (${issue.pattern})`}.`]
    default:
      return ['is not allowed.']
  }
}

const unit = (origin: string): string =>
  origin === 'string'
    ? ' characters long'
    : origin === 'array' || origin === 'map' || origin === 'set'
      ? ' entries'
      : ''

const wrongType = (expected: string, here: Tree): readonly [string, string?] => {
  const message = `expected ${whatWasExpected(expected)}, got ${whatItIs(here)}.`
  if (here.type === 'leaf' && here.value === null) return [message, 'Write a value, or take the line out.']
  if (here.type !== 'leaf') return [message]
  if (expected === 'string') return [message, `Write it in quotes: "${here.written ?? String(here.value)}".`]
  if (typeof here.value !== 'string') return [message]
  const isOne = expected === 'boolean' ? /^(true|false)$/ : /^-?\d+(\.\d+)?$/
  if (!['number', 'int', 'boolean'].includes(expected)) return [message]
  if (isOne.test(here.value)) return [message, 'Write it without quotes.']
  return [
    message,
    expected === 'boolean' ? 'Write true or false.' : 'Write the number alone, without a unit.',
  ]
}

const wrongValue = (values: readonly string[], here: Tree): readonly [string, string?] => {
  if (here.type !== 'leaf' || here.value === null)
    return [`expected ${oneOf(values)}, got ${whatItIs(here)}.`]
  const near = nearest(String(here.value), values)
  const known = values.length === 1 ? `must be ${values[0]}` : `is not one of ${values.join(', ')}`
  const message = `${showLeaf(here.value)} ${known}.`
  return near === undefined ? [message] : [message, `Did you mean ${near}?`]
}

const unknownKey = (key: string, path: Path, unknown: readonly string[], explaining: Explaining): Problem => {
  const position = placeOf(explaining.tree, [...path, key]) ?? explaining.start
  const at = memberOf(treeAt(explaining.tree, path), key)?.key
  const place = at !== undefined && 'file' in at ? at : position
  const shown = key.length > 60 ? `${key.slice(0, 60)}…` : key
  const hint = explaining.hints?.get(key)
  if (hint !== undefined) return { message: `${shown}: ${hint}`, position: place }
  const known = knownKeys(explaining.schema(), path)
  if (known.includes(key)) return elsewhere(shown, path, unknown, explaining, place)
  const near = nearest(key, known)
  const message = `${shown}: unknown key.${near === undefined ? '' : ` Did you mean ${near}?`}`
  const list = [...known].sort().join(', ')
  return withAdvice(message, near === undefined && list !== '' ? `Known here: ${list}.` : undefined, place)
}

/** A key of another form of the same section: what stands beside it says that this form is meant. */
const elsewhere = (
  key: string,
  path: Path,
  unknown: readonly string[],
  { tree }: Explaining,
  place: Position,
): Problem => {
  const here = treeAt(tree, path)
  // What was filled in has the place of the map.
  const written =
    here?.type === 'map' ? [...here.members].filter(([, member]) => member.key !== here.source) : []
  const beside = written.map(([one]) => one).filter(one => !unknown.includes(one))
  return withAdvice(
    `${key}: has no place beside ${beside.length === 0 ? 'the rest' : oneOf(beside)}.`,
    'Take it out, or write the other form.',
    place,
  )
}

const wrongName = (issue: Issue & { code: 'invalid_key' }, path: Path, explaining: Explaining): Problem => {
  const key = path.at(-1) ?? ''
  const said = issue.issues.map(({ message }) => message).find(message => message !== unwritten)
  const member = memberOf(treeAt(explaining.tree, path.slice(0, -1)), key)
  const place = member !== undefined && 'file' in member.key ? member.key : explaining.start
  return {
    message: `${quoted(key)} ${ended(said ?? 'is not a name that can be used here')}`,
    position: place,
  }
}

/** The branch that came nearest: the one whose complaints lie deepest, then the one with the fewest. */
const explainUnion = (
  issue: Issue & { code: 'invalid_union' },
  path: Path,
  explaining: Explaining,
): readonly Problem[] => {
  const here = treeAt(explaining.tree, path)
  const branches = issue.errors.filter(errors => errors.length > 0)
  const fitting = branches.filter(
    errors => !errors.some(({ code, path: at }) => code === 'invalid_type' && at.length === 0),
  )
  const best = [...fitting].sort((a, b) => penalty(a) - penalty(b))[0]
  if (here !== undefined && best !== undefined) {
    return best.flatMap(inner => explainOne(inner, [...path, ...inner.path.map(String)], explaining))
  }
  if (here === undefined) return [missing(path, explaining)]
  const position = placeOf(explaining.tree, path) ?? explaining.start
  if (issue.message !== unwritten) return [{ message: `${labelOf(path)}: ${ended(issue.message)}`, position }]
  const expected = branches.flatMap(errors =>
    errors.flatMap(one => ('expected' in one ? [whatWasExpected(one.expected)] : [])),
  )
  const words = oneOf([...new Set(expected)])
  return [
    {
      message: `${labelOf(path)}: expected ${words === '' ? 'something else' : words}, got ${whatItIs(here)}.`,
      position,
    },
  ]
}

/** Unknown keys and wrong kinds of things weigh most: they say that another branch was meant. */
const penalty = (errors: readonly Issue[]): number =>
  errors.reduce(
    (sum, one) =>
      sum + (one.code === 'unrecognized_keys' ? 6 * one.keys.length : one.code === 'invalid_value' ? 3 : 1),
    0,
  )

const labelOf = (path: Path): string => {
  const last = path.at(-1) ?? 'the file'
  return /^\d+$/.test(last) ? `${path.at(-2) ?? ''}[${last}]` : last
}
