import { z } from 'zod'
import { addressSettings } from '../kinds/address/schema.ts'
import { clusterSchema } from '../kinds/cluster/schema.ts'
import { kubernetesSecretSettings } from '../kinds/kubernetes-secret/schema.ts'
import { namespaceSettings } from '../kinds/namespace/schema.ts'
import { nodePoolSchema } from '../kinds/node-pool/schema.ts'
import { releaseSettings } from '../kinds/release/schema.ts'
import { secretSettings } from '../kinds/secret/schema.ts'
import { serviceAccountSettings } from '../kinds/service-account/schema.ts'
import { sqlDatabaseSchema } from '../kinds/sql-database/schema.ts'
import { sqlInstanceSchema } from '../kinds/sql-instance/schema.ts'
import { sqlUserSchema } from '../kinds/sql-user/schema.ts'
import { kubernetesName } from './header.ts'

/**
 * A kind's schema without what the document says in another place. Rules over several keys are left out here; they
 * hold again when the kind reads its settings.
 */
const without = <Shape extends z.ZodRawShape, Key extends string & keyof Shape>(
  { shape }: z.ZodObject<Shape>,
  keys: readonly Key[],
): z.ZodObject<Omit<Shape, Key>, z.core.$strict> => {
  const left = Object.entries(shape).filter(([key]) => !(keys as readonly string[]).includes(key))
  return z.strictObject(Object.fromEntries(left) as unknown as Omit<Shape, Key>)
}

/** A name in the plan: the second half of an address. */
const itemName = z
  .string()
  .regex(
    /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'is not a name: a-z, 0-9 and hyphens, beginning with a letter',
  )

const serviceName = z
  .string()
  .regex(
    /^[a-z][a-z0-9.-]{1,99}$/,
    'is not the name of a Google API: write `container`, not its whole address',
  )

const role = z
  .string()
  .regex(
    /^(?:roles|projects\/[^/]+\/roles|organizations\/[^/]+\/roles)\/[\w.]+$/,
    'is not a role: roles/NAME, projects/PROJECT/roles/NAME or organizations/NUMBER/roles/NAME',
  )

const member = z
  .string()
  .regex(
    /^(?:applier|(?:user|group|domain|serviceAccount|principal|principalSet):\S+)$/,
    'is not a member: group:ml@example.com, serviceAccount:NAME@PROJECT.iam.gserviceaccount.com or applier',
  )
  .describe('A member as IAM writes it, or `applier`: whoever applies this environment.')

const condition = z.strictObject({
  title: z.string().min(1).max(100).describe('A short name of the condition.'),
  expression: z.string().min(1).describe('The condition in CEL.'),
  description: z.string().min(1).max(256).optional().describe('What it is for.'),
})

const pair = z
  .string()
  .regex(/^[a-z0-9-]{1,63}\/[a-z0-9.-]{1,253}$/, 'is not NAMESPACE/SERVICE-ACCOUNT')
  .describe('NAMESPACE/SERVICE-ACCOUNT')

const accountSchema = serviceAccountSettings.safeExtend({
  roles: z.array(role).optional().describe('Roles that it has on the project.'),
  workloadIdentity: z.array(pair).optional().describe('Kubernetes service accounts that may act as it.'),
  grants: z.array(z.strictObject({ role, member })).optional().describe('Roles that others have on it.'),
})

const sharedCluster = z.strictObject({
  use: z
    .string()
    .regex(/^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'is not the name of a cluster')
    .describe('Name of a cluster of this project that exists and is not managed here.'),
  location: z.string().describe('Where it is; without it, the location of the file.'),
})

/** Its pools stand in `nodePools`. */
const ownCluster = without(clusterSchema, ['nodePools', 'after'])

const databaseSchema = sqlInstanceSchema.safeExtend({
  databases: z
    .record(itemName, without(sqlDatabaseSchema, ['instance', 'after']))
    .optional()
    .describe('Databases of the instance.'),
  users: z
    .record(itemName, without(sqlUserSchema, ['instance', 'after']))
    .optional()
    .describe('Users of the instance.'),
})

/** The namespace is the one that it stands in. */
const inNamespace = without(kubernetesSecretSettings, ['namespace', 'after'])

const namespaceSchema = namespaceSettings.safeExtend({
  secrets: z
    .record(
      z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, 'is not a Kubernetes name'),
      inNamespace,
    )
    .optional()
    .describe('Kubernetes Secrets, made from named secrets; never from values in the file.'),
})

const address = z
  .string()
  .regex(/^[a-z-]+\/\S+$/, 'is not an address: KIND/NAME, as in the plan, for example sql-instance/prod')

/** The long form: everything that an environment is made of, section by section. */
export const documentSchema = z.strictObject({
  services: z
    .array(serviceName)
    .optional()
    .describe('Google APIs that must be on, without `.googleapis.com`. They are never switched off.'),
  serviceAccounts: z.record(itemName, accountSchema).optional().describe('Service accounts of the project.'),
  projectIam: z
    .array(z.strictObject({ role, member, condition: condition.optional() }))
    .optional()
    .describe('Roles on the project for members that are not made here. Only added to what is there.'),
  cluster: z.union([sharedCluster, ownCluster]).optional().describe('The GKE cluster, made here or shared.'),
  nodePools: z.record(itemName, nodePoolSchema).optional().describe('Node pools of the cluster.'),
  addresses: z.record(itemName, addressSettings).optional().describe('Regional addresses.'),
  secrets: z
    .record(itemName, secretSettings)
    .optional()
    .describe('Secret Manager secrets: generated, or brought by their owner.'),
  database: databaseSchema.optional().describe('The Cloud SQL instance, with its databases and users.'),
  namespaces: z.record(kubernetesName, namespaceSchema).optional().describe('Kubernetes namespaces.'),
  releases: z
    .record(
      z
        .string()
        .regex(
          /^[a-z0-9](?:[a-z0-9-]{0,51}[a-z0-9])?$/,
          'is not the name of a release: at most 53 of a-z, 0-9 and hyphens',
        ),
      releaseSettings,
    )
    .optional()
    .describe('Helm releases.'),
  use: z
    .array(address)
    .optional()
    .describe('Addresses of what this file needs but another one owns: neither made nor changed here.'),
  delete: z
    .array(address)
    .optional()
    .describe('Addresses of what holds data and may be deleted now that the file no longer has it.'),
})

/** A valid long-form document. */
export type EnvironmentDocument = z.infer<typeof documentSchema>
