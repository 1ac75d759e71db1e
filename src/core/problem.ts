/** A place in a file; line and column count from 1. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What it takes to see something, and whoever reads does not have. Google says the same of a project that is not there. */
export interface Lack {
  readonly project: string
  readonly permission: string
}

/** Something a person has to act on: `message` says what is wrong, `advice` what to do. */
export interface Problem {
  readonly message: string
  readonly advice?: string
  readonly position?: Position
  /** The resource it is about. */
  readonly address?: string
  /** Set if it is only that it cannot be seen. */
  readonly lacks?: Lack
}

/** Where a value of a spec comes from: a line of a file, or a preset. */
export type Source = Position | { readonly preset: string }

/** True for a source in a file. */
export const isPosition = (source: Source | undefined): source is Position =>
  source !== undefined && 'file' in source

/** `file:line:column  message. advice`, the form of every error about a file. */
export const showProblem = ({ message, advice, position }: Problem): string => {
  const place = position === undefined ? '' : `${position.file}:${position.line}:${position.column}  `
  return `${place}${message}${advice === undefined ? '' : `\n  ${advice}`}`
}

/** The base of every error that Slipway throws on purpose: what failed and what to do. */
export class SlipwayError extends Error {
  /** What to do about it. */
  readonly advice: string | undefined
  constructor(
    message: string,
    options: { readonly advice?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.advice = options.advice
  }
}

/** The run was asked to stop while something that it had begun was still under way. */
export class StoppedError extends SlipwayError {}

/** Bad input: one or more problems, to be shown and never retried. */
export class ProblemsError extends SlipwayError {
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super(problems.map(showProblem).join('\n'))
    this.problems = problems
  }
}
