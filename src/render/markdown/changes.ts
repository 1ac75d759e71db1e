import type { Change, Unended } from '../../core/change.ts'
import type { Plan, Step } from '../../core/plan.ts'
import { fateOf, isDrift, isLeftBy, isOwn, leaversOf, shortSha } from '../causes.ts'
import { backRows, headingOf, objectRows, ownRows, putBackRows, restOf, stepRows } from '../change-rows.ts'
import { createRows } from '../create-rows.ts'
import { releaseView } from '../release.ts'
import type { Row } from '../rows.ts'
import { counted } from '../text.ts'
import type { Known } from '../values.ts'
import type { Block } from './blocks.ts'
import { code, htmlCode, link } from './escape.ts'
import { commitUrl, type Origin, runUrl } from './input.ts'
import { fenceBlock, folded } from './pieces.ts'

/** A release with more rows than this shows its objects in a fold of its own. */
const unfoldedRows = 30

/**
 * What exists and changes: adoptions, changes and removals, what applies left that did not end well, drift; nothing of it
 * folded but a release's objects.
 */
export const changeBlocks = (plan: Plan, origin: Origin): readonly Block[] => {
  const { environment, outputs } = plan
  const of = `${environment}'s`
  const adopted = plan.steps.filter(({ action }) => action === 'adopt')
  const rows = plan.steps.flatMap(step => mainRows(step, outputs))
  const rowsOf = (isMeant: (change: Change) => boolean) =>
    plan.steps.flatMap(step => putBackOf(step, outputs, isMeant))
  return [
    fenceBlock(
      'adoptions',
      `line of ${of} adoptions`,
      adoptIntro,
      adopted.flatMap(step => adoptRows(step, outputs)),
    ),
    fenceBlock('changes', `line of ${of} changes`, '', rows),
    ...plan.steps.flatMap(step => releaseFold(step, outputs)),
    ...leaversOf(plan.steps.flatMap(({ changes }) => changes)).map(by =>
      fenceBlock(
        'drift',
        `line of what is left in ${environment}`,
        leftIntro(by, origin),
        rowsOf(isLeftBy(by)),
      ),
    ),
    fenceBlock('drift', `line of ${of} drift`, driftIntro, rowsOf(isDrift)),
  ]
}

const adoptIntro = "**Adopts** what exists and is nobody's yet. From the merge on, this file rules it:"

const driftIntro = '**Drift:** someone changed this outside of Git; merging puts it back.'

const leftIntro = (by: Unended, origin: Origin): string =>
  [
    `**Left by an apply that ${by.failed ? 'failed' : 'has not ended'}:**`,
    `the live values are what ${link(code(shortSha(by)), commitUrl(origin, by.sha))} wants, whose ${link('apply', by.run === undefined ? undefined : runUrl(origin, by.run))} ${fateOf(by)}.`,
    'Merging puts back what was applied before it.',
  ].join(' ')

const adoptRows = (step: Step, known: Known): readonly Row[] => {
  const changes = step.changes.filter(({ path }) => !(path.length === 1 && path[0] === 'mark'))
  return [
    {
      marker: '!',
      depth: 0,
      name: `adopt ${step.address}`,
      value: changes.length === 0 ? 'nothing on it changes but our mark' : counted(changes.length, 'change'),
      tail: step.identity,
    },
    ...stepRows(step, known, changes).slice(1),
  ]
}

const mainRows = (step: Step, known: Known): readonly Row[] => {
  switch (step.action) {
    case 'update':
      return updateRows(step, known)
    case 'remove':
      return [{ marker: '-', depth: 0, name: `remove ${step.address}`, value: step.identity }]
    case 'settle':
      return [
        {
          marker: ' ',
          depth: 0,
          name: step.address,
          value: `${step.about ?? 'still running'}: apply waits for it`,
        },
      ]
    case 'create':
    case 'adopt':
      return []
    default:
      return step.action satisfies never
  }
}

const updateRows = (step: Step, known: Known): readonly Row[] => {
  const changes = step.changes.filter(isOwn)
  if (changes.length === 0) return []
  const rows = stepRows(step, known, changes)
  if (!needsFold(step, known)) return rows
  const view = releaseView(step, changes)
  const gone = view.objects.filter(({ fate }) => fate === 'removed')
  const images = view.objects.flatMap(object => {
    const only = object.changes.filter(({ path }) => path.at(-1) === 'image')
    return only.length === 0 ? [] : objectRows({ ...object, changes: only }, known)
  })
  const counts = (['new', 'changed', 'removed'] as const)
    .map(fate => [view.objects.filter(object => object.fate === fate).length, fate] as const)
    .flatMap(([count, fate]) => (count > 0 ? [`${counted(count, 'object')} ${fate}`] : []))
  return [
    headingOf(step),
    ...ownRows(view, known),
    ...gone.flatMap(object => objectRows(object, known)),
    ...images.slice(0, unfoldedRows),
    { marker: ' ', depth: 1, name: [...counts, restOf(view)].filter(part => part !== '').join(', ') },
  ]
}

const needsFold = (step: Step, known: Known): boolean =>
  step.kind === 'release' &&
  step.action === 'update' &&
  stepRows(step, known, step.changes.filter(isOwn)).length > unfoldedRows

const releaseFold = (step: Step, known: Known): readonly Block[] => {
  if (!needsFold(step, known)) return []
  const { objects } = releaseView(step, step.changes.filter(isOwn))
  const rows = objects.flatMap(object => objectRows(object, known))
  const block = fenceBlock('objects', `line of ${step.address}'s objects`, '', rows)
  return [folded(`${htmlCode(step.address)}: every object that changes`, block)]
}

const putBackOf = (step: Step, known: Known, isMeant: (change: Change) => boolean): readonly Row[] => {
  const changes = step.action === 'update' ? step.changes.filter(isMeant) : []
  return changes.length === 0 ? [] : backRows(step, known, changes)
}

/** Every row of a plan, for a fold: adoptions, changes, what is put back, what is new. */
export const planRows = ({ steps, outputs }: Plan): readonly Row[] => [
  ...steps.flatMap(step => (step.action === 'adopt' ? adoptRows(step, outputs) : mainRows(step, outputs))),
  ...steps.flatMap(step => (step.action === 'update' ? putBackRows(step, outputs) : [])),
  ...createRows(
    steps.filter(({ action }) => action === 'create'),
    outputs,
  ),
]

/** Merged by earlier pull requests and not applied yet; unfolded, since this merge applies it too. */
export const pendingBlock = (plan: Plan): Block => {
  const creates = plan.steps.filter(({ action }) => action === 'create').length
  const rows = plan.steps
    .map(asOwn)
    .flatMap(step => (step.action === 'adopt' ? adoptRows(step, plan.outputs) : mainRows(step, plan.outputs)))
  const made: Row = { marker: '+', depth: 0, name: `${creates} to create` }
  const intro = `**Pending** in ${code(plan.environment, 80)}, not part of this pull request: merged earlier, not applied yet. The next apply does it too.`
  const all = creates > 0 ? [made, ...rows] : rows
  return fenceBlock('pending', `line of what is pending in ${plan.environment}`, intro, all)
}

/** What a merge that was to put something back has yet to do, like all that is merged and not applied. */
const asOwn = (step: Step): Step => ({
  ...step,
  changes: step.changes.map(change => (change.cause === 'left' ? { ...change, cause: 'file' } : change)),
})
