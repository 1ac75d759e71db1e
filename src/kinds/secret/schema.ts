import { z } from 'zod'
import { labelsSchema } from '../shared/labels.ts'

/** How a value is made when there is none; with `user` it is stored as `user:password`. */
const generateSchema = z.strictObject({
  user: z
    .string()
    .regex(/^[^:\s]+$/, 'a user name without colons and blanks')
    .optional(),
  length: z.int().min(16).max(256),
  alphabet: z.literal('letters-digits').optional(),
})

/** One entry of `secrets`: a secret of Secret Manager. Without `generate` it is brought by its owner. */
export const secretSettings = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/, 'at most 255 letters, digits, _ and -'),
  generate: generateSchema.optional(),
  labels: labelsSchema.optional(),
})

/** What one entry of `secrets` may say. */
export type SecretSettings = z.infer<typeof secretSettings>
/** How a value is made. */
export type Generate = z.infer<typeof generateSchema>
