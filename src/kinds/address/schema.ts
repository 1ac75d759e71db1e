import { z } from 'zod'
import { labelsSchema } from '../shared/labels.ts'

/** One entry of `addresses`: a regional, static, external IPv4 address (compute v1, Address). */
export const addressSettings = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
      'at most 63 small letters, digits and hyphens, beginning with a letter',
    ),
  region: z.string().regex(/^[a-z]+-[a-z]+\d+$/, 'a region, for example us-central1'),
  tier: z.enum(['PREMIUM', 'STANDARD']),
  description: z.string().min(1).optional(),
  labels: labelsSchema.optional(),
})

/** What one entry of `addresses` may say. */
export type AddressSettings = z.infer<typeof addressSettings>
