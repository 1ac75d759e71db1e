import type { Json } from '../../core/json.ts'
import { countsOf, duration, isEmpty, type Plan } from '../../core/plan.ts'
import { isReference, isText } from '../../core/reference.ts'
import { range } from '../durations.ts'
import { type Known, knownLater, outputOf, showValue } from '../values.ts'
import { alertBlocks, droppedBlock } from './alerts.ts'
import { type Block, commentLimit, fitted, type Limit, paragraph, summaryLimit } from './blocks.ts'
import { changeBlocks, pendingBlock } from './changes.ts'
import { createBlocks, noteBlocks } from './creates.ts'
import { diagramBlocks } from './diagram.ts'
import { code, link, prose, safeUrl } from './escape.ts'
import { footer } from './footer.ts'
import { fileUrl, type Origin, type PlanComment } from './input.ts'
import { planMarker } from './marker.ts'
import { tableBlock } from './table.ts'
import { verdict } from './verdict.ts'

/** The comment on a pull request: Markdown of at most 65,000 UTF-16 units, every fence and fold closed. */
export const renderPlanComment = (input: PlanComment): string => render(input, commentLimit)

/** The same for the job summary, where nearly everything has room: at most 1,000,000 bytes. */
export const renderSummary = (input: PlanComment): string => render(input, summaryLimit)

const render = (input: PlanComment, limit: Limit): string => {
  const { plans, failures, pending = [], dropped = [], appliedIn, notApplied = [], origin } = input
  const several = plans.length + failures.length > 1
  const head = `${planMarker(markerOf(origin))}\n${verdict(input)}`
  const blocked = failures.length > 0 || plans.some(({ problems }) => problems.length > 0)
  const busy = plans.some(plan => !isEmpty(plan)) || failures.length > 0
  return fitted(
    [
      paragraph('frame', 'verdict', head),
      ...alertBlocks(plans, failures, origin),
      droppedBlock(dropped),
      ...(several && busy ? [tableBlock(plans, failures, origin)] : []),
      ...plans.flatMap(plan => sections(plan, origin, { several, blocked, appliedIn, notApplied })),
      ...pending.filter(plan => !isEmpty(plan)).map(pendingBlock),
      ...plans.flatMap(plan => foldsOf(plan, origin, several)),
      paragraph(
        'frame',
        'footer',
        footer(origin, 'read', several ? [] : plans.map(plan => fileLink(plan, origin))),
      ),
    ],
    limit,
    whereTheWholeIs(origin, limit),
  )
}

const fileLink = ({ file }: Plan, origin: Origin): string => link(code(file, 120), fileUrl(origin, file))

/** The marker of a comment. */
export const markerOf = ({ run, sha256, head }: Origin) => ({
  run: run.id,
  attempt: run.attempt,
  sha256,
  head,
})

/** Where to read what was cut. */
export const whereTheWholeIs = ({ run }: Origin, limit: Limit): string =>
  limit === commentLimit
    ? `${link('The summary of this run', run.url)} shows more, its artifact everything.`
    : `The plan in ${link('this run', run.url)}'s artifact has everything.`

interface Around {
  readonly several: boolean
  readonly blocked: boolean
  readonly appliedIn: string | undefined
  readonly notApplied: readonly string[]
}

/** What exists and changes, and, where several environments share the comment, everything else of this one. */
const sections = (plan: Plan, origin: Origin, { several, blocked, ...around }: Around): readonly Block[] => {
  const after = blocked ? '' : answersAt(plan, around)
  const answer = after === '' ? [] : [paragraph('heading', 'address of an environment', after)]
  if (!several) return [...changeBlocks(plan, origin), ...answer]
  if (isEmpty(plan) && plan.notes.length === 0) return []
  const heading = `#### ${link(code(plan.environment, 80), fileUrl(origin, plan.file))}`
  return [
    paragraph('heading', 'heading', heading),
    ...changeBlocks(plan, origin),
    ...answer,
    ...lowBlocks(plan, origin),
  ]
}

const foldsOf = (plan: Plan, origin: Origin, several: boolean): readonly Block[] =>
  several ? [] : lowBlocks(plan, origin)

const lowBlocks = (plan: Plan, origin: Origin): readonly Block[] => [
  ...diagramBlocks(plan),
  ...createBlocks(plan),
  ...noteBlocks(plan, origin),
]

/** `Merging applies exactly this, in about 4–6 min. Afterwards it answers at …`. */
const answersAt = (
  plan: Plan,
  { appliedIn, notApplied }: Pick<Around, 'appliedIn' | 'notApplied'>,
): string => {
  const { create, change, adopt, remove } = countsOf(plan)
  if (create + change + adopt + remove === 0) return ''
  if (notApplied.includes(plan.environment))
    return `Merging does not apply this: neither the file nor the version of Slipway changes. Once it is merged, the workflow does, dispatched for ${code(plan.environment, 60)}.`
  const url = plan.url === undefined ? '' : ` Afterwards it answers at ${showUrl(plan.url, plan.outputs)}.`
  // It may be pointed at that branch later, without another plan: what is said here has to stay true.
  const applying =
    appliedIn === undefined
      ? 'Merging applies exactly this'
      : `Once it is in ${code(appliedIn, 120)}, exactly this is applied`
  return `${applying}, in about ${range(duration(plan))}.${url}`
}

const showUrl = (url: Json, known: Known): string => {
  const parts = isText(url) ? url.$text : [isReference(url) ? url : showValue(url, known)]
  const shown = parts.map(part => {
    if (typeof part === 'string') return { text: part, later: false }
    const value = outputOf(part, known)
    return value === undefined
      ? { text: knownLater(part), later: true }
      : { text: showValue(value, {}), later: false }
  })
  const whole = shown.map(({ text }) => text).join('')
  if (shown.every(({ later }) => !later) && safeUrl(whole) !== undefined) return link(code(whole, 250), whole)
  return shown.map(({ text, later }) => (later ? `*${prose(text, 200)}*` : code(text, 200))).join(' + ')
}
