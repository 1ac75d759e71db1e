import { pullsBehind } from '../commands/reviews.ts'
import type { Reading } from '../commands/snapshot.ts'
import type { Pull, Report } from '../core/hosting.ts'
import { ProblemsError, SlipwayError, showProblem } from '../core/problem.ts'
import { type OutcomeComment, renderOutcome, renderOutcomeSummary } from '../render/markdown/outcome.ts'
import { listed } from '../render/text.ts'
import { showError } from './runner.ts'
import { originOf, type Session } from './session.ts'

/** Where an apply broke off. */
export interface Broken {
  readonly environment: string
  /** The head of the default branch. */
  readonly commit: string
  /** A record had been begun: something may have been written. */
  readonly begun: boolean
}

/**
 * Tells of an apply that broke off before it had an outcome, most often because the environment could not be planned:
 * in the log, in the summary, and in the comments of the pull requests that wait for it.
 */
export const unapplied = async (
  session: Session,
  reading: Reading,
  { environment, commit, begun }: Broken,
  error: unknown,
): Promise<Report> => {
  const { runner } = session
  showError(runner, error)
  const outcome = outcomeOf(session, { environment, commit, begun }, reasonOf(error))
  runner.summary(renderOutcomeSummary(outcome))
  const pulls = await pullsBehind(reading, commit, environment).catch(cause => {
    const why = cause instanceof Error ? cause.message : String(cause)
    runner.warn(`The pull requests that brought this cannot be told, so no comment is written: ${why}`)
    return []
  })
  return { environment, pulls: pulls.map(({ number }) => number), body: renderOutcome(outcome) }
}

/** The same of an apply that has to end at once, since the run was cancelled and something does not come to its end. */
export const interrupted = (
  session: Session,
  {
    environment,
    commit,
    pulls,
  }: Pick<Broken, 'environment' | 'commit'> & { readonly pulls: readonly Pull[] },
  running: readonly string[],
): Report => {
  const under = running.length === 0 ? '' : ` ${listed(running)} had been begun, and may go on at Google.`
  const reason = `The run was stopped.${under} Nothing else was begun.`
  const outcome = outcomeOf(session, { environment, commit, begun: true }, reason)
  return { environment, pulls: pulls.map(({ number }) => number), body: renderOutcome(outcome) }
}

const outcomeOf = (
  session: Session,
  { environment, commit, begun }: Broken,
  reason: string,
): OutcomeComment => ({
  environments: [],
  untouched: [{ environment, begun, reason }],
  origin: originOf(session, {
    ...{ base: commit, head: commit, sha256: '', calls: 0 },
    identity: session.inputs.applier,
  }),
})

const reasonOf = (error: unknown): string => {
  if (error instanceof ProblemsError) return error.problems.map(showProblem).join(' ')
  if (!(error instanceof SlipwayError))
    return 'This is a defect of Slipway; its log has more. Please report it.'
  return [error.message, ...(error.advice === undefined ? [] : [error.advice])].join(' ')
}
