import type { JsonObject } from '../../core/json.ts'
import { type Codec, objectOf } from './codecs.ts'

/** The label that names the environment a resource belongs to. */
export const markLabel = 'slipway-environment'

const ours = /^slipway-/
const googles = /^goog-/

/** True for a label that neither the file may set nor the plan shows: our own, and those that Google's services add. */
export const isReserved = (key: string): boolean => ours.test(key) || googles.test(key)

/** Labels of the file; reserved ones are left out of what is read. */
export const labels: Codec = {
  toApi: value => value,
  fromApi: value => Object.fromEntries(Object.entries(objectOf(value)).filter(([key]) => !isReserved(key))),
}

/**
 * The whole map to send where an API replaces it: what is live, ours and foreign alike, less what GKE adds by itself
 * (it does so again).
 */
export const sentBack = (live: JsonObject, wanted: JsonObject): JsonObject => ({
  ...Object.fromEntries(
    Object.entries(live).filter(
      ([key]) => ours.test(key) || (googles.test(key) && !key.startsWith('goog-gke-')),
    ),
  ),
  ...wanted,
})
