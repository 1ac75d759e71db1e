import { type Converged, convergeEnvironment } from '../commands/merge.ts'
import type { Report } from '../core/hosting.ts'
import { succeeded } from '../core/outcome.ts'
import { planDigest } from '../core/plan.ts'
import { SlipwayError } from '../core/problem.ts'
import { type OutcomeComment, renderOutcome, renderOutcomeSummary } from '../render/markdown/outcome.ts'
import { type Refusal, renderRefusal, renderRefusalSummary } from '../render/markdown/refusal.ts'
import { outputsOf } from './plan.ts'
import { comment } from './report.ts'
import { annotateFailures, showError } from './runner.ts'
import { requireDefaultBranch, select } from './select.ts'
import { originOf, type Session, withBench } from './session.ts'

/** The file that an apply job leaves for the one that reports. */
export const reportFile = 'slipway-report.json'

/** Applies one environment at the head of the default branch. */
export const applyOne = async (session: Session, environment: string): Promise<Report | undefined> => {
  requireDefaultBranch(session)
  const { hosting, event, inputs, runner } = session
  const head = await hosting.head(hosting.defaultBranch)
  return withBench(session, { role: 'applier', commit: head }, async ({ bench, reading }) => {
    const runCommit = event.name === 'push' ? event.sha : undefined
    const request = { environment, runCommit, approved: inputs.approve }
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
  })
}

type Ended<Ending> = Extract<Converged, { readonly ended: Ending }>

const refused = (session: Session, converged: Ended<'refused'>, calls: number): Report => {
  const { plan, uncovered, missing } = converged
  const { runner, hosting, place } = session
  const reason = missing.map(({ message }) => `${message}.`).join(' ')
  const refusal: Refusal = {
    ...{ plan, uncovered, ...(reason === '' ? {} : { reason }) },
    origin: originFor(session, converged, calls),
    workflow: place.workflow.split('/').at(-1) ?? place.workflow,
    branch: hosting.defaultBranch,
  }
  outputsOf(session, [plan])
  runner.summary(renderRefusalSummary(refusal))
  annotateFailures(runner, [{ file: plan.file, problems: plan.problems }])
  for (const { address, path, reason: why } of uncovered)
    runner.problem({ address, message: `${address}${path === '' ? '' : ` ${path}`}: ${why}.` })
  runner.fail(
    plan.problems.length > 0
      ? `${plan.environment} was not touched: its plan has problems.`
      : `${plan.environment} was not touched: something in it was not reviewed. To approve exactly what the summary shows, dispatch ${refusal.workflow} with environment ${plan.environment} and approve ${planDigest(plan)}`,
  )
  return { environment: plan.environment, pulls: numbers(converged), body: renderRefusal(refusal) }
}

const done = (session: Session, converged: Ended<'done'>, calls: number): Report => {
  const { plan, result, pulls } = converged
  const { runner } = session
  const [only] = pulls
  const outcome: OutcomeComment = {
    environments: [{ plan, result }],
    origin: originFor(session, converged, calls),
    ...(only === undefined || pulls.length > 1 ? {} : { actor: only.actor, pullRequest: only.number }),
  }
  outputsOf(session, [plan])
  runner.output(
    'environment-urls',
    JSON.stringify(result.url === undefined ? {} : { [plan.environment]: result.url }),
  )
  runner.summary(renderOutcomeSummary(outcome))
  const problems = [...result.outcomes.flatMap(({ problem }) => problem ?? []), ...result.left]
  annotateFailures(runner, [{ file: plan.file, problems }])
  if (!succeeded(result))
    runner.fail(`${plan.environment} is not applied whole; running this again goes on with it.`)
  return { environment: plan.environment, pulls: numbers(converged), body: renderOutcome(outcome) }
}

const numbers = ({ pulls }: Ended<'refused' | 'done'>): readonly number[] => pulls.map(({ number }) => number)

const originFor = (session: Session, { plan, past, commit }: Ended<'refused' | 'done'>, calls: number) =>
  originOf(session, {
    base: past.history?.applied?.sha ?? commit,
    head: commit,
    sha256: planDigest(plan),
    identity: session.inputs.applier,
    calls,
  })

/** Applies the environment that the job is for, and leaves a report for the job that writes comments. */
export const applyNamed = async (session: Session, environment: string): Promise<void> => {
  const report = await applyOne(session, environment)
  if (report === undefined) return
  session.runner.output('report-path', session.runner.file(reportFile, JSON.stringify(report)))
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
