import type { Json } from '../../../core/json.ts'
import type { Edit } from '../fields.ts'
import { changedLabels, type LabelMap, labelsOf } from '../labels.ts'

/**
 * The whole map to send where GKE replaces it: what is live, ours and foreign alike, with the changes made, less what
 * GKE adds by itself (it does so again).
 */
export const sentLabels = (live: Json | undefined, edits: readonly Edit[], setting: string): LabelMap =>
  Object.fromEntries(
    Object.entries(changedLabels(labelsOf(live), edits, setting)).filter(
      ([key]) => !key.startsWith('goog-gke-'),
    ),
  )
