import { z } from 'zod'
import { after } from '../shared/settings.ts'

const conditionSchema = z.strictObject({
  title: z.string().min(1).max(100),
  expression: z.string().min(1),
  description: z.string().min(1).max(256).optional(),
})

/** Whose policy: the project's, or that of one of its service accounts. */
const targetSchema = z.strictObject({ project: z.string(), serviceAccount: z.string().optional() })

/** One grant: a member gets a role on a target. `after` are addresses that must be there before it. */
export const grantSettings = z.strictObject({
  role: z
    .string()
    .regex(
      /^(roles|projects\/[^/]+\/roles|organizations\/[^/]+\/roles)\/[\w.]+$/,
      'a role: roles/NAME, projects/PROJECT/roles/NAME or organizations/NUMBER/roles/NAME',
    ),
  member: z
    .string()
    .regex(
      /^(allUsers|allAuthenticatedUsers|(user|group|domain|serviceAccount|principal|principalSet|projectOwner|projectEditor|projectViewer):\S+)$/,
      'a member, for example group:ml@example.com or serviceAccount:NAME@PROJECT.iam.gserviceaccount.com',
    ),
  target: targetSchema,
  condition: conditionSchema.optional(),
  after: after.optional(),
})

/** What one grant may say. */
export type GrantSettings = z.infer<typeof grantSettings>
