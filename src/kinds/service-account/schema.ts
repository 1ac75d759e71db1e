import { z } from 'zod'

/** `text` has no more than `limit` bytes in UTF-8. */
const bytes = (limit: number) =>
  z
    .string()
    .min(1)
    .refine(text => Buffer.byteLength(text) <= limit, `at most ${limit} bytes`)

/** One entry of `serviceAccounts`, without the roles, which are grants. Limits: iam v1, ServiceAccount. */
export const serviceAccountSettings = z.strictObject({
  id: z
    .string()
    .regex(
      /^[a-z][-a-z0-9]{4,28}[a-z0-9]$/,
      '6 to 30 small letters, digits and hyphens, beginning with a letter',
    ),
  displayName: bytes(100).optional(),
  /** The mark stands behind it and needs the rest of IAM's 256 bytes. */
  description: bytes(200)
    .refine(text => text === text.trim(), 'no blanks at either end')
    .refine(text => !/\[slipway-environment=[^\]]*\]$/.test(text), 'the mark is set by Slipway')
    .optional(),
  disabled: z.boolean().optional(),
})

/** What one entry of `serviceAccounts` may say. */
export type ServiceAccountSettings = z.infer<typeof serviceAccountSettings>
