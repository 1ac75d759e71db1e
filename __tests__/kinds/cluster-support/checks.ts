import type { z } from 'zod'
import { difference } from '../../../src/core/diff.ts'
import { isObject, type Json, type JsonObject, type Path } from '../../../src/core/json.ts'
import { type Rules, ruleFor } from '../../../src/core/rules.ts'
import type { DescriptionName } from '../../../src/emulator/description.ts'
import { description, methodOf } from '../../../src/emulator/descriptions.ts'
import type { Json as EmulatorJson } from '../../../src/emulator/json.ts'
import { checkBody } from '../../../src/emulator/validate.ts'

/** What Google's description of a method says against a body; empty when it fits. */
export const against = (api: DescriptionName, method: string, body: unknown) =>
  checkBody(description(api), methodOf(api, method), body as EmulatorJson)

/** The keys that a strict object schema knows. */
export const keysOf = (schema: z.ZodType): readonly string[] =>
  'shape' in schema && typeof schema.shape === 'object' && schema.shape !== null
    ? Object.keys(schema.shape)
    : []

/** All paths to values that are no objects, and to empty objects. */
export const leavesOf = (value: Json, path: Path = []): readonly Path[] =>
  isObject(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, member]) => leavesOf(member, [...path, key]))
    : [path]

/** Leaves without a rule. */
export const unruled = (spec: JsonObject, rules: Rules): readonly string[] =>
  leavesOf(spec)
    .filter(path => ruleFor(rules, path) === undefined)
    .map(path => path.join('.'))

/** What still differs between a wanted spec and one that was read. */
export const differs = (desired: JsonObject, read: JsonObject, rules: Rules): readonly string[] =>
  difference({
    desired,
    observed: { state: 'present', spec: read, outputs: {} },
    baseline: undefined,
    rules,
    lookUp: () => undefined,
    sources: {},
    unchangedCause: 'drift',
  }).changes.map(({ path }) => path.join('.'))
