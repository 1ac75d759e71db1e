import { z } from 'zod'
import { isObject, type JsonObject } from '../../core/json.ts'
import { isReference, isText } from '../../core/reference.ts'

const version = z.union([z.string(), z.custom<{ readonly $ref: string }>(isReference, 'a version')])
const symbolic = z.union([
  z.string(),
  z.custom<{ readonly $text: readonly (string | { readonly $ref: string })[] }>(isText, 'a text'),
])

const health = z.strictObject({
  url: symbolic,
  /** The address of a `secret` whose payload is `user:password`, or a value of the runner. */
  login: z.union([z.string(), z.strictObject({ env: z.string(), version })]).optional(),
  expect: z.strictObject({ status: z.string(), version: z.string().optional() }),
})

/** One entry of `releases`. */
export const releaseSettings = z.strictObject({
  repository: z.string().regex(/^(https|oci|http):\/\/./, 'https://… or oci://…'),
  chart: z.string().min(1),
  version: z.string().regex(/^v?\d+\.\d+\.\d+\S*$/, 'an exact version, for example 0.13.0'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits')
    .optional(),
  namespace: z.string(),
  values: z.custom<JsonObject>(isObject, 'a map').optional(),
  timeoutMinutes: z.int().min(1).max(120).optional(),
  health: health.optional(),
  /** The address of a `sql-instance` that is backed up before another chart version is put in. */
  backupBefore: z.string().optional(),
  /** What must be there first, besides what the values refer to. */
  after: z.array(z.string()).optional(),
})

/** What one entry of `releases` may say. */
export type ReleaseSettings = z.infer<typeof releaseSettings>
