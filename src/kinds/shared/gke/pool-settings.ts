import { z } from 'zod'
import type { JsonObject } from '../../../core/json.ts'
import { labelsSchema } from '../labels.ts'
import { after, apiObject, asMap, members, plain, textOrReference } from '../settings.ts'
import { asAnswered } from './google-words.ts'

const count = z.int().min(0)

const autoscaling = z
  .strictObject({
    min: count,
    max: z.int().min(1),
    /** `total`: over all zones (when left out); `zone`: in each zone. */
    scope: z.enum(['total', 'zone']).optional(),
    locationPolicy: z.enum(['BALANCED', 'ANY']).optional(),
  })
  .refine(({ min, max }) => min <= max, { message: 'min must not be above max', path: ['min'] })

const accelerator = z.strictObject({
  count: z.int().min(1),
  driver: z.enum(['DEFAULT', 'LATEST', 'INSTALLATION_DISABLED']).optional(),
  partition: z.string().optional(),
  sharing: z
    .strictObject({ strategy: z.enum(['TIME_SHARING', 'MPS']), clients: z.int().min(2).max(48) })
    .optional(),
})

const accelerators = z.union([
  z.array(accelerator.extend({ type: z.string() })),
  z.record(z.string(), accelerator),
])

/** `key:EFFECT` → value, as a spec holds them. */
const taints = z.record(
  z
    .string()
    .regex(
      /^[^:]+:(NO_SCHEDULE|PREFER_NO_SCHEDULE|NO_EXECUTE)$/,
      'a taint is written key:EFFECT, where EFFECT is NO_SCHEDULE, PREFER_NO_SCHEDULE or NO_EXECUTE',
    ),
  z.string(),
)

const upgrade = z.strictObject({
  strategy: z.enum(['SURGE', 'BLUE_GREEN', 'SHORT_LIVED']).optional(),
  surge: count.optional(),
  unavailable: count.optional(),
})

const autoscaledOrFixed = {
  message: 'a pool has a fixed count (nodes) or autoscaling, not both',
  path: ['nodes'],
}

/** What the file may say of a node pool. */
export const poolSettings = z
  .strictObject({
    machineType: z.string().optional(),
    diskType: z.string().optional(),
    diskGb: z.int().min(10).optional(),
    imageType: z.string().optional(),
    /** Nodes in each zone. */
    nodes: count.optional(),
    autoscaling: autoscaling.optional(),
    spot: z.boolean().optional(),
    preemptible: z.boolean().optional(),
    accelerators: accelerators.optional(),
    labels: z.record(z.string(), z.string()).optional(),
    taints: taints.optional(),
    tags: members.optional(),
    cloudLabels: labelsSchema.optional(),
    /** E-mail, or `default`. */
    serviceAccount: textOrReference.optional(),
    scopes: members.optional(),
    workloadMetadata: z.enum(['GKE_METADATA', 'GCE_METADATA']).optional(),
    version: z.string().optional(),
    zones: members.optional(),
    autoRepair: z.boolean().optional(),
    autoUpgrade: z.boolean().optional(),
    upgrade: upgrade.optional(),
    privateNodes: z.boolean().optional(),
    imageStreaming: z.boolean().optional(),
    gvnic: z.boolean().optional(),
    fastSocket: z.boolean().optional(),
    confidential: z.boolean().optional(),
    loggingVariant: z.enum(['DEFAULT', 'MAX_THROUGHPUT']).optional(),
    respectDisruptionBudgets: z.boolean().optional(),
    kubelet: apiObject.optional(),
    linux: apiObject.optional(),
    containerd: apiObject.optional(),
    maxPods: z.int().min(8).max(256).optional(),
    podRange: z.string().optional(),
    localSsd: count.optional(),
    ephemeralSsd: count.optional(),
    minCpuPlatform: z.string().optional(),
    secureBoot: z.boolean().optional(),
    integrityMonitoring: z.boolean().optional(),
    diskKey: z.string().optional(),
    metadata: z.record(z.string(), z.string()).optional(),
    flexStart: z.boolean().optional(),
    maxRunDuration: z
      .string()
      .regex(/^\d+s$/, 'seconds, for example 3600s')
      .optional(),
    queuedProvisioning: z.boolean().optional(),
    gvisor: z.boolean().optional(),
    reservation: apiObject.optional(),
    placement: apiObject.optional(),
    soleTenant: apiObject.optional(),
    advancedMachine: apiObject.optional(),
    after: after.optional(),
  })
  .refine(({ nodes, autoscaling }) => nodes === undefined || autoscaling === undefined, autoscaledOrFixed)

/** A node pool in the words of the file. */
export type PoolSettings = z.infer<typeof poolSettings>

/**
 * The settings as a spec holds them: sets as maps, autoscaling with its scope (`total`: the API has no default for
 * it, and per zone multiplies the count).
 */
export const poolSpec = ({ after: _, ...settings }: PoolSettings): JsonObject => {
  const { tags, scopes, zones, accelerators: gpus, autoscaling: scaling, ...others } = settings
  return plain({
    ...others,
    kubelet: asAnswered(others.kubelet),
    linux: asAnswered(others.linux),
    containerd: asAnswered(others.containerd),
    reservation: asAnswered(others.reservation),
    placement: asAnswered(others.placement),
    soleTenant: asAnswered(others.soleTenant),
    advancedMachine: asAnswered(others.advancedMachine),
    ...(tags === undefined ? {} : { tags: asMap(tags) }),
    ...(scopes === undefined ? {} : { scopes: asMap(scopes) }),
    ...(zones === undefined ? {} : { zones: asMap(zones) }),
    ...(gpus === undefined ? {} : { accelerators: byType(gpus) }),
    ...(scaling === undefined ? {} : { autoscaling: { ...scaling, scope: scaling.scope ?? 'total' } }),
  })
}

const byType = (given: z.infer<typeof accelerators>): object =>
  Array.isArray(given) ? Object.fromEntries(given.map(({ type, ...rest }) => [type, rest])) : given
