import { checkMergeGroup } from '../commands/merge-group.ts'
import { showPath } from '../core/json.ts'
import { queuedPulls } from '../github/index.ts'
import { renderSummary } from '../render/markdown/plan-comment.ts'
import { commentOf, leavePlans } from './plan.ts'
import { annotateFailures } from './runner.ts'
import { type Session, withBench } from './session.ts'

/** Plans a merge group again; fails unless everything in it was reviewed. */
export const checkQueue = async (
  session: Session,
  { ref, head }: { readonly ref: string; readonly head: string },
): Promise<void> => {
  const { runner, hosting, api } = session
  const { pulls, base } = await queuedPulls(api, ref, hosting.defaultBranch)
  runner.say(`In this group: ${pulls.map(number => `#${number}`).join(', ')}, on ${base.slice(0, 7)}.`)
  await withBench(session, { role: 'planner', commit: base }, async ({ bench, reading }) => {
    const check = await checkMergeGroup({ head, base, pulls }, bench, reading)
    leavePlans(session, check.planned)
    runner.summary(renderSummary(commentOf(session, { bench, reading }, check.planned, head)))
    annotateFailures(runner, check.planned.failures)
    for (const { file, problems } of check.planned.document.plans)
      annotateFailures(runner, [{ file, problems }])
    for (const { plan, changes } of check.uncovered) {
      for (const { address, path, reason } of changes) {
        const what = path === '' ? address : `${address} ${showPath([path])}`
        runner.problem({ address, message: `${plan.environment}: ${what}: ${reason}.`, advice: replan })
      }
    }
    if (check.uncovered.length > 0) for (const { message } of check.missing) runner.warn(message)
    const blocked = check.planned.document.plans.filter(({ problems }) => problems.length > 0)
    const stopped = check.planned.failures.length + blocked.length + check.uncovered.length
    if (stopped > 0) runner.fail('The queue would apply something that was not reviewed as it is now.')
  })
}

const replan = 'Update the pull request, so that it is planned and reviewed as it would be applied now.'
