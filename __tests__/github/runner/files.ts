import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const NAMES = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'] as const

/** The files through which a step talks to the runner. */
export type FileName = (typeof NAMES)[number]

/** What a step wrote into them. */
export interface FileCommands {
  readonly outputs: Readonly<Record<string, string>>
  readonly state: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  readonly path: readonly string[]
  /** Markdown as written, not masked; empty if it was dropped for its size. */
  readonly summary: string
  /** What the runner would complain about. */
  readonly problems: readonly string[]
}

/** Makes empty files in `dir`, and gives their environment variables. */
export const createFiles = (dir: string, step: number): Readonly<Record<FileName, string>> => {
  const paths = NAMES.map(name => [name, join(dir, `${name.toLowerCase()}_${step}`)] as const)
  for (const [, path] of paths) writeFileSync(path, '')
  return Object.fromEntries(paths) as Record<FileName, string>
}

/** Reads `name=value` lines and `name<<DELIMITER` blocks; throws on what the runner calls invalid. */
export const parsePairs = (text: string): Readonly<Record<string, string>> => {
  const lines = text.split(/\r?\n/)
  const pairs: (readonly [string, string])[] = []
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? ''
    if (line === '') continue
    const block = /^([^=<]*)<<(.+)$/.exec(line)
    if (block === null) {
      const at = line.indexOf('=')
      if (at < 1) throw new Error(`Invalid format '${line}'`)
      pairs.push([line.slice(0, at), line.slice(at + 1)])
      continue
    }
    const [, name = '', delimiter = ''] = block
    const end = lines.indexOf(delimiter, i + 1)
    if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`)
    pairs.push([name, lines.slice(i + 1, end).join('\n')])
    i = end
  }
  return Object.fromEntries(pairs)
}

/** A larger summary is dropped with an error, and the step stays green. */
const MAX_SUMMARY = 1024 * 1024

const summaryOf = (path: string, problems: string[]): string => {
  const bytes = readFileSync(path)
  if (bytes.length <= MAX_SUMMARY) return bytes.toString('utf8')
  problems.push(
    `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${bytes.length}`,
  )
  return ''
}

/** Reads the files after a step. */
export const readFiles = (files: Readonly<Record<FileName, string>>): FileCommands => {
  const problems: string[] = []
  const pairs = (name: FileName): Readonly<Record<string, string>> => {
    try {
      return parsePairs(readFileSync(files[name], 'utf8'))
    } catch (error) {
      problems.push(`Unable to process ${name}: ${error instanceof Error ? error.message : ''}`)
      return {}
    }
  }
  const { NODE_OPTIONS: forbidden, ...env } = pairs('GITHUB_ENV')
  if (forbidden !== undefined)
    problems.push("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.")
  return {
    outputs: pairs('GITHUB_OUTPUT'),
    state: pairs('GITHUB_STATE'),
    env,
    path: readFileSync(files.GITHUB_PATH, 'utf8').split('\n').filter(Boolean),
    summary: summaryOf(files.GITHUB_STEP_SUMMARY, problems),
    problems,
  }
}
