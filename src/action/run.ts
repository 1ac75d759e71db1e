import * as core from '@actions/core'
import { SlipwayError } from '../core/problem.ts'
import { Redactor } from '../core/secret.ts'
import { applyAll, applyNamed } from './apply.ts'
import { type Command, readInputs } from './inputs.ts'
import { checkQueue } from './merge-group.ts'
import { planDispatched, planPullRequestEvent } from './plan.ts'
import { report } from './report.ts'
import { createRunner, showError } from './runner.ts'
import { select } from './select.ts'
import { openSession, type Session } from './session.ts'
import { listenForStop } from './stop.ts'
import { validate, validateRestricted } from './validate.ts'

/** Runs the action once: inputs, event, command. Never throws: what goes wrong fails the step with one message. */
export const runAction = async (env: NodeJS.ProcessEnv): Promise<void> => {
  const redactor = new Redactor(form => core.setSecret(form))
  const runner = createRunner(env, redactor)
  const stop = listenForStop(text => runner.say(text))
  try {
    const inputs = readInputs(env)
    for (const secret of [inputs.token, ...Object.values(inputs.values)]) redactor.add(secret)
    const session = openSession(env, inputs, { redactor, runner, stop })
    await commandFor(session)(session)
  } catch (error) {
    showError(runner, error)
  } finally {
    if (stop.signal.aborted) runner.fail('Stopped before the end, as asked.')
    stop.dispose()
  }
}

type Act = (session: Session) => Promise<unknown>

const acts: Readonly<Record<Exclude<Command, 'auto'>, Act>> = {
  plan: session => plan(session),
  apply: session => apply(session),
  validate,
  select,
  report,
}

const commandFor = ({ inputs, event }: Session): Act => {
  if (inputs.command !== 'auto') return acts[inputs.command]
  switch (event.name) {
    case 'pull_request':
    case 'merge_group':
      return plan
    case 'push':
      return apply
    case 'workflow_dispatch':
      return inputs.pull === undefined ? apply : plan
    case 'other':
      throw new SlipwayError(`Nothing is to be done on a ${event.event} event.`, {
        advice: 'Run Slipway on pull_request, merge_group, push and workflow_dispatch, or name a command.',
      })
    default:
      return event satisfies never
  }
}

const plan: Act = async session => {
  const { event, inputs, runner } = session
  if (event.name === 'merge_group') return checkQueue(session, event)
  if (event.name === 'pull_request') {
    if (event.closed) return runner.notice('The pull request is closed: there is nothing to plan.')
    if (event.restricted !== undefined) return validateRestricted(session, event, event.restricted)
    return planPullRequestEvent(session, event, { comment: true })
  }
  if (inputs.pull !== undefined) return planDispatched(session, inputs.pull)
  throw new SlipwayError('There is no pull request to plan.', {
    advice: 'Run plan on pull_request or merge_group, or give the input pull.',
  })
}

const apply: Act = session => {
  const { event, inputs } = session
  if (inputs.environment !== undefined) return applyNamed(session, inputs.environment)
  if (event.name === 'push') return applyAll(session)
  throw new SlipwayError('Nothing says which environment to apply.', {
    advice: 'Give the input environment.',
  })
}
