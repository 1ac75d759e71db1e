import { z } from 'zod'
import type { Change } from '../../core/change.ts'

/** Labels as Google keeps them. */
export type LabelMap = Readonly<Record<string, string>>

/** The label that carries the mark. */
const markLabel = 'slipway-environment'

/** Labels that Google or Slipway set by themselves. */
const isReserved = (key: string): boolean => key === markLabel || key.startsWith('goog-')

/** The `labels` of an item: keys and values as Google takes them, reserved ones refused. */
export const labelsSchema = z.record(
  z
    .string()
    .regex(
      /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u,
      'a label begins with a small letter; small letters, digits, _ and - follow, 63 in all',
    )
    .refine(
      key => !isReserved(key),
      'labels beginning with goog- and slipway-environment are set by themselves',
    ),
  z
    .string()
    .regex(/^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u, 'a label value has at most 63 small letters, digits, _ and -'),
)

/** Live labels as a spec has them, and the environment that the mark names (null: no mark). */
export const splitLabels = (
  live: LabelMap = {},
): { readonly labels: LabelMap; readonly mark: string | null } => ({
  labels: Object.fromEntries(Object.entries(live).filter(([key]) => !isReserved(key))),
  mark: live[markLabel] ?? null,
})

/** Wanted labels with the mark, if there is one, as they are sent. */
export const joinLabels = (labels: LabelMap, mark: string | undefined): LabelMap => ({
  ...labels,
  ...(mark === undefined ? {} : { [markLabel]: mark }),
})

/** Live labels with the changes of `labels.*` and `mark` made; everything else stays. */
export const changedLabels = (live: LabelMap = {}, changes: readonly Change[]): LabelMap => {
  const labels = new Map(Object.entries(live))
  for (const { path, to } of changes) {
    const key = path[0] === 'mark' ? markLabel : path[0] === 'labels' ? path[1] : undefined
    if (key === undefined) continue
    if (typeof to === 'string') labels.set(key, to)
    else labels.delete(key)
  }
  return Object.fromEntries(labels)
}
