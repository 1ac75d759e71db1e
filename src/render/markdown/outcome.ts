import type { Outcome, Result } from '../../core/outcome.ts'
import { succeeded } from '../../core/outcome.ts'
import { isEmpty, type Note, type Plan } from '../../core/plan.ts'
import { span } from '../durations.ts'
import { doneWords, outcomeRow } from '../outcome-rows.ts'
import { backupOf } from '../release.ts'
import { counted, listed, withoutAddress } from '../text.ts'
import { type Block, commentLimit, fitted, type Limit, paragraph, summaryLimit } from './blocks.ts'
import { planRows } from './changes.ts'
import { code, htmlCode, link, prose, safeUrl } from './escape.ts'
import { footer } from './footer.ts'
import { type Origin, placeLink } from './input.ts'
import { planMarker } from './marker.ts'
import { alertBlock, fenceBlock, folded } from './pieces.ts'
import { markerOf, whereTheWholeIs } from './plan-comment.ts'
import { reverting } from './undo.ts'

/** What became of one environment. */
export interface AppliedEnvironment {
  readonly plan: Plan
  readonly result: Result
  /** The record of this apply. */
  readonly deploymentUrl?: string
}

/** Everything that the comment says after the merge. */
export interface OutcomeComment {
  readonly environments: readonly AppliedEnvironment[]
  /** Environments that were not applied at all, and why, one sentence each. */
  readonly untouched?: readonly {
    readonly environment: string
    readonly reason: string
    /** It stopped in the middle: something may have been written. */
    readonly begun?: boolean
  }[]
  readonly origin: Origin
  /** Whose merge it was, a GitHub login. */
  readonly actor?: string
  /** The pull requests that brought it. */
  readonly pullRequests?: readonly number[]
}

/** The comment after the merge; at most 65,000 UTF-16 units. */
export const renderOutcome = (input: OutcomeComment): string => render(input, commentLimit)

/** The same for the job summary: at most 1,000,000 bytes. */
export const renderOutcomeSummary = (input: OutcomeComment): string => render(input, summaryLimit)

const render = (input: OutcomeComment, limit: Limit): string => {
  const { environments, untouched = [], origin, actor } = input
  // A comment holds what was reviewed below its outcome already.
  const planned = limit === commentLimit ? [] : environments
  const several = environments.length + untouched.length > 1
  const by = actor === undefined ? [] : [`applied by ${code(actor, 80)}'s merge`]
  const deployments = environments.flatMap(({ deploymentUrl }) =>
    deploymentUrl === undefined ? [] : [link('deployment', deploymentUrl)],
  )
  const left = untouched.map(
    ({ environment, reason, begun }) =>
      `**${code(environment, 80)} ${begun ? 'was left half-way' : 'was not touched'}:** ${prose(reason)}`,
  )
  return fitted(
    [
      paragraph('frame', 'verdict', `${planMarker(markerOf(origin))}\n${outcomeVerdict(input)}`),
      alertBlock('refused', 'environment that was not applied', 'CAUTION', left),
      ...environments.map(environment => troubles(environment, origin)),
      ...onwards(input),
      ...togetherBlock(input),
      ...environments.flatMap(environment => outcomeBlocks(environment, several)),
      ...undoBlock(input),
      ...planned.map(({ plan }) => applied(plan, several)),
      paragraph('frame', 'footer', footer(origin, 'applied', [...by, ...deployments.slice(0, 3)])),
    ],
    limit,
    whereTheWholeIs(origin, limit),
  )
}

const isDone = ({ ending }: Outcome): boolean => ending === 'applied' || ending === 'already'

const outcomeVerdict = ({ environments, untouched = [] }: OutcomeComment): string => {
  const names = (list: readonly AppliedEnvironment[]) =>
    listed(list.map(({ plan }) => code(plan.environment, 60)))
  const good = environments.filter(({ result }) => succeeded(result))
  const bad = environments.filter(({ result }) => !succeeded(result))
  const first = good[0]
  const outcomes = good.flatMap(({ result }) => result.outcomes)
  const took = good.reduce((longest, { result }) => Math.max(longest, result.seconds), 0)
  const parts = [
    ...(bad.length > 0
      ? [`**Not applied whole: ${names(bad)}.** ${bad.slice(0, 3).map(shortfall).join(' ')}`]
      : []),
    ...untouchedWords(untouched),
    ...(good.length > 0 ? [`Applied to ${names(good)}: ${doneWords(outcomes, took)}.`] : []),
    ...(good.length === 1 && first !== undefined ? [answers(first.result)] : []),
  ]
  return `### ${parts.filter(part => part !== '').join(' ')}`
}

const untouchedWords = (untouched: NonNullable<OutcomeComment['untouched']>): readonly string[] => {
  const words = (title: string, wanted: boolean) => {
    const names = untouched.filter(({ begun = false }) => begun === wanted)
    return names.length === 0 ? [] : [`**${title}: ${listed(names.map(one => code(one.environment, 60)))}.**`]
  }
  return [...words('Not touched', false), ...words('Left half-way', true)]
}

/** What brings an environment that was not applied whole further. */
const onwards = ({ environments, untouched = [], origin }: OutcomeComment): readonly Block[] => {
  if (untouched.length === 0 && environments.every(({ result }) => succeeded(result))) return []
  const text = `To go on, run ${link('the job', origin.run.url)} again, or merge something: what is not applied is tried again then.`
  return [paragraph('frame', 'sentence on what to do', text)]
}

const shortfall = ({ result, plan }: AppliedEnvironment): string => {
  const { outcomes, left } = result
  const failed = outcomes.filter(({ ending }) => ending === 'failed').map(({ address }) => code(address, 80))
  const all = new Set([...plan.steps, ...outcomes].map(({ address }) => address)).size
  // One step can have two outcomes: a part of it that was so already, and the rest.
  const short = new Set(outcomes.filter(one => !isDone(one)).map(({ address }) => address))
  const whole = new Set(outcomes.map(({ address }) => address).filter(address => !short.has(address)))
  const done = `${whole.size} of ${all} steps done in ${span(result.seconds)}`
  if (failed.length > 0) return `${done}; ${listed(failed)} failed.`
  return left.length > 0
    ? `${done}, but ${counted(left.length, 'thing is', 'things are')} not as wanted.`
    : `${done}, then it stopped.`
}

const answers = ({ url, health }: Result): string => {
  if (url === undefined || health === undefined) return ''
  return `It answers: ${link(code(url, 200), safeUrl(url))} → ${prose(health, 200)}.`
}

/** Failures and what is left, with what to do, above everything else. */
const troubles = ({ result, plan }: AppliedEnvironment, origin: Origin): Block => {
  const items = [
    ...result.outcomes.flatMap(({ address, ending, problem }) =>
      ending !== 'failed' || problem === undefined ? [] : [{ address, problem, lead: 'failed' }],
    ),
    ...result.left.map(problem => ({
      address: problem.address ?? plan.environment,
      problem,
      lead: 'is not as wanted',
    })),
  ]
  return alertBlock(
    'refused',
    `failure of ${plan.environment}`,
    'CAUTION',
    items.map(({ address, problem, lead }) =>
      [
        `**${code(address, 200)} ${lead}:**`,
        problem.position === undefined ? '' : `${placeLink(origin, problem.position)}:`,
        prose(withoutAddress(problem.message, address)),
        problem.advice === undefined ? '' : `**What to do:** ${prose(problem.advice)}`,
      ]
        .filter(part => part !== '')
        .join(' '),
    ),
  )
}

const outcomeBlocks = ({ plan, result }: AppliedEnvironment, several: boolean): readonly Block[] => {
  const proof = isEmpty(plan)
    ? 'Planned anew: nothing is left to do. The file counts as applied from now on.'
    : 'Planned again afterwards: nothing left to do.'
  const again = succeeded(result) ? [paragraph('heading', 'closing sentence', proof)] : []
  return [
    ...(several ? [paragraph('heading', 'heading', `#### ${code(plan.environment, 80)}`)] : []),
    fenceBlock('changes', `line of ${plan.environment}'s outcome`, '', result.outcomes.map(outcomeRow)),
    ...again,
    ...plan.notes.filter(isOfSecret).map(versionBlock),
  ]
}

/** Apply alone knows which version of a secret it used in the end. */
const isOfSecret = ({ address = '' }: Note): boolean => address.startsWith('secret/')

const versionBlock = ({ message, advice }: Note): Block =>
  paragraph('heading', 'note', prose([message, advice ?? ''].join(' ').trim()))

const numbersOf = (pullRequests: readonly number[]): string =>
  listed(
    pullRequests.map(number => `#${Math.trunc(number)}`),
    10,
  )

/** The same outcome stands in the comment of each pull request, and may look strange below the plan of one of them. */
const togetherBlock = ({ environments, pullRequests = [] }: OutcomeComment): readonly Block[] => {
  if (pullRequests.length < 2 || environments.length === 0) return []
  const text = `This is what ${numbersOf(pullRequests)} come to together.`
  return [paragraph('heading', 'sentence on its pull requests', text)]
}

const undoBlock = ({ environments, pullRequests = [] }: OutcomeComment): readonly Block[] => {
  const steps = environments.flatMap(({ plan, result }) => {
    const done = new Set(result.outcomes.filter(isDone).map(({ address }) => address))
    return plan.steps.filter(({ address }) => done.has(address))
  })
  const numbers = numbersOf(pullRequests)
  const back = steps.flatMap(step => {
    const backup = step.action === 'update' ? backupOf(step) : undefined
    if (backup === undefined) return []
    const { of, description } = backup
    return [
      `${code(step.address, 120)} does not go back onto a migrated database: restore the backup of ${code(of, 120)} whose description is ${code(description, 200)}.`,
    ]
  })
  const text = [...reverting(steps, numbers), ...back].join(' ')
  return text === '' ? [] : [paragraph('manual', 'sentence on undoing', text)]
}

/** What apply planned anew and did, folded. */
const applied = (plan: Plan, several: boolean): Block =>
  folded(
    `The plan that was applied${several ? `: ${htmlCode(plan.environment, 80)}` : ''}`,
    fenceBlock('reviewed', `line of ${plan.environment}'s plan`, '', planRows(plan)),
  )
