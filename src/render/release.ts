import { backupDescription } from '../core/backup.ts'
import type { Change } from '../core/change.ts'
import { isObject, type Json, showPath, valueAt } from '../core/json.ts'
import type { Step } from '../core/plan.ts'
import { showValue } from './values.ts'

/** What happens to one Kubernetes object of a release. */
export interface ObjectChange {
  /** `Deployment skypilot-api-server`; with its namespace where that is not the release's. */
  readonly label: string
  readonly fate: 'new' | 'removed' | 'changed'
  /** Paths inside the object; empty where it is new or removed. */
  readonly changes: readonly Change[]
  /** The strongest effect, for the header line. */
  readonly felt: Change | undefined
}

/** A release's changes, object by object. */
export interface ReleaseView {
  /** Changes of the release itself: version, chart, values. */
  readonly own: readonly Change[]
  readonly objects: readonly ObjectChange[]
  /** Objects that differ in nothing but the labels that carry the chart's version. */
  readonly relabelled: number
  /** Objects that the step leaves alone, drift included. */
  readonly unchanged: number
}

/** The backup that apply takes before another chart version may migrate the database; undefined where none is taken. */
export const backupOf = ({
  action,
  spec,
  changes,
}: Step): { readonly of: string; readonly description: string } | undefined => {
  const version = changes.find(({ path }) => showPath(path) === 'chart.version')
  if (action === 'create' || typeof spec.backupBefore !== 'string' || typeof version?.from !== 'string')
    return undefined
  const description = backupDescription(showValue(spec.release), version.from, showValue(version.to))
  return { of: spec.backupBefore, description }
}

const versionLabels: ReadonlySet<string> = new Set(['helm.sh/chart', 'app.kubernetes.io/version'])

/** A label that carries the chart's version. In a pod template it rolls pods, so then it is no noise. */
const isNoise = ({ path, effect }: Change): boolean =>
  effect === 'in-place' && path.at(-2) === 'labels' && versionLabels.has(path.at(-1) ?? '')

/** Groups changes of a release, all of them unless told, by object. */
export const releaseView = (step: Step, changes: readonly Change[] = step.changes): ReleaseView => {
  const { spec } = step
  const byObject = new Map<string, Change[]>()
  const own: Change[] = []
  for (const change of changes) {
    const key = change.path[0] === 'objects' ? change.path[1] : undefined
    if (key === undefined) own.push(change)
    else byObject.set(key, [...(byObject.get(key) ?? []), conceal(key, change)])
  }
  const touched = new Set([...step.changes, ...changes].map(({ path }) => path[1]))
  const told = [...byObject].filter(([, list]) => !list.every(isNoise))
  const wanted = valueAt(spec, ['objects'])
  const total = Object.keys(isObject(wanted) ? wanted : {})
  return {
    own,
    objects: told.map(([key, list]) => objectChange(key, list, spec.namespace)),
    relabelled: byObject.size - told.length,
    unchanged: total.filter(key => !touched.has(key)).length,
  }
}

/** True if an object of a release comes or goes as a whole. */
export const isWholeObject = ({ path, from, to }: Change): boolean =>
  path.length === 2 && path[0] === 'objects' && (from === undefined || to === undefined)

const objectChange = (key: string, list: readonly Change[], namespace: Json | undefined): ObjectChange => {
  const [kind = '', ...rest] = key.split('/')
  const name = rest.length > 1 && (rest[0] === namespace || rest[0] === '') ? rest.slice(1) : rest
  const whole = list.find(isWholeObject)
  const label = `${kind} ${name.join('/')}`.trim()
  const strongest = list.find(({ effect }) => effect !== 'in-place')
  if (whole !== undefined)
    return { label, fate: whole.to === undefined ? 'removed' : 'new', changes: [], felt: undefined }
  const inside = list
    .filter(change => !isNoise(change))
    .map(change => ({ ...change, path: change.path.slice(2) }))
  return { label, fate: 'changed', changes: inside, felt: strongest }
}

/** Values of a Kubernetes Secret are never shown, whatever a plan holds. */
const conceal = (key: string, change: Change): Change => {
  if (!key.startsWith('Secret/') || !(change.path[2] === 'data' || change.path[2] === 'stringData'))
    return change
  const { from, to, ...rest } = change
  return {
    ...rest,
    ...(from === undefined ? {} : { from: '(hidden)' }),
    ...(to === undefined ? {} : { to: from === undefined ? '(hidden)' : '(another one, hidden)' }),
  }
}
