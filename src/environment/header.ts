import { z } from 'zod'
import { isLocation } from '../kinds/shared/places.ts'

/** Longest name of an environment: `NAME-skypilot` must fit into an account id of 30 characters. */
export const maxName = 21

/** True for what can be the name of an environment. */
export const isEnvironmentName = (name: string): boolean =>
  name.length <= maxName && /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/.test(name)

/** What a name must be, for messages. */
export const nameRule = `must begin with a letter, hold only a-z, 0-9 and hyphens, not end in a hyphen, and have at most ${maxName} characters`

const nameSchema = z
  .string()
  .refine(isEnvironmentName, nameRule)
  .describe('Name of the environment. Without it, the base name of the file.')

const projectSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
    'is not the id of a project: 6 to 30 of a-z, 0-9 and hyphens (not its number, not its display name)',
  )
  .describe('Id of the Google Cloud project that everything lives in.')

const locationSchema = z
  .string()
  .refine(isLocation, 'is neither a region (us-central1) nor a zone (us-central1-a)')
  .describe('A region (the cluster is regional) or a zone (the cluster is zonal).')

const secretName = z
  .string()
  .regex(
    /^[A-Za-z0-9_-]{1,255}$/,
    'is not the name of a secret: letters, digits, hyphens and underscores, at most 255',
  )

/** Where the login of the web page comes from. */
export const loginSchema = z.union([
  z.strictObject({
    secret: secretName.describe(
      'Name of a Secret Manager secret of this project; its payload is `user:password`.',
    ),
  }),
  z.strictObject({
    env: z
      .string()
      .regex(/^[A-Z_][A-Z0-9_]{0,99}$/, 'is not the name of a variable: A-Z, 0-9 and underscores')
      .describe('Name of a value that the runner holds; it is `user:password`.'),
    version: z
      .int()
      .min(1)
      .describe('Raise it whenever the value changes: that is how Slipway knows of the change.'),
  }),
  z.strictObject({
    kubernetesSecret: z
      .string()
      .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, 'is not the name of a Kubernetes Secret')
      .describe(
        'Name of a Secret of the namespace that is there already, key `auth` (htpasswd). Slipway leaves it alone, and cannot sign in with it.',
      ),
  }),
])

const accountId = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
    'is not the id of a service account: 6 to 30 of a-z, 0-9 and hyphens, beginning with a letter',
  )

/** A name as Kubernetes wants it (RFC 1123 label). */
export const kubernetesName = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'is not a Kubernetes name: a-z, 0-9 and hyphens, at most 63',
  )

/** Names of what the preset makes. */
export const namesSchema = z.strictObject({
  serviceAccount: accountId.optional().describe('Id of the service account that the API server uses.'),
  kubernetesServiceAccount: kubernetesName
    .optional()
    .describe('The Kubernetes service account of the API server.'),
  instance: z
    .string()
    .regex(
      /^[a-z](?:[a-z0-9-]{0,96}[a-z0-9])?$/,
      'is not the name of an instance: a-z, 0-9 and hyphens, beginning with a letter',
    )
    .optional()
    .describe('The Cloud SQL instance.'),
  database: z.string().min(1).max(63).optional().describe('The database in the instance.'),
  user: z.string().min(1).max(63).optional().describe('The database user.'),
  namespace: kubernetesName.optional().describe('The Kubernetes namespace.'),
  release: kubernetesName.optional().describe('The Helm release.'),
})

/** The lines that every file has, and those that only a preset understands. */
export const headerSchema = z.strictObject({
  name: nameSchema.optional(),
  app: z
    .literal('skypilot')
    .optional()
    .describe('The preset: it makes everything that the SkyPilot API server needs.'),
  project: projectSchema,
  location: locationSchema,
  state: z.literal('cloudsql').optional().describe('Where the API server keeps its state.'),
  login: loginSchema
    .optional()
    .describe('The login of the web page. Without it, Slipway generates one and keeps it in Secret Manager.'),
  names: namesSchema.optional().describe('Other names than the preset gives; to adopt what exists.'),
})

/** What a valid header says. */
export type Header = z.infer<typeof headerSchema>
/** Where the login comes from, as the file says it. */
export type Login = z.infer<typeof loginSchema>
/** Other names for what the preset makes. */
export type Names = z.infer<typeof namesSchema>
