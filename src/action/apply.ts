import { loadEnvironments } from '../commands/load.ts'
import { type Converged, convergeEnvironment } from '../commands/merge.ts'
import type { Reading } from '../commands/snapshot.ts'
import type { Pull, Report } from '../core/hosting.ts'
import { succeeded } from '../core/outcome.ts'
import { SlipwayError } from '../core/problem.ts'
import { type OutcomeComment, renderOutcome, renderOutcomeSummary } from '../render/markdown/outcome.ts'
import { outputsOf } from './plan.ts'
import { refused } from './refused.ts'
import { comment } from './report.ts'
import { annotateFailures, showError } from './runner.ts'
import { requireDefaultBranch, select } from './select.ts'
import { type Bench, originFor, type Session, withBench } from './session.ts'
import { interrupted, unapplied } from './unapplied.ts'

/** The file that an apply job leaves for the one that reports. */
export const reportFile = 'slipway-report.json'

/** Applies one environment at the head of the default branch; what breaks off before it has an outcome is told, too. */
export const applyOne = async (session: Session, environment: string): Promise<Report | undefined> => {
  requireDefaultBranch(session)
  const { hosting, stop } = session
  const commit = await hosting.head(hosting.defaultBranch)
  let begun = false
  const onBegin = (pulls: readonly Pull[]) => {
    begun = true
    stop.lastWord(running => leave(session, interrupted(session, { environment, commit, pulls }, running)))
  }
  return withBench(session, { role: 'applier', commit }, bench =>
    converge(session, environment, bench, onBegin),
  )
    .catch(error => unapplied(session, readingOf(session), { environment, commit, begun }, error))
    .finally(() => stop.lastWord(undefined))
}

const leave = ({ runner }: Session, report: Report): void =>
  runner.output('report-path', runner.file(reportFile, JSON.stringify(report)))

const converge = async (
  session: Session,
  environment: string,
  { bench, reading }: Bench,
  onBegin: (pulls: readonly Pull[]) => void,
): Promise<Report | undefined> => {
  const { hosting, event, inputs, runner } = session
  const dispatched = event.name === 'workflow_dispatch'
  const runCommit = dispatched || event.name === 'push' ? event.sha : undefined
  const request = { environment, runCommit, dispatched, approved: inputs.approve, onBegin }
  const converged = await convergeEnvironment(request, bench, reading)
  switch (converged.ended) {
    case 'already':
      runner.notice(`${environment} is applied as it is at the head of ${hosting.defaultBranch}.`)
      return undefined
    case 'superseded':
      runner.notice(
        `${environment} changed again since ${runCommit?.slice(0, 7)}: this run is superseded, the later one applies it.`,
      )
      return undefined
    case 'refused':
      return refused(session, converged, bench.calls())
    case 'done':
      return done(session, converged, bench.calls())
    default:
      return converged satisfies never
  }
}

/** Reads the repository without an identity. */
const readingOf = ({ hosting, inputs }: Session): Reading => ({
  hosting,
  load: loadEnvironments,
  applier: () => inputs.applier,
})

const done = (
  session: Session,
  converged: Extract<Converged, { readonly ended: 'done' }>,
  calls: number,
): Report => {
  const { plan, result, pulls } = converged
  const { runner } = session
  const actors = [...new Set(pulls.map(({ actor }) => actor))]
  const outcome: OutcomeComment = {
    environments: [{ plan, result }],
    origin: originFor(session, converged, calls),
    pullRequests: pulls.map(({ number }) => number),
    ...(actors.length === 1 && actors[0] !== undefined ? { actor: actors[0] } : {}),
  }
  outputsOf(session, [plan])
  runner.output(
    'environment-urls',
    JSON.stringify(result.url === undefined ? {} : { [plan.environment]: result.url }),
  )
  runner.summary(renderOutcomeSummary(outcome))
  const begun = result.outcomes.filter(({ ending }) => ending !== 'skipped' && ending !== 'stopped')
  const problems = [...begun.flatMap(({ problem }) => problem ?? []), ...result.left]
  annotateFailures(runner, [{ file: plan.file, problems }])
  if (!succeeded(result))
    runner.fail(`${plan.environment} is not applied whole; running this again goes on with it.`)
  return {
    environment: plan.environment,
    pulls: pulls.map(({ number }) => number),
    body: renderOutcome(outcome),
  }
}

/** Applies the environment that the job is for, and leaves a report for the job that writes comments. */
export const applyNamed = async (session: Session, environment: string): Promise<void> => {
  const report = await applyOne(session, environment)
  if (report !== undefined) leave(session, report)
}

/**
 * Applies whatever has to be, in one job. A job that names no GitHub environment passes nobody's approval: those that
 * ask for one are left to the apply workflow.
 */
export const applyAll = async (session: Session): Promise<void> => {
  const { selected } = await select(session)
  const reports: Report[] = []
  for (const { environment } of selected) {
    if (session.stop.signal.aborted) break
    // What goes wrong with one environment is no reason to leave another one, or to keep quiet about it.
    const report = await ungated(session, environment).catch(error => showError(session.runner, error))
    if (report !== undefined) reports.push(report)
  }
  await comment(session, reports)
}

const ungated = async (session: Session, environment: string): Promise<Report | undefined> => {
  if ((await session.hosting.protection(environment)) !== 'gated') return applyOne(session, environment)
  throw new SlipwayError(
    `The GitHub environment ${environment} asks for approval, which this job has not got.`,
    { advice: 'Call the reusable workflow apply.yml, whose jobs name the environment.' },
  )
}
