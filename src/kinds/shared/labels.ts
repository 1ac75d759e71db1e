import { z } from 'zod'
import type { Json, JsonObject } from '../../core/json.ts'
import { type Codec, objectOf } from './codecs.ts'
import type { Edit } from './fields.ts'

/** Labels as Google keeps them. */
export type LabelMap = Readonly<Record<string, string>>

/** The label that names the environment a resource belongs to. */
export const markLabel = 'slipway-environment'

/** Labels that the file may not set and the plan does not show: our own, and those that Google's services add. */
const isReserved = (key: string): boolean => key.startsWith('slipway-') || key.startsWith('goog-')

/** The `labels` of an item: keys and values as Google takes them, reserved ones refused. */
export const labelsSchema = z.record(
  z
    .string()
    .regex(
      /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u,
      'a label begins with a small letter; small letters, digits, _ and - follow, 63 in all',
    )
    .refine(key => !isReserved(key), 'labels that begin with goog- or slipway- are not yours to set'),
  z
    .string()
    .regex(/^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u, 'a label value has at most 63 small letters, digits, _ and -'),
)

/** The labels that a value of a spec or of an answer holds; what is no label is left out. */
export const labelsOf = (value: Json | undefined): LabelMap =>
  Object.fromEntries(
    Object.entries(objectOf(value)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )

/** Live labels as a spec has them. */
export const ownLabels = (live: Json | undefined): LabelMap =>
  Object.fromEntries(Object.entries(labelsOf(live)).filter(([key]) => !isReserved(key)))

/** The environment that live labels name, or null. */
export const markOf = (live: Json | undefined): string | null => labelsOf(live)[markLabel] ?? null

/** Live labels and the mark among them, as a spec has both. */
export const labelSpecOf = (live: Json | undefined): JsonObject => {
  const mark = markOf(live)
  return { labels: ownLabels(live), ...(mark === null ? {} : { mark }) }
}

/** Labels of a table of fields; reserved ones are left out of what is read. */
export const labels: Codec = { toApi: value => value, fromApi: ownLabels }

/** Live labels with the changes of `labels.*` (or what `setting` names) and `mark` made; everything else stays. */
export const changedLabels = (live: LabelMap, edits: readonly Edit[], setting = 'labels'): LabelMap => {
  const result = new Map(Object.entries(live))
  for (const { path, to } of edits) {
    const [first, key] = path
    if (first === 'mark') put(result, markLabel, to)
    else if (first === setting && key !== undefined) put(result, key, to)
    else if (first === setting)
      for (const [name, value] of Object.entries(objectOf(to))) put(result, name, value)
  }
  return Object.fromEntries(result)
}

const put = (labelled: Map<string, string>, key: string, value: Json | undefined): void => {
  if (typeof value === 'string') labelled.set(key, value)
  else labelled.delete(key)
}
