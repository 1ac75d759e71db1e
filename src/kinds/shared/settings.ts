import { z } from 'zod'
import type { Json, JsonObject } from '../../core/json.ts'
import { tailOf } from './codecs.ts'

/** Members of a set: a list, or the map of members to `true` that a spec holds. */
export const members = z.union([z.array(z.string()), z.record(z.string(), z.literal(true))])

/** Members as the map that specs hold. */
export const asMap = (value: z.infer<typeof members>): JsonObject =>
  Array.isArray(value) ? Object.fromEntries(value.map(member => [member, true])) : value

/** An output of another resource. */
export const reference = z.strictObject({ $ref: z.string() })

/** Text, or an output of another resource. */
export const textOrReference = z.union([z.string(), reference])

/** Settings that are passed on in the words of the API. Not `z.json()`: its recursion makes `$ref`s in a JSON Schema. */
export const apiObject = z.record(z.string(), z.unknown())

/** Addresses that must be there before the resource. */
export const after = z.array(z.string())

/** Settings as JSON: members that are undefined are left out. */
export const plain = (settings: object): JsonObject =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]: readonly [string, unknown]) =>
      value === undefined ? [] : [[key, isPlain(value) ? plain(value) : (value as Json)] as const],
    ),
  )

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A network or subnetwork of the project by its whole link, as answers are read; of links the part that names. */
export const linked = (project: string, folder: string, given: string | undefined): string | undefined => {
  if (given === undefined) return undefined
  return given.includes('/') ? tailOf(given) : `projects/${project}/${folder}/${given}`
}
