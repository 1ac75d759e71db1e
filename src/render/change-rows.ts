import type { Change, Unended } from '../core/change.ts'
import { type Json, showPath } from '../core/json.ts'
import type { Step } from '../core/plan.ts'
import { isPosition, type Source } from '../core/problem.ts'
import { fateOf, isDrift, isLeftBy, leaversOf, shortSha } from './causes.ts'
import { effectLabel } from './effects.ts'
import type { ObjectChange, ReleaseView } from './release.ts'
import { isWholeObject, releaseView } from './release.ts'
import type { Row } from './rows.ts'
import { counted } from './text.ts'
import { textDiff } from './text-diff.ts'
import { type Known, showValue } from './values.ts'

/** Longer than this, a value and its successor stand on two lines. */
const sideBySide = 90

const markerOf = ({ from, to }: Change): Row['marker'] =>
  to === undefined ? '-' : from === undefined ? '+' : '!'

/** The rows of one changed field, `name` in place of its path where given. */
export const changeRows = (change: Change, known: Known, depth: number, name?: string): readonly Row[] => {
  const { from, to } = change
  const field = name ?? showPath(change.path)
  const refused = change.effect === 'refused'
  // Beside the field, where a narrow screen shows it without being moved.
  const [label, tail] = refused ? [`${field}: ${effectLabel(change)}`, ''] : [field, effectLabel(change)]
  const marker = markerOf(change)
  if (typeof from === 'string' && typeof to === 'string' && `${from}${to}`.includes('\n'))
    return [{ marker, depth, name: label, value: 'text', tail }, ...textRows(from, to, depth + 1)]
  const value = marker === '-' ? showValue(from, known) : showValue(to, known)
  if (marker !== '!') return [{ marker, depth, name: label, value, tail }]
  const before = showValue(from, known)
  if (Array.isArray(from) && Array.isArray(to) && before.length + value.length > sideBySide)
    return listRows(from, to, known, { marker, depth, name: label, tail })
  if (before.length + value.length <= sideBySide)
    return [{ marker, depth, name: label, value: `${before} → ${value}`, tail }]
  return [
    { marker: '!', depth, name: label, value: '', tail },
    { marker: '-', depth: depth + 1, name: before },
    { marker: '+', depth: depth + 1, name: value },
  ]
}

/** Of two long lists, the members in which they differ, each by itself. */
const listRows = (from: readonly Json[], to: readonly Json[], known: Known, header: Row): readonly Row[] => {
  const [before, after] = [from, to].map(list => list.map(member => showValue(member, known)))
  const rows = textRows((before ?? []).join('\n'), (after ?? []).join('\n'), header.depth + 1)
  const changed = rows.filter(({ marker }) => marker !== ' ')
  const value = changed.length < from.length + to.length ? 'other members as before' : ''
  return [{ ...header, value }, ...changed]
}

const textRows = (from: string, to: string, depth: number): readonly Row[] =>
  textDiff(from, to).map(({ marker, text }) => ({ marker, depth, name: text }))

/** The line above a resource's changes. */
export const headingOf = ({ address, about = '' }: Step): Row => ({
  ...{ marker: ' ', depth: 0, name: address, value: about, heading: true },
})

/** The rows of what a step changes besides what it puts back: a header, then one field a row. */
export const stepRows = (step: Step, known: Known, changes: readonly Change[]): readonly Row[] => {
  const header: Row = headingOf(step)
  if (step.kind === 'release') return releaseRows(releaseView(step, changes), known, header)
  return [header, ...changes.flatMap(change => changeRows(change, known, 1))]
}

const releaseRows = (view: ReleaseView, known: Known, header: Row): readonly Row[] => {
  const own = ownRows(view, known)
  const rest = restOf(view)
  return [
    header,
    ...own,
    ...view.objects.flatMap(object => objectRows(object, known)),
    ...(rest === '' ? [] : [{ marker: ' ' as const, depth: 1, name: rest }]),
  ]
}

/** The rows of a release's own fields; what they do is said of the objects. */
export const ownRows = ({ own }: ReleaseView, known: Known): readonly Row[] =>
  own.flatMap(change =>
    changeRows(change, known, 1).map(row => (change.effect === 'in-place' ? tailless(row) : row)),
  )

const tailless = ({ tail: _, ...row }: Row): Row => row

/** `28 objects unchanged, 6 differ only in the chart's version label`. */
export const restOf = ({ unchanged, relabelled }: ReleaseView): string =>
  [
    ...(unchanged > 0 ? [`${counted(unchanged, 'object')} unchanged`] : []),
    ...(relabelled > 0
      ? [`${counted(relabelled, 'object differs', 'objects differ')} only in the chart's version label`]
      : []),
  ].join(', ')

/** The rows of one object of a release. */
export const objectRows = ({ label, fate, changes, felt }: ObjectChange, known: Known): readonly Row[] => {
  if (fate === 'new') return [{ marker: '+', depth: 1, name: label, value: 'new' }]
  if (fate === 'removed') return [{ marker: '-', depth: 1, name: label, value: 'removed' }]
  const header: Row = { marker: ' ', depth: 1, name: label, value: felt?.words ?? '', heading: true }
  return [header, ...changes.flatMap(change => insideRows(change, known))]
}

const insideRows = (change: Change, known: Known): readonly Row[] => {
  const image = imageRow(change)
  if (image !== undefined) return [image]
  const quiet: Change = change.effect === 'refused' ? change : { ...change, effect: 'in-place' }
  const { words: _, ...bare } = quiet
  const rows = changeRows(bare, known, 2, insideName(change))
  return change.effect === 'refused' ? rows : rows.map(tailless)
}

/** `image (api)  repository:0.12.2 → 0.13.0`: where only the tag moves, the repository is said once. */
const imageRow = (change: Change): Row | undefined => {
  const { path, from, to, effect } = change
  if (path.at(-1) !== 'image' || typeof from !== 'string' || typeof to !== 'string' || effect === 'refused')
    return undefined
  const [at, next] = [from.lastIndexOf(':'), to.lastIndexOf(':')]
  const sameName = at > 0 && from.slice(0, at) === to.slice(0, next) && !to.slice(next).includes('/')
  const target = sameName ? to.slice(next + 1) : to
  return {
    marker: '!',
    depth: 2,
    name: insideName(change),
    value: `${showValue(from)} → ${showValue(target)}`,
  }
}

/** `image (api)` for a container's image; otherwise the end of the path, which is what tells fields apart. */
const insideName = ({ path }: Change): string => {
  if (path.at(-1) === 'image' && path.length > 2) return `image (${path.at(-2)})`
  const whole = showPath(path)
  return whole.length <= 60 ? whole : `…${showPath(path.slice(-3))}`
}

/** `prod.yaml:15`, or the preset. */
export const sourceName = (source: Source | undefined): string => {
  if (source === undefined) return ''
  return isPosition(source) ? `${source.file.split('/').at(-1)}:${source.line}` : `preset ${source.preset}`
}

/** What is put back on one resource, below a line that says why for each why. */
export const putBackRows = (step: Step, known: Known): readonly Row[] => {
  const rows = (about: string, isMeant: (change: Change) => boolean) => {
    const changes = step.changes.filter(isMeant)
    return changes.length === 0 ? [] : backRows({ ...step, about }, known, changes)
  }
  return [
    ...leaversOf(step.changes).flatMap(by => rows(leftAbout(by), isLeftBy(by))),
    ...rows('drift: changed outside of Git', isDrift),
  ]
}

const leftAbout = (by: Unended): string =>
  `left by the apply of ${shortSha(by)}, which ${fateOf(by)}${by.run === undefined ? '' : ` (run ${by.run})`}`

/** The rows of what is put back on one resource: live, then wanted. */
export const backRows = (step: Step, known: Known, changes: readonly Change[]): readonly Row[] => [
  headingOf(step),
  ...changes.flatMap(change => {
    const name = step.kind === 'release' ? showPath(change.path.slice(1)) : showPath(change.path)
    const wanted = sourceName(change.source) || 'wanted'
    const felt = change.effect === 'in-place' ? '' : `, ${effectLabel(change)}`
    const [live, next] = backValues(step, change, known)
    return [
      { marker: '-' as const, depth: 1, name, value: live, tail: '(live)' },
      { marker: '+' as const, depth: 1, name, value: next, tail: `(${wanted})${felt}` },
    ]
  }),
]

/** Of an object that is or is not there, the whole would be a line that nobody reads. */
const backValues = (
  { kind }: Step,
  change: Change,
  known: Known,
): readonly [live: string, wanted: string] => {
  if (kind !== 'release' || !isWholeObject(change))
    return [showValue(change.from, known), showValue(change.to, known)]
  return change.to === undefined ? ['there', 'removed'] : ['not there', 'made again']
}
