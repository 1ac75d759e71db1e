import { type Document, LineCounter, parseDocument } from 'yaml'
import type { Position, Problem } from '../core/problem.ts'
import { type Parsed, treeOf } from './from-yaml.ts'
import { maxBytes } from './limits.ts'
import { syntaxProblem, withoutEchoes } from './yaml-errors.ts'

/** YAML by the core schema of 1.2, made strict: one document, plain keys, no merge keys, nothing that can blow up. */
export const parseYaml = (file: string, text: string): Parsed => {
  const refused = refuseUnread(file, text)
  if (refused !== undefined) return { tree: undefined, problems: [refused] }
  const lines = new LineCounter()
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  try {
    const document = parseDocument(text, { ...options, lineCounter: lines })
    const problems = syntaxProblems(document, at)
    return problems.length > 0 ? { tree: undefined, problems } : treeOf(document, at)
  } catch (error) {
    const problem = syntaxProblem({ code: 'IMPOSSIBLE', message: String(error) }, at(0))
    return { tree: undefined, problems: [problem] }
  }
}

const options = {
  version: '1.2',
  schema: 'core',
  strict: true,
  merge: false,
  stringKeys: true,
  prettyErrors: false,
  logLevel: 'error',
  // Duplicates are found while the tree is made; the parser's own check takes quadratic time.
  uniqueKeys: false,
} as const

const syntaxProblems = (document: Document, at: (offset: number) => Position): readonly Problem[] => {
  const version = document.directives?.yaml
  const old = version?.explicit === true && version.version !== '1.2'
  return [
    ...withoutEchoes([...document.errors, ...document.warnings])
      .slice(0, 10)
      .map(({ code, message, pos }) => syntaxProblem({ code, message }, at(pos[0]))),
    ...(old ? [{ ...oldVersion, position: at(0) }] : []),
  ]
}

const oldVersion = {
  message: 'YAML 1.1 reads `yes`, `no` and `0777` in its own way.',
  advice: 'Take the %YAML line out: environment files are YAML 1.2.',
}

/** What is refused before anything is parsed. */
const refuseUnread = (file: string, text: string): Problem | undefined => {
  if (text.length > maxBytes || Buffer.byteLength(text) > maxBytes) {
    return {
      message: `the file has ${Math.ceil(text.length / 1024)} KB; an environment file has at most ${maxBytes / 1024} KB.`,
      advice:
        'Move what makes it large (long Helm values, for example) into the chart or a second environment.',
      position: { file, line: 1, column: 1 },
    }
  }
  if (text.startsWith('\uFEFF')) {
    return {
      message: 'the file begins with a byte order mark.',
      advice: 'Save it as UTF-8 without one.',
      position: { file, line: 1, column: 1 },
    }
  }
  const index = text.search(forbidden)
  if (index < 0) return undefined
  const code = text.codePointAt(index)?.toString(16).toUpperCase().padStart(4, '0')
  const before = text.slice(0, index).split('\n')
  return {
    message: `the character U+${code} is not allowed here: it cannot be seen.`,
    advice: 'Delete it; in a quoted text write it as an escape.',
    position: { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
  }
}

/** Control characters, those that turn the direction of text around, halves of surrogate pairs, what is no text. */
const forbidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u0084\u0086-\u009F\u202A-\u202E\u2066-\u2069\uFEFF\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/
