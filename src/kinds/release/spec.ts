import { digestOf } from '../../core/digest.ts'
import { isObject, type JsonObject, type Path, valueAt } from '../../core/json.ts'
import { text } from '../kind.ts'

/** The chart of a spec. */
export interface SpecChart {
  readonly name: string
  readonly version: string
  readonly sha256?: string
}

/** The chart of a release's spec. @throws TypeError for a defect: specs are made by us. */
export const chartOf = ({ chart }: JsonObject): SpecChart => {
  const named = isObject(chart) ? chart : {}
  const { sha256 } = named
  return {
    name: text(named, 'name'),
    version: text(named, 'version'),
    ...(typeof sha256 === 'string' ? { sha256 } : {}),
  }
}

/** The wanted objects by key; undefined if the chart was not rendered. */
export const objectsOf = ({ objects }: JsonObject): Readonly<Record<string, JsonObject>> | undefined =>
  isObject(objects) ? (objects as Readonly<Record<string, JsonObject>>) : undefined

/** Paths below `objects` that come out differently each time. */
export const randomOf = ({ random }: JsonObject): readonly Path[] =>
  Array.isArray(random) ? (random as readonly Path[]) : []

/** The values of a spec. */
export const valuesOf = ({ values }: JsonObject): JsonObject => (isObject(values) ? values : {})

/** What tells apart what helm is told to do: the chart's bytes and the values. */
export const aimOf = (spec: JsonObject): string =>
  digestOf({ chart: { ...chartOf(spec) }, values: valuesOf(spec) })

/** The time within which the release has to be ready, seconds. */
export const timeoutOf = ({ timeoutMinutes }: JsonObject): number =>
  (typeof timeoutMinutes === 'number' ? timeoutMinutes : 10) * 60

/** True if helm leaves the object when it is no longer wanted (`helm.sh/resource-policy: keep`). */
export const isKept = (object: JsonObject | undefined): boolean =>
  valueAt(object, ['metadata', 'annotations', 'helm.sh/resource-policy']) === 'keep'

/** Keys of objects that the chart looks up and keeps: once they are there, helm leaves them as they are. */
export const lookedUpOf = ({ lookedUp }: JsonObject): readonly string[] =>
  Array.isArray(lookedUp) ? (lookedUp as readonly string[]) : []

/** Keys of the hooks, which are run and not kept; the spec says of each when. */
export const hookKeysOf = ({ hooks }: JsonObject): ReadonlySet<string> =>
  new Set((Array.isArray(hooks) ? (hooks as readonly string[]) : []).map(hook => hook.replace(/ at .*$/, '')))
