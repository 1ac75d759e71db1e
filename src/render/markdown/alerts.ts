import type { Change } from '../../core/change.ts'
import { showPath } from '../../core/json.ts'
import type { Plan, Step } from '../../core/plan.ts'
import type { Problem } from '../../core/problem.ts'
import { shortAddress } from '../address.ts'
import { holdsData } from '../areas.ts'
import { fateOf, shortSha } from '../causes.ts'
import { felt, feltOf, weakened } from '../effects.ts'
import { releaseView } from '../release.ts'
import { grantLine, wideGrants } from '../summaries/grant.ts'
import { capital, counted, listed, stopless } from '../text.ts'
import { showValue } from '../values.ts'
import type { Block } from './blocks.ts'
import { code, prose } from './escape.ts'
import { type Dropped, type Failure, type Origin, placeLink, sourceLink } from './input.ts'
import { type Item, together, whatToDo } from './items.ts'
import { alertBlock } from './pieces.ts'
import { undoing } from './undo.ts'

/** What has to be read before merging, worst first. `several`: each item names its environment. */
export const alertBlocks = (
  plans: readonly Plan[],
  failures: readonly Failure[],
  origin: Origin,
): readonly Block[] => {
  const several = plans.length + failures.length > 1
  const items = (each: (plan: Plan) => readonly Item[]): readonly Item[] =>
    plans.flatMap(plan =>
      each(plan).map(({ text, ...rest }) => ({
        text: several ? `${code(plan.environment, 80)} · ${text}` : text,
        ...rest,
      })),
    )
  const texts = (each: (plan: Plan) => readonly string[]): readonly string[] =>
    together(items(plan => each(plan).map(text => ({ text, advice: '' }))))
  const failed = failures.flatMap(({ environment, problems }) =>
    problems.map(problem => failureItem(environment, problem, origin)),
  )
  const refused = items(plan => plan.problems.map(problem => refusedItem(plan, problem, origin)))
  return [
    alertBlock('refused', 'problem that stops an environment', 'CAUTION', together([...failed, ...refused])),
    alertBlock('removals', 'removal', 'CAUTION', together(items(plan => removalItems(plan, origin)))),
    alertBlock(
      'interrupts',
      'interruption',
      'WARNING',
      texts(plan => interruptItems(plan, origin)),
    ),
    alertBlock(
      'warnings',
      'warning',
      'WARNING',
      texts(plan => warningItems(plan, origin)),
    ),
  ]
}

/** Environments whose file goes away, with what they leave behind. */
export const droppedBlock = (dropped: readonly Dropped[]): Block =>
  alertBlock(
    'warnings',
    'environment without a file',
    'WARNING',
    dropped.map(({ environment, file, now, addresses }) => {
      const left = listed(
        addresses.map(address => code(shortAddress(address), 120)),
        6,
      )
      const what = now === undefined ? 'goes away' : `is the environment ${code(now, 80)} from now on`
      return `**${code(file, 120)} ${what}, and nothing is deleted.** What ${code(environment, 80)} made stays, in no file: ${left}.`
    }),
  )

const sentences = (...parts: readonly string[]): string => parts.filter(part => part !== '').join(' ')

const placed = (origin: Origin, { position }: Problem): string =>
  position === undefined ? '' : `${placeLink(origin, position)}:`

const failureItem = (environment: string, problem: Problem, origin: Origin): Item => ({
  text: sentences(
    `**${code(environment, 80)} cannot be planned.**`,
    placed(origin, problem),
    prose(problem.message),
  ),
  ...whatToDo(problem.advice),
})

/** True if a change that the rules refuse is what stands in the way. */
export const isRefusal = ({ steps }: Plan, { address }: Problem): boolean =>
  steps.some(step => step.address === address && step.changes.some(({ effect }) => effect === 'refused'))

const refusedItem = (plan: Plan, problem: Problem, origin: Origin): Item => ({
  text: sentences(
    `**${isRefusal(plan, problem) ? 'Refused' : 'In the way'}:**`,
    placed(origin, problem),
    prose(problem.message),
  ),
  ...whatToDo(problem.advice),
})

const removalItems = (plan: Plan, origin: Origin): readonly Item[] =>
  plan.steps.flatMap(step => {
    if (step.action === 'remove') return [removedItem(step)]
    return step.changes
      .filter(({ effect }) => effect === 'remove')
      .map(change => ({
        text: sentences(
          `**Removes ${code(memberName(step, change), 200)}** of ${code(step.address, 200)}.`,
          change.words === undefined ? '' : `${prose(capital(stopless(change.words)))}.`,
          sourceLink(origin, change.source),
        ),
        advice: '',
      }))
  })

/** `ClusterRole flyte-old` for a whole object of a release, else the path. */
const memberName = (step: Step, change: Change): string => {
  if (step.kind !== 'release' || change.path[0] !== 'objects') return showPath(change.path)
  const label = releaseView({ ...step, changes: [change] }).objects[0]?.label ?? ''
  return [label, showPath(change.path.slice(2))].filter(part => part !== '').join(' ')
}

const removedItem = (step: Step): Item => {
  const text = sentences(
    `**Removes ${code(step.address, 200)}** (${code(step.identity, 250)}).`,
    step.about === undefined ? '' : `${prose(capital(stopless(step.about)), 250)}.`,
  )
  if (holdsData(step)) return { text, advice: '**What it holds goes with it: this cannot be undone.**' }
  return {
    text,
    advice: `To keep it, ${keeping}`,
    shared: count => `To keep one of the ${count} above, ${keeping}`,
  }
}

const keeping = 'put it back in the file before the merge; put back later, it is made anew.'

const interruptItems = (plan: Plan, origin: Origin): readonly string[] =>
  plan.steps.flatMap(step => {
    const felts = step.changes.filter(felt)
    if (felts.length === 0) return []
    const shown =
      step.kind === 'release' ? releaseCauses(step) : felts.map(change => cause(change, plan, origin))
    const more = shown.length > 4 ? ` and ${counted(shown.length - 4, 'more change')}` : ''
    const words = feltOf(step).map(each => prose(stopless(each), 160))
    return [
      sentences(
        `**${code(step.address, 200)}: ${listed(words, 3)}.**`,
        `${shown.slice(0, 4).join('; ')}${more}.`,
        undoing(step),
      ),
    ]
  })

const cause = (change: Change, { outputs }: Plan, origin: Origin): string => {
  const source = sourceLink(origin, change.source)
  const values = `${showValue(change.from, outputs)} → ${showValue(change.to, outputs)}`
  return `${source === '' ? '' : `${source}: `}${code(`${showPath(change.path)} ${values}`, 250)}${whyBack(change)}`
}

const whyBack = ({ cause, leftBy }: Change): string => {
  if (cause === 'drift') return ' (changed outside of Git, put back)'
  if (leftBy === undefined) return ''
  return ` (left by the apply of ${code(shortSha(leftBy))}, which ${fateOf(leftBy)}; put back)`
}

const releaseCauses = (step: Step): readonly string[] => {
  const touched = releaseView({ ...step, changes: step.changes.filter(felt) })
  return [
    ...touched.own.map(change =>
      code(`${showPath(change.path)} ${showValue(change.from)} → ${showValue(change.to)}`, 250),
    ),
    ...touched.objects.map(({ label }) => code(label, 160)),
  ]
}

const weakerItems = ({ steps }: Plan, origin: Origin): readonly string[] =>
  steps.flatMap(step => {
    const source = step.changes.find(change => change.weakens === true && !felt(change))?.source
    const words = weakened(step).map(each => prose(stopless(each), 160))
    if (words.length === 0) return []
    return [
      `**Protects less:** ${code(step.address, 200)}: ${words.join('; ')}. ${sourceLink(origin, source)}`.trim(),
    ]
  })

const warningItems = (plan: Plan, origin: Origin): readonly string[] => [
  ...weakerItems(plan, origin),
  ...wideGrants(plan).map(step =>
    `**Gives much away:** grants ${code(grantLine(step), 300)}. ${sourceLink(origin, step.source)}`.trim(),
  ),
  ...(plan.recorded || plan.isNew ? [] : [unrecorded]),
  ...plan.notes
    .filter(({ level }) => level === 'warning')
    .map(({ message, advice, source }) =>
      sentences(prose(message), advice === undefined ? '' : prose(advice), sourceLink(origin, source)),
    ),
]

const unrecorded =
  '**No trustworthy record of an earlier apply.** Nothing can be removed, and what someone changed by hand cannot be told from what the file changes.'
