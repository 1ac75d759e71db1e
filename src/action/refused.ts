import type { Converged } from '../commands/merge.ts'
import type { Report } from '../core/hosting.ts'
import { planDigest } from '../core/plan.ts'
import { type Refusal, renderRefusal, renderRefusalSummary } from '../render/markdown/refusal.ts'
import { outputsOf } from './plan.ts'
import { annotateFailures } from './runner.ts'
import { originFor, type Session } from './session.ts'

/**
 * Tells of an environment that was stopped before its first write. A plan that was refused before is no news: it is said
 * where it was told, and how to approve it; a comment that tells of it already is left as it is.
 */
export const refused = async (
  session: Session,
  converged: Extract<Converged, { readonly ended: 'refused' }>,
  calls: number,
): Promise<Report> => {
  const { plan, uncovered, digest } = converged
  const { runner } = session
  const before = plan.problems.length > 0 ? undefined : await earlier(session, converged)
  const refusal = refusalOf(session, converged, calls, before)
  outputsOf(session, [plan])
  runner.summary(renderRefusalSummary(refusal))
  annotateFailures(runner, [{ file: plan.file, problems: plan.problems }])
  if (before === undefined && plan.problems.length === 0) {
    for (const { address, path, reason: why } of uncovered)
      runner.problem({ address, message: `${address}${path === '' ? '' : ` ${path}`}: ${why}.` })
  }
  runner.fail(verdict(refusal))
  const pulls = converged.pulls.map(({ number }) => number)
  return { environment: plan.environment, pulls, body: renderRefusal(refusal), refused: digest }
}

const refusalOf = (
  session: Session,
  converged: Extract<Converged, { readonly ended: 'refused' }>,
  calls: number,
  before: string | undefined,
): Refusal => {
  const { plan, uncovered, missing, digest } = converged
  const { hosting, place, inputs } = session
  const reasons = [
    ...(inputs.approve.size > 0 && !inputs.approve.has(digest) ? [otherApproved] : []),
    ...missing.map(({ message }) => `${message}.`),
  ]
  return {
    ...{ plan, uncovered, ...(reasons.length === 0 ? {} : { reason: reasons.join(' ') }) },
    ...(before === undefined ? {} : { before }),
    origin: originFor(session, converged, calls),
    workflow: place.workflow.split('/').at(-1) ?? place.workflow,
    branch: hosting.defaultBranch,
  }
}

const otherApproved =
  'What was approved is the digest of another plan: something has changed since, or it was not copied whole.'

const verdict = ({ plan, before, reason, workflow }: Refusal): string => {
  const name = plan.environment
  if (plan.problems.length > 0) return `${name} was not touched: its plan has problems.`
  const why =
    before === undefined
      ? 'something in it was not reviewed.'
      : `this plan was refused before, by ${before}, and nobody has approved it since.`
  const approved = reason?.startsWith(otherApproved) ? ` ${otherApproved}` : ''
  return `${name} was not touched: ${why}${approved} To approve exactly what the summary shows, dispatch ${workflow} with environment ${name} and approve ${planDigest(plan)}`
}

/** The run that refused this plan before; if there is none, this one is remembered. Neither is worth failing for. */
const earlier = async (
  { hosting, runner }: Session,
  { plan, digest, commit }: Extract<Converged, { readonly ended: 'refused' }>,
): Promise<string | undefined> => {
  try {
    const found = await hosting.refusals.find(plan.environment, digest)
    if (found === undefined)
      await hosting.refusals.keep({ environment: plan.environment, digest, sha: commit })
    return found
  } catch (error) {
    runner.warn(
      `The refusal could not be remembered: ${error instanceof Error ? error.message : String(error)}`,
    )
    return undefined
  }
}
