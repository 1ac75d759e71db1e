import type { Change } from './change.ts'
import { equal, type Json } from './json.ts'
import type { FieldRule } from './rules.ts'
import { compareVersions } from './version.ts'

/** True if a live value is as good as the wanted one, by the rule of its field. */
export const satisfies = (rule: FieldRule, live: Json | undefined, wanted: Json | undefined): boolean => {
  switch (rule.compare ?? 'equal') {
    case 'create-only':
      return true
    case 'floor':
      return typeof live === 'number' && typeof wanted === 'number' ? live >= wanted : equal(live, wanted)
    case 'minimum':
      return typeof live === 'string' && typeof wanted === 'string'
        ? compareVersions(live, wanted) >= 0
        : equal(live, wanted)
    case 'equal':
      return equal(live, wanted) || (live === undefined && wanted === null)
  }
}

/**
 * Law 5: true if a change that was looked at when it began at `from` may as well begin at what is found now: the same
 * value, or a floor or minimum that has moved towards the target.
 */
export const isSameStart = (
  rule: FieldRule | undefined,
  { from, to }: Pick<Change, 'from' | 'to'>,
  found: Json | undefined,
): boolean => {
  if (equal(found, from)) return true
  switch (rule?.compare) {
    case 'floor':
      return isBetween(from, found, to, (a, b) => Number(a) - Number(b))
    case 'minimum':
      return isBetween(from, found, to, (a, b) => compareVersions(String(a), String(b)))
    default:
      return false
  }
}

const isBetween = (
  low: Json | undefined,
  value: Json | undefined,
  high: Json | undefined,
  order: (a: Json, b: Json) => number,
): boolean =>
  low !== undefined &&
  value !== undefined &&
  high !== undefined &&
  order(low, value) <= 0 &&
  order(value, high) <= 0
