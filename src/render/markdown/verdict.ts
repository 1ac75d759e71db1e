import { type Counts, countsOf, type Plan, type Step } from '../../core/plan.ts'
import { holdsData } from '../areas.ts'
import { fateOf, isDrift, isLeftBy, leaversOf, shortSha } from '../causes.ts'
import { adopting, felt, feltOf } from '../effects.ts'
import { counted, listed, stopless } from '../text.ts'
import { isRefusal } from './alerts.ts'
import { code, prose } from './escape.ts'
import type { Failure, PlanComment } from './input.ts'

/** The first line, short enough for a phone: who reads nothing else decides rightly. Below it, what people will feel. */
export const verdict = ({ plans, failures, pending = [] }: PlanComment): string => {
  const total = sumOf(plans)
  const blocked = [...failures, ...plans.filter(({ problems }) => problems.length > 0)]
  const does = doings(total, plans)
  const subject = subjectOf([...plans, ...failures].map(({ environment }) => environment))
  const waits = plans.some(({ steps }) => steps.length > 0)
  const start =
    blocked.length > 0
      ? `**Cannot be merged yet:** ${blockedBy(plans, failures)}.`
      : does === ''
        ? `${subject === '' ? 'Plan' : `Plan for ${subject}`}: ${waits ? 'nothing to do but wait for what still runs' : 'nothing to do'}.`
        : `Plan for ${subject}: ${does}${interrupting(total)}.`
  const besides = doings({ ...total, change: possible(plans) }, plans)
  const rest = blocked.length > 0 && besides !== '' ? `Besides: ${besides}.` : ''
  const first = [`### ${start}`, losses(plans), calm(total, blocked.length, plans)]
  const second = [
    rest,
    interruptions(plans),
    putBack(plans),
    released(plans),
    firstApplies(plans),
    waiting(pending),
  ]
  return [first, second]
    .map(parts => parts.filter(part => part !== '').join(' '))
    .filter(line => line !== '')
    .join('\n\n')
}

/** Resources that would be changed besides what is refused. */
const possible = (plans: readonly Plan[]): number =>
  plans
    .flatMap(({ steps }) => steps)
    .filter(
      ({ action, changes }) => action === 'update' && changes.some(({ effect }) => effect !== 'refused'),
    ).length

const interrupting = ({ create, change, adopt, remove, interrupts }: Counts): string => {
  if (interrupts === 0) return ''
  if (create + change + adopt + remove === 1) return ', **and it interrupts people**'
  return `, **${interrupts} of them ${interrupts === 1 ? 'interrupts' : 'interrupt'} people**`
}

const subjectOf = (names: readonly string[]): string =>
  names.length <= 3 ? listed(names.map(name => code(name, 60))) : counted(names.length, 'environment')

const sumOf = (plans: readonly Plan[]): Counts => {
  const all = plans.map(countsOf)
  const sum = (key: keyof Counts) => all.reduce((total, counts) => total + counts[key], 0)
  return {
    create: sum('create'),
    change: sum('change'),
    adopt: sum('adopt'),
    interrupts: sum('interrupts'),
    remove: sum('remove'),
    refused: sum('refused'),
  }
}

const doings = ({ create, change, adopt, remove }: Counts, plans: readonly Plan[]): string =>
  [
    ...(remove > 0 ? [`**${remove} to remove**`] : []),
    ...(create > 0 ? [`${create} to create`] : []),
    ...(change > 0 ? [`${change} to change`] : []),
    ...(adopt > 0 ? [adopting(plans, text => `**${text}**`)] : []),
  ].join(', ')

const blockedBy = (plans: readonly Plan[], failures: readonly Failure[]): string => {
  const stuck = plans.filter(({ problems }) => problems.length > 0)
  const problems = stuck.flatMap(plan => plan.problems.map(problem => isRefusal(plan, problem)))
  const refused = problems.filter(is => is).length
  const others = problems.length - refused
  const where = (names: readonly string[]) => listed([...new Set(names)].map(name => code(name, 60)))
  const of = where(stuck.map(({ environment }) => environment))
  return listed([
    ...(failures.length > 0 ? [`${where(failures.map(f => f.environment))} cannot be planned`] : []),
    ...(refused > 0
      ? [`${counted(refused, 'change')} of ${of} ${refused === 1 ? 'is' : 'are'} refused`]
      : []),
    ...(others > 0 ? [`${counted(others, 'problem')} in ${of}`] : []),
  ])
}

/** What goes for good, and what is taken out of things that stay. */
const losses = (plans: readonly Plan[]): string => {
  const steps = plans.flatMap(plan => plan.steps)
  const lost = steps.filter(step => step.action === 'remove' && holdsData(step))
  const trimmed = steps.filter(({ changes }) => changes.some(({ effect }) => effect === 'remove'))
  const named = (some: readonly Step[]) =>
    listed(
      some.map(({ address }) => code(address, 80)),
      2,
    )
  return [
    ...(lost.length > 0 ? [`**What ${named(lost)} ${lost.length === 1 ? 'holds' : 'hold'} is lost.**`] : []),
    ...(trimmed.length > 0 ? [`**Parts of ${named(trimmed)} are removed.**`] : []),
  ].join(' ')
}

/** What people will feel, in words; two resources are named. */
const interruptions = (plans: readonly Plan[]): string => {
  const steps = plans.flatMap(({ steps }) => steps.filter(({ changes }) => changes.some(felt)))
  if (steps.length === 0) return ''
  const named = steps
    .slice(0, 2)
    .map(step => `${code(step.address, 80)}: ${prose(stopless(listed(feltOf(step).map(brief), 2)), 120)}`)
  const rest = steps.length - named.length
  return `**Interrupts people:** ${[...named, ...(rest > 0 ? [`${rest} more`] : [])].join('; ')}.`
}

/** Without what stands in parentheses or after a semicolon: the warning below says it whole. */
const brief = (words: string): string => words.replace(/(;| \().*$/s, '')

const calm = ({ change, adopt, remove, create }: Counts, blocked: number, plans: readonly Plan[]): string => {
  if (change + adopt + remove > 0 || blocked > 0) return ''
  if (create > 0) return 'Nothing that exists is changed.'
  const unchanged = plans.reduce((total, plan) => total + plan.unchanged, 0)
  return unchanged > 0 ? `${counted(unchanged, 'resource')} as wanted.` : ''
}

/** What changed outside of Git, or was left by an apply that did not end well, and goes back. */
const putBack = (plans: readonly Plan[]): string => {
  const changes = plans.flatMap(({ steps }) => steps.flatMap(step => step.changes))
  const drifted = changes.filter(isDrift).length
  return [
    ...leaversOf(changes).map(by => {
      const left = changes.filter(isLeftBy(by)).length
      return `Puts back ${counted(left, 'value')} left by the apply of ${code(shortSha(by))}, which ${fateOf(by)}.`
    }),
    ...(drifted === 0 ? [] : [`Puts back ${counted(drifted, 'value')} changed outside of Git.`]),
  ].join(' ')
}

/** What left the file and is not changed back by that: who reverts something may think that it is. */
const released = (plans: readonly Plan[]): string => {
  const count = plans.flatMap(({ notes }) => notes).filter(note => note.released).length
  return count === 0
    ? ''
    : `${counted(count, 'field')} that the file no longer sets ${count === 1 ? 'stays as it is' : 'stay as they are'}.`
}

/** No record is missing yet; what that means is said all the same. */
const firstApplies = (plans: readonly Plan[]): string => {
  const names = plans
    .filter(({ isNew, steps }) => isNew && steps.length > 0)
    .map(({ environment }) => code(environment, 60))
  return names.length === 0
    ? ''
    : `Nothing can be removed in ${listed(names)}: it is the first apply, and there is no record yet.`
}

/** What earlier merges want and the next apply does too. */
const waiting = (pending: readonly Plan[]): string => {
  const steps = pending.reduce((total, plan) => total + plan.steps.length, 0)
  return steps === 0
    ? ''
    : `${counted(steps, 'step')} of earlier merges ${steps === 1 ? 'is' : 'are'} pending.`
}
