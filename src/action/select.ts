import { createLoad } from '../commands/load.ts'
import { type Selection, selectEnvironments } from '../commands/merge.ts'
import { SlipwayError } from '../core/problem.ts'
import { engine } from '../engine.ts'
import { identitiesAt } from './identities.ts'
import { annotateFailures } from './runner.ts'
import type { Session } from './session.ts'

/** Only the default branch is applied: whoever can push elsewhere could otherwise pick what runs. */
export const requireDefaultBranch = ({ event, hosting }: Session): void => {
  const branch = event.name === 'push' || event.name === 'workflow_dispatch' ? event.branch : undefined
  if (branch === hosting.defaultBranch) return
  throw new SlipwayError(
    `Only ${hosting.defaultBranch} is applied, not ${branch ?? `a ${eventName(event)} run`}.`,
    {
      advice: `Run this on a push to ${hosting.defaultBranch}, or dispatch it there.`,
    },
  )
}

const eventName = (event: Session['event']): string => (event.name === 'other' ? event.event : event.name)

/** Finds the environments that have to be converged, for the matrix of the jobs that do it. */
export const select = async (session: Session): Promise<Selection> => {
  requireDefaultBranch(session)
  const { hosting, inputs, runner } = session
  const head = await hosting.head(hosting.defaultBranch)
  const identities = await identitiesAt(hosting, head, inputs)
  const reading = {
    hosting,
    load: createLoad(),
    applier: (project: string) => identities(project).applier,
  }
  const { unprotected, environment: only } = inputs
  const selection = await selectEnvironments(reading, engine, { unprotected, only })
  runner.output('matrix', JSON.stringify(selection.selected))
  runner.output('has-changes', String(selection.selected.length > 0))
  const names = selection.selected.map(({ environment }) => environment)
  runner.say(
    names.length === 0 ? 'Every environment is as it was applied.' : `To be applied: ${names.join(', ')}.`,
  )
  annotateFailures(runner, selection.failures)
  if (selection.failures.length > 0) runner.fail('Some environments cannot be applied; the others go on.')
  return selection
}
