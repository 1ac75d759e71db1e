import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as core from '@actions/core'
import type { Failure } from '../commands/load.ts'
import { type Problem, ProblemsError, SlipwayError } from '../core/problem.ts'
import type { Redactor } from '../core/secret.ts'

/** The runner's side of a step: log, annotations, outputs, summary and files. Everything is scrubbed on its way out. */
export interface Runner {
  say(text: string): void
  notice(message: string): void
  warn(message: string): void
  /** An error at its line of the file, in the log and in the pull request's files. */
  problem(problem: Problem): void
  output(name: string, value: string): void
  summary(markdown: string): void
  /** Writes a file into the job's temporary folder; gives its path. */
  file(name: string, text: string): string
  /** Ends the step as failed. */
  fail(message: string): void
}

/** So much of a summary is shown; a larger one would be dropped whole. */
const summaryBytes = 1024 * 1024

/** The runner that these variables describe. */
export const createRunner = (env: NodeJS.ProcessEnv, redactor: Redactor): Runner => {
  const scrub = (text: string) => redactor.scrub(text)
  let written = 0
  return {
    say: text => core.info(harmless(scrub(text))),
    notice: message => core.notice(scrub(message)),
    warn: message => core.warning(scrub(message)),
    problem: problem => annotate(problem, scrub),
    output: (name, value) => core.setOutput(name, scrub(value)),
    summary: markdown => {
      const text = `${scrub(markdown)}\n\n`
      const bytes = Buffer.byteLength(text)
      if (!env.GITHUB_STEP_SUMMARY || written + bytes > summaryBytes) return
      written += bytes
      appendFileSync(env.GITHUB_STEP_SUMMARY, text)
    },
    file: (name, text) => {
      const path = join(env.RUNNER_TEMP || '.', name)
      writeFileSync(path, scrub(text), { mode: 0o600 })
      return path
    },
    fail: message => core.setFailed(scrub(message)),
  }
}

/** A line that begins with `::`, or holds `##[`, would be a command to the runner. */
const harmless = (text: string): string => text.replaceAll(/^(\s*)::/gm, '$1: :').replaceAll('##[', '# #[')

const annotate = ({ message, advice, position, address }: Problem, scrub: (text: string) => string): void => {
  const text = scrub([message, ...(advice === undefined ? [] : [advice])].join('\n'))
  core.error(text, {
    title: address ?? 'Slipway',
    ...(position === undefined
      ? {}
      : { file: position.file, startLine: position.line, startColumn: position.column }),
  })
}

/** Annotates everything that is wrong with files; one without a place goes to the first line. */
export const annotateFailures = (runner: Runner, failures: readonly Failure[]): void => {
  for (const { file, problems } of failures) {
    for (const problem of problems) {
      runner.problem({ ...problem, position: problem.position ?? { file, line: 1, column: 1 } })
    }
  }
}

/** Shows an error as one clear message. Only what is a defect of ours keeps its stack. */
export const showError = (runner: Runner, error: unknown): undefined => {
  if (error instanceof ProblemsError) for (const problem of error.problems) runner.problem(problem)
  runner.fail(messageOf(error))
}

const messageOf = (error: unknown): string => {
  if (error instanceof ProblemsError) return counted(error.problems.length)
  if (error instanceof SlipwayError)
    return [error.message, ...(error.advice === undefined ? [] : [error.advice])].join('\n')
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `This is a defect of Slipway; please report it with this text:\n${stack}`
}

const counted = (problems: number): string =>
  problems === 1 ? 'One problem stands in the way.' : `${problems} problems stand in the way.`
