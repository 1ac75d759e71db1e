import { equal, isObject, type Json } from '../core/json.ts'
import type { Note } from '../core/plan.ts'
import type { Observed, Resource } from '../core/resource.ts'
import type { Baseline } from './subject.ts'

/**
 * Whether what is there under the name of something that an apply never got to make is somebody else's: it bears no mark,
 * and is not what that apply would have left half-made.
 */
export const isStrangers = (
  { identity, spec }: Resource,
  observed: Observed | undefined,
  { onlyBegun }: Pick<Baseline, 'onlyBegun'>,
): boolean => {
  if (onlyBegun?.has(identity) !== true || observed?.state !== 'present' || observed.mark !== null)
    return false
  return Object.entries(observed.spec).some(([key, value]) => key !== 'mark' && !isPartOf(value, spec[key]))
}

const isPartOf = (value: Json, whole: Json | undefined): boolean => {
  if (!isObject(value)) return equal(value, whole)
  return Object.entries(value).every(([key, one]) => isPartOf(one, isObject(whole) ? whole[key] : undefined))
}

/** Why such a thing stays. */
export const spared = ({ address, identity }: Resource): Note => ({
  level: 'info',
  message: `${address} is no longer in the file; ${identity} stays: no apply got to make it, and what is there bears no mark of Slipway.`,
  address,
})
