import type { Failure } from '../commands/load.ts'
import { type PullRequest, type PullRequestPlan, planPullRequest } from '../commands/pull-request.ts'
import { overlookedFiles } from '../commands/snapshot.ts'
import type { Hosting, Pull } from '../core/hosting.ts'
import { countsOf, isEmpty, type Plan, planDigest } from '../core/plan.ts'
import { type Problem, SlipwayError } from '../core/problem.ts'
import { planFile } from '../github/index.ts'
import type { PlanComment } from '../render/markdown/input.ts'
import { renderPlanComment, renderSummary } from '../render/markdown/plan-comment.ts'
import { identitiesFile, identitiesText, parseIdentities } from './identities.ts'
import { annotateFailures } from './runner.ts'
import { type Bench, originOf, type Session, withBench } from './session.ts'

/** Plans a pull request, leaves the plan for its artifact, and writes the one comment. */
export const planPullRequestEvent = async (
  session: Session,
  pull: PullRequest,
  options: { readonly comment: boolean },
): Promise<void> => {
  const { hosting, runner } = session
  const now = await hosting.pull(pull.number)
  const merge = await currentMerge(hosting, pull, now)
  const base = (await hosting.parents(merge))[0] ?? merge
  await withBench(session, { role: 'planner', commit: base }, async ({ bench, reading }) => {
    const planned = await planPullRequest({ ...pull, merge, base }, bench, reading)
    const wrong = [...planned.failures, ...(await identityFailures(session, merge))]
    const shown = commentOf(session, { bench, reading }, { ...planned, failures: wrong }, pull.head)
    const comment = now.base === hosting.defaultBranch ? shown : appliedLater(shown, hosting)
    for (const path of await overlookedFiles(hosting, base, merge)) runner.warn(overlooked(path))
    leavePlans(session, planned)
    runner.summary(renderSummary(comment))
    if (options.comment) await writeComment(session, pull, comment)
    judge(session, planned.document.plans, wrong)
  })
}

/**
 * What merging would make now. The event names what it would have made then: a run that is run again, or began late, would show
 * as taken away what was merged and applied since.
 */
const currentMerge = async (
  hosting: Hosting,
  { head, merge }: PullRequest,
  { testMerge }: Pull,
): Promise<string> => {
  if (testMerge === undefined || testMerge === merge) return merge
  // It is another head's, if there is a newer commit or GitHub has not come to this one yet.
  return (await hosting.parents(testMerge))[1] === head ? testMerge : merge
}

/** Of a pull request into another branch, with which all that its base holds gets to the default one. */
const appliedLater = (comment: PlanComment, { defaultBranch }: Hosting): PlanComment => ({
  ...comment,
  pending: [],
  appliedIn: defaultBranch,
})

const overlooked = (path: string): string =>
  `${path} is not read: an environment is a file right below environments/ whose name ends in .yaml or .yml.`

/** The identities' file as the pull request would leave it: it counts only once it is merged, but it must be right then. */
const identityFailures = async ({ hosting }: Session, merge: string): Promise<readonly Failure[]> => {
  const text = await identitiesText(hosting, merge)
  const parsed = text === undefined ? undefined : parseIdentities(text)
  return parsed !== undefined && 'problems' in parsed
    ? [{ file: identitiesFile, problems: parsed.problems }]
    : []
}

/** What the comment and the summary are made of. */
export const commentOf = (
  session: Session,
  { bench }: Bench,
  { base, sha256, document, failures, pending, dropped, notApplied }: PullRequestPlan,
  head: string,
): PlanComment => {
  const identity = session.inputs.planner
  return {
    plans: document.plans,
    failures: failures.map(({ file, problems }) => ({ environment: nameOf(file), file, problems })),
    pending,
    dropped,
    notApplied,
    origin: originOf(session, { base, head, sha256, calls: bench.calls(), identity }),
  }
}

const nameOf = (file: string): string => (file.split('/').at(-1) ?? file).replace(/\.ya?ml$/, '')

/** The artifact's file, and the outputs that say what is in it. */
export const leavePlans = ({ runner }: Session, { document, json }: PullRequestPlan): void => {
  runner.output('plan-path', runner.file(planFile, json))
  outputsOf({ runner }, document.plans)
}

/** Counts, digests and whether anything would change. */
export const outputsOf = ({ runner }: Pick<Session, 'runner'>, plans: readonly Plan[]): void => {
  const counts = plans.map(countsOf)
  const sum = (key: keyof ReturnType<typeof countsOf>) => counts.reduce((total, one) => total + one[key], 0)
  runner.output(
    'counts',
    JSON.stringify({
      create: sum('create'),
      change: sum('change'),
      adopt: sum('adopt'),
      interrupts: sum('interrupts'),
      remove: sum('remove'),
      refused: sum('refused'),
    }),
  )
  runner.output('digest', plans.map(planDigest).join(' '))
  runner.output('has-changes', String(plans.some(plan => !isEmpty(plan))))
}

/** Only while the planned commit is still the head: a later one has a run of its own. */
const writeComment = async (
  { hosting, runner, redactor, stop }: Session,
  { number, head }: PullRequest,
  comment: PlanComment,
): Promise<void> => {
  if (stop.signal.aborted) {
    runner.notice(
      `This run was stopped, so its plan does not count: the comment on #${number} is left as it is.`,
    )
    return
  }
  const now = await hosting.pull(number)
  if (now.head !== head) {
    runner.notice(
      `#${number} moved on to ${now.head.slice(0, 7)} while ${head.slice(0, 7)} was planned: no comment is written.`,
    )
    return
  }
  if (now.merged !== undefined) {
    runner.notice(`#${number} is merged: its comment tells what became of it, and is left as it is.`)
    return
  }
  // A pull request that changes no environment gets no comment, but an earlier one must not go on telling what was.
  const empty = comment.plans.length + comment.failures.length + (comment.dropped ?? []).length === 0
  const body = redactor.scrub(renderPlanComment(comment))
  await hosting.comment(number, earlier => (empty && earlier === undefined ? undefined : body))
  runner.say(empty ? 'No environment is changed.' : `The comment on #${number} is written.`)
}

/** The check fails if anything stands in the way. */
const judge = ({ runner }: Session, plans: readonly Plan[], failures: readonly Failure[]): void => {
  annotateFailures(runner, failures)
  for (const { file, problems } of plans) annotateFailures(runner, [{ file, problems }])
  const refused: readonly Problem[] = plans.flatMap(({ problems }) => problems)
  const wrong = failures.flatMap(({ problems }) => problems).length + refused.length
  if (wrong > 0) runner.fail(`This cannot be merged yet: ${wrong} ${wrong === 1 ? 'problem' : 'problems'}.`)
}

/** A plan that was asked for by hand, of a pull request as it would merge now: for the summary; it covers nothing. */
export const planDispatched = async (session: Session, number: number): Promise<void> => {
  const pull = await session.hosting.pull(number)
  if (pull.testMerge === undefined) {
    throw new SlipwayError(`#${number} cannot be planned: it is closed, or it conflicts with ${pull.base}.`, {
      advice: 'Plan an open pull request that can be merged.',
    })
  }
  session.runner.notice(
    `A plan by hand is in the summary only: what is reviewed is the comment on #${number}, by its own run.`,
  )
  await planPullRequestEvent(session, { number, head: pull.head, merge: pull.testMerge }, { comment: false })
}
