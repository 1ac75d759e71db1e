import { z } from 'zod'
import { labelsSchema } from '../shared/labels.ts'
import { after, apiObject, members } from '../shared/settings.ts'
import { checkTier } from './tiers.ts'

/** Always sent: from POSTGRES_16 on Google's own default is ENTERPRISE_PLUS, which refuses the usual tiers. */
export const defaultEdition = 'ENTERPRISE'

const flag = z.boolean().optional()
const cidr = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/, 'an IPv4 address or range, for example 203.0.113.0/24')
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day in UTC, for example 03:00')
const date = z
  .string()
  .regex(/^(\d{4}-)?\d{1,2}-\d{1,2}$/, 'a date, for example 2026-12-20 or 12-20 for every year')

const backups = z.strictObject({
  enabled: z.boolean(),
  startTime: timeOfDay.optional(),
  retained: z.int().min(1).max(365).optional(),
  pointInTime: flag,
  logDays: z.int().min(1).max(35).optional(),
  location: z.string().optional(),
})

const insights = z.strictObject({
  enabled: z.boolean(),
  queryStringLength: z.int().min(256).max(4500).optional(),
  recordApplicationTags: flag,
  recordClientAddress: flag,
  plansPerMinute: z.int().min(0).max(200).optional(),
})

const network = {
  publicIp: flag,
  /** A network with private services access: its name, or `projects/P/global/networks/N`. */
  privateNetwork: z.string().optional(),
  allocatedIpRange: z.string().optional(),
  /** Lets other Google services, BigQuery for one, come in by the private address. */
  googlePrivatePath: flag,
  sslMode: z
    .enum(['ALLOW_UNENCRYPTED_AND_ENCRYPTED', 'ENCRYPTED_ONLY', 'TRUSTED_CLIENT_CERTIFICATE_REQUIRED'])
    .optional(),
  serverCaMode: z.enum(['GOOGLE_MANAGED_INTERNAL_CA', 'GOOGLE_MANAGED_CAS_CA']).optional(),
  connectorEnforcement: z.enum(['NOT_REQUIRED', 'REQUIRED']).optional(),
  /** CIDR → name. */
  authorizedNetworks: z.record(cidr, z.string()).optional(),
  psc: z.strictObject({ enabled: z.boolean(), consumerProjects: members.optional() }).optional(),
}

const disk = {
  diskType: z.enum(['PD_SSD', 'PD_HDD', 'HYPERDISK_BALANCED']).optional(),
  /** The least size; a disk that grows by itself may be larger. */
  diskGb: z.int().min(10).optional(),
  diskAutoGrow: flag,
  /** How far it may grow by itself; 0: no limit. */
  diskLimitGb: z.int().min(0).optional(),
  provisionedIops: z.int().min(1).optional(),
  provisionedThroughput: z.int().min(1).optional(),
  diskKey: z.string().optional(),
}

const lifecycle = {
  backups: backups.optional(),
  maintenanceWindow: z
    .strictObject({
      /** 1 is Monday. */
      day: z.int().min(1).max(7),
      hour: z.int().min(0).max(23),
      track: z.enum(['canary', 'stable', 'week5']).optional(),
    })
    .optional(),
  denyMaintenance: z.strictObject({ start: date, end: date, time: z.string() }).optional(),
  deletionProtection: flag,
  retainBackupsOnDelete: flag,
  /** Days that a final backup is kept after a delete; 0: none is taken. */
  finalBackupDays: z.int().min(0).max(365).optional(),
  activation: z.enum(['ALWAYS', 'NEVER']).optional(),
}

/** What `database` may say of its instance. */
export const sqlInstanceSchema = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
        'an instance’s name is lower-case letters, digits and hyphens, starts with a letter',
      ),
    region: z.string(),
    zone: z.string().optional(),
    secondaryZone: z.string().optional(),
    version: z.string().regex(/^POSTGRES_\d+(_\d+)?$/, 'a PostgreSQL version, for example POSTGRES_16'),
    edition: z.enum(['ENTERPRISE', 'ENTERPRISE_PLUS']).optional(),
    tier: z.string(),
    availability: z.enum(['ZONAL', 'REGIONAL']).optional(),
    ...disk,
    ...network,
    ...lifecycle,
    flags: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    insights: insights.optional(),
    /** In the words of the API, sqladmin v1 PasswordValidationPolicy. */
    passwordPolicy: apiObject.optional(),
    dataApi: flag,
    dataCache: flag,
    connectionPooling: flag,
    googleMl: flag,
    collation: z.string().optional(),
    labels: labelsSchema.optional(),
    after: after.optional(),
  })
  .superRefine(({ edition = defaultEdition, tier }, context) => {
    const problem = checkTier(edition, tier)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem, path: ['tier'] })
  })

/** A Cloud SQL instance in the words of the file. */
export type SqlInstanceSettings = z.infer<typeof sqlInstanceSchema>
