import { statSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { isObject, type Json, type JsonObject, type Path, showPath, valueAt } from '../../core/json.ts'
import type { Note } from '../../core/plan.ts'
import type { Source } from '../../core/problem.ts'
import type { Resource } from '../../core/resource.ts'
import type { Chart } from '../../helm/port.ts'
import { hidden } from './mask.ts'
import { isKept } from './spec.ts'

/** Kubernetes takes Secrets up to 1 MiB, and a release is one; above this it is close. */
const largeRelease = 900_000

/** Keys of the values that the chart's own values do not know: charts pass them over in silence. */
export const unknownKeys = (values: JsonObject, known: JsonObject, at: Path = []): readonly Path[] =>
  Object.entries(values).flatMap(([key, value]) => {
    const path = [...at, key]
    if (key === 'global' && at.length === 0) return []
    if (!Object.hasOwn(known, key)) return Object.keys(known).length === 0 ? [] : [path]
    const below = known[key]
    return isObject(value) && isObject(below) ? unknownKeys(value, below, path) : []
  })

/** Maps that people fill in freely, whatever example a chart gives. */
const free = /(annotations|labels|nodeSelector|config|data|resources|affinity|limits|requests)$/i

/** What a reader of the plan should know of the chart and its values. */
export const notesOf = (
  resource: Resource,
  chart: Chart,
  wanted: Readonly<Record<string, JsonObject>>,
): readonly Note[] => [
  ...unknownKeyNotes(resource, chart),
  ...claimNotes(resource, wanted),
  ...maskNotes(resource, wanted),
  ...sizeNotes(resource, chart, wanted),
  ...(chart.lookupTemplates.length > 0 ? [lookupNote(resource, chart)] : []),
]

const unknownKeyNotes = ({ address, spec, sources }: Resource, chart: Chart): readonly Note[] => {
  const values = isObject(spec.values) ? spec.values : {}
  return unknownKeys(values, chart.values)
    .filter(path => !path.slice(0, -1).some(key => free.test(key)))
    .map(path => {
      const near = nearest(path, chart.values)
      const source = sourceOf(sources, ['values', ...path])
      return {
        level: 'warning',
        address,
        message: `${address}: ${chart.name} ${chart.version} does not know the value ${showPath(path)} and passes it over.`,
        advice: near === undefined ? 'Look it up in the chart’s values.yaml.' : `Did you mean ${near}?`,
        ...(source === undefined ? {} : { source }),
      }
    })
}

const sourceOf = (sources: Readonly<Record<string, Source>>, path: Path): Source | undefined => {
  for (let length = path.length; length >= 0; length--) {
    const found = sources[showPath(path.slice(0, length))]
    if (found !== undefined) return found
  }
  return undefined
}

const nearest = (path: Path, known: JsonObject): string | undefined => {
  const siblings = valueAt(known, path.slice(0, -1))
  const last = path.at(-1) ?? ''
  const ranked = Object.keys(isObject(siblings) ? siblings : {})
    .map(key => ({ key, distance: distance(key.toLowerCase(), last.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0]
  const near =
    ranked !== undefined &&
    ranked.distance <= Math.max(2, last.length / 4) &&
    ranked.distance < last.length - 1
  const close = near ? ranked.key : undefined
  return close === undefined ? undefined : showPath([...path.slice(0, -1), close])
}

/** Letters to put in, take out or exchange to make one text of another. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1]
    for (const [at, other] of [...b].entries())
      next.push(
        Math.min((next[at] ?? 0) + 1, (row[at + 1] ?? 0) + 1, (row[at] ?? 0) + (letter === other ? 0 : 1)),
      )
    row = next
  }
  return row.at(-1) ?? 0
}

const claimNotes = ({ address }: Resource, wanted: Readonly<Record<string, JsonObject>>): readonly Note[] =>
  Object.entries(wanted)
    .filter(([key, object]) => key.startsWith('PersistentVolumeClaim/') && !isKept(object))
    .map(([key]) => ({
      level: 'warning',
      address,
      message: `${address}: ${key} holds data and goes when the release is uninstalled.`,
      advice: 'Give it the annotation `helm.sh/resource-policy: keep` through the chart’s values.',
    }))

const maskNotes = ({ address }: Resource, wanted: Readonly<Record<string, JsonObject>>): readonly Note[] => {
  const secretLike = Object.entries(wanted).filter(([, object]) => JSON.stringify(object).includes(hidden))
  if (secretLike.length === 0) return []
  return [
    {
      level: 'info',
      address,
      message: `${address}: ${secretLike.map(([key]) => key).join(', ')} hold values that look like secrets. They are neither shown nor compared.`,
    },
  ]
}

const sizeNotes = (
  { address, spec }: Resource,
  chart: Chart,
  wanted: Readonly<Record<string, Json>>,
): readonly Note[] => {
  const text = JSON.stringify([wanted, spec.values ?? null])
  const archive = statSync(chart.path).size
  // A release is stored as base64 of this. Few are so large that it matters how much smaller they get.
  if ((text.length + archive) * (4 / 3) < largeRelease) return []
  const bytes = gzipSync(text).length + archive
  if (bytes * (4 / 3) < largeRelease) return []
  return [
    {
      level: 'warning',
      address,
      message: `${address}: helm keeps a release in one Secret of at most 1 MiB, and this one may need about ${Math.round((bytes * 4) / 3 / 1024)} KiB.`,
      advice: 'If the apply fails for its size, switch off parts of the chart that are not needed.',
    },
  ]
}

const lookupNote = ({ address }: Resource, chart: Chart): Note => ({
  level: 'info',
  address,
  message: `${address}: ${chart.name} looks objects up in the cluster while it renders; the plan shows it as on an empty cluster, and apply compares again before it writes.`,
})
