import { z } from 'zod'
import { poolSettings } from '../shared/gke/pool-settings.ts'
import { labelsSchema } from '../shared/labels.ts'
import { after, members } from '../shared/settings.ts'

const flag = z.boolean().optional()

const cidr = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, 'a range with its address, for example 10.112.0.0/14')

const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'a time in UTC, for example 2026-12-20T00:00:00Z')

const maintenance = z
  .strictObject({
    /** Start of a daily window of four hours, UTC. */
    daily: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day in UTC, for example 03:00')
      .optional(),
    /** A recurring window, in place of a daily one; the rule is RFC 5545's, for example `FREQ=WEEKLY;BYDAY=SA`. */
    window: z.strictObject({ start: time, end: time, recurrence: z.string() }).optional(),
    exclusions: z
      .record(
        z.string(),
        z.strictObject({
          start: time,
          end: time,
          scope: z.enum(['NO_UPGRADES', 'NO_MINOR_UPGRADES', 'NO_MINOR_OR_NODE_UPGRADES']).optional(),
        }),
      )
      .optional(),
  })
  .refine(({ daily, window }) => daily === undefined || window === undefined, {
    message: 'maintenance has a daily start or a window, not both',
    path: ['window'],
  })

const addons = z.strictObject({
  httpLoadBalancing: flag,
  horizontalPodAutoscaling: flag,
  dnsCache: flag,
  persistentDiskCsi: flag,
  filestoreCsi: flag,
  gcsFuseCsi: flag,
  backupAgent: flag,
  configConnector: flag,
  statefulHa: flag,
  rayOperator: flag,
})

const limits = z.record(z.string(), z.strictObject({ min: z.int().min(0).optional(), max: z.int().min(1) }))

const network = {
  /** A network that exists: its name, or `projects/P/global/networks/N` of a shared one. */
  network: z.string().optional(),
  subnetwork: z.string().optional(),
  ipRanges: z
    .strictObject({
      /** Whole CIDRs, so that they can be compared; or name ranges of the subnetwork that exist. */
      pods: cidr.optional(),
      services: cidr.optional(),
      podsRange: z.string().optional(),
      servicesRange: z.string().optional(),
    })
    .optional(),
  dataplane: z.enum(['v1', 'v2']).optional(),
  maxPodsPerNode: z.int().min(8).max(256).optional(),
  privateNodes: flag,
  dnsEndpoint: flag,
  ipEndpoint: flag,
  publicEndpoint: flag,
  globalAccess: flag,
  /** CIDR → name: who may reach the IP endpoint. */
  authorizedNetworks: z.record(z.string(), z.string()).optional(),
  dns: z
    .strictObject({
      provider: z.enum(['PLATFORM_DEFAULT', 'CLOUD_DNS', 'KUBE_DNS']),
      scope: z.enum(['CLUSTER_SCOPE', 'VPC_SCOPE']).optional(),
      domain: z.string().optional(),
    })
    .optional(),
  gatewayApi: flag,
  intraNodeVisibility: flag,
  l4InternalSubsetting: flag,
}

const security = {
  workloadIdentity: flag,
  shieldedNodes: flag,
  securityPosture: z.enum(['DISABLED', 'BASIC', 'ENTERPRISE']).optional(),
  vulnerabilityScanning: z
    .enum(['VULNERABILITY_DISABLED', 'VULNERABILITY_BASIC', 'VULNERABILITY_ENTERPRISE'])
    .optional(),
  binaryAuthorization: flag,
  /** Cloud KMS key for Kubernetes Secrets, `projects/P/locations/L/keyRings/R/cryptoKeys/K`. */
  encryptionKey: z.string().optional(),
  secretManager: flag,
}

const operations = {
  channel: z.enum(['UNSPECIFIED', 'RAPID', 'REGULAR', 'STABLE', 'EXTENDED']).optional(),
  /** The least Kubernetes version, for example "1.33"; the channel upgrades beyond it by itself. */
  version: z
    .string()
    .regex(/^\d+\.\d+(\.\d+(-gke\.\d+)?)?$/, 'a Kubernetes version in quotes, for example "1.33"')
    .optional(),
  addons: addons.optional(),
  /** What is logged: SYSTEM_COMPONENTS, WORKLOADS, APISERVER, … */
  logging: members.optional(),
  monitoring: z.strictObject({ components: members.optional(), managedPrometheus: flag }).optional(),
  maintenance: maintenance.optional(),
  autoscalingProfile: z.enum(['BALANCED', 'OPTIMIZE_UTILIZATION']).optional(),
  autoprovisioning: z.strictObject({ enabled: z.boolean(), limits: limits.optional() }).optional(),
  verticalPodAutoscaling: flag,
  costAllocation: flag,
  fleetProject: z.string().optional(),
}

/** What `cluster` may say. */
export const clusterSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, {
      message: 'a cluster’s name is lower-case letters, digits and hyphens, starts with a letter, at most 40',
    }),
    /** A zone or a region. */
    location: z.string(),
    mode: z.enum(['standard', 'autopilot']),
    description: z.string().optional(),
    nodeLocations: members.optional(),
    labels: labelsSchema.optional(),
    ...network,
    ...security,
    ...operations,
    /** The pools that its create carries, by name. */
    nodePools: z.record(z.string(), poolSettings).optional(),
    after: after.optional(),
  })
  .refine(({ mode, nodePools = {} }) => mode === 'standard' || Object.keys(nodePools).length === 0, {
    message: 'an Autopilot cluster has no node pools of its own: GKE makes the nodes',
    path: ['nodePools'],
  })

/** A cluster in the words of the file. */
export type ClusterSettings = z.infer<typeof clusterSchema>
