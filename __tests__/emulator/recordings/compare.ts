import { isObject, type Json } from '../../../src/emulator/json.ts'

/** One way in which an answer differs from the recorded one. */
export interface Difference {
  /** Member names with dots; `[]` for any place of a list. */
  readonly path: string
  readonly kind: 'missing' | 'extra' | 'type' | 'value' | 'status'
  readonly recorded: string
  readonly ours: string
}

const short = (value: Json | undefined): string => (JSON.stringify(value) ?? '').slice(0, 120)

const typeOf = (value: Json | undefined): string =>
  value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value

const difference = (
  path: string,
  kind: Difference['kind'],
  recorded: Json | undefined,
  ours: Json | undefined,
): Difference => ({ path, kind, recorded: short(recorded), ours: short(ours) })

/** Every difference of shape or value, in the order of the recorded answer. */
export const differences = (
  recorded: Json | undefined,
  ours: Json | undefined,
  path = '',
): readonly Difference[] => {
  if (recorded === undefined && ours === undefined) return []
  if (recorded === undefined) return [difference(path, 'extra', recorded, ours)]
  if (ours === undefined) return [difference(path, 'missing', recorded, ours)]
  if (typeOf(recorded) !== typeOf(ours)) return [difference(path, 'type', recorded, ours)]
  if (isObject(recorded) && isObject(ours))
    return [...new Set([...Object.keys(recorded), ...Object.keys(ours)])].flatMap(key =>
      differences(recorded[key], ours[key], path === '' ? key : `${path}.${key}`),
    )
  if (Array.isArray(recorded) && Array.isArray(ours)) return ofLists(recorded, ours, path)
  return recorded === ours ? [] : [difference(path, 'value', recorded, ours)]
}

const ofLists = (recorded: readonly Json[], ours: readonly Json[], path: string): readonly Difference[] => {
  if (recorded.length !== ours.length) return [difference(path, 'value', [...recorded], [...ours])]
  return recorded.flatMap((item, index) => differences(item, ours[index], `${path}[]`))
}
