import { equal, isObject, type Json, type JsonObject, type Path, showPath } from '../core/json.ts'

/** What Google makes of a setting that nobody says, by `showPath`. */
export type Defaults = Readonly<Record<string, Json>>

const set = (...members: readonly string[]): JsonObject =>
  Object.fromEntries(members.map(member => [member, true]))

/** A new Standard cluster (container v1 and recordings of 2026). */
export const clusterDefaults: Defaults = {
  description: '',
  channel: 'REGULAR',
  shieldedNodes: true,
  securityPosture: 'BASIC',
  vulnerabilityScanning: 'VULNERABILITY_DISABLED',
  workloadIdentity: false,
  binaryAuthorization: false,
  secretManager: false,
  dataplane: 'v1',
  maxPodsPerNode: 110,
  privateNodes: false,
  dnsEndpoint: false,
  ipEndpoint: true,
  publicEndpoint: true,
  globalAccess: false,
  gatewayApi: false,
  intraNodeVisibility: false,
  l4InternalSubsetting: false,
  'dns.provider': 'PLATFORM_DEFAULT',
  'addons.httpLoadBalancing': true,
  'addons.horizontalPodAutoscaling': true,
  'addons.dnsCache': true,
  'addons.persistentDiskCsi': true,
  'addons.filestoreCsi': false,
  'addons.gcsFuseCsi': false,
  'addons.backupAgent': false,
  'addons.configConnector': false,
  'addons.statefulHa': false,
  'addons.rayOperator': false,
  logging: set('SYSTEM_COMPONENTS', 'WORKLOADS'),
  'monitoring.components': set(
    'SYSTEM_COMPONENTS',
    'STORAGE',
    'HPA',
    'POD',
    'DAEMONSET',
    'DEPLOYMENT',
    'STATEFULSET',
    'CADVISOR',
    'KUBELET',
    'DCGM',
    'JOBSET',
  ),
  'monitoring.managedPrometheus': true,
  autoscalingProfile: 'BALANCED',
  'autoprovisioning.enabled': false,
  verticalPodAutoscaling: false,
  costAllocation: false,
}

/** What Autopilot forces on a cluster. */
export const autopilotDefaults: Defaults = {
  ...clusterDefaults,
  workloadIdentity: true,
  dataplane: 'v2',
  intraNodeVisibility: true,
  'addons.filestoreCsi': true,
  'addons.gcsFuseCsi': true,
  autoscalingProfile: 'OPTIMIZE_UTILIZATION',
  'autoprovisioning.enabled': true,
  verticalPodAutoscaling: true,
}

const scope = (name: string): string => `https://www.googleapis.com/auth/${name}`

/** A new node pool (container v1 and recordings of 2026). */
export const poolDefaults: Defaults = {
  machineType: 'e2-medium',
  diskType: 'pd-balanced',
  diskGb: 100,
  imageType: 'COS_CONTAINERD',
  'autoscaling.scope': 'total',
  'autoscaling.locationPolicy': 'BALANCED',
  spot: false,
  preemptible: false,
  serviceAccount: 'default',
  scopes: set(
    ...[
      'devstorage.read_only',
      'logging.write',
      'monitoring',
      'service.management.readonly',
      'servicecontrol',
      'trace.append',
    ].map(scope),
  ),
  autoRepair: true,
  autoUpgrade: true,
  'upgrade.strategy': 'SURGE',
  'upgrade.surge': 1,
  'upgrade.unavailable': 0,
  privateNodes: false,
  imageStreaming: false,
  gvnic: false,
  fastSocket: false,
  confidential: false,
  loggingVariant: 'DEFAULT',
  respectDisruptionBudgets: false,
  'kubelet.insecureKubeletReadonlyPortEnabled': false,
  'kubelet.maxParallelImagePulls': 2,
  maxPods: 110,
  localSsd: 0,
  ephemeralSsd: 0,
  secureBoot: false,
  integrityMonitoring: true,
  'metadata.disable-legacy-endpoints': 'true',
  flexStart: false,
  queuedProvisioning: false,
  gvisor: false,
}

/** A new PostgreSQL instance (sqladmin v1 and recordings of 2026). */
export const instanceDefaults: Defaults = {
  dataCache: false,
  availability: 'ZONAL',
  diskType: 'PD_SSD',
  diskGb: 10,
  diskAutoGrow: true,
  diskLimitGb: 0,
  publicIp: true,
  googlePrivatePath: false,
  sslMode: 'ALLOW_UNENCRYPTED_AND_ENCRYPTED',
  serverCaMode: 'GOOGLE_MANAGED_INTERNAL_CA',
  'psc.enabled': false,
  connectorEnforcement: 'NOT_REQUIRED',
  deletionProtection: false,
  retainBackupsOnDelete: false,
  finalBackupDays: 0,
  activation: 'ALWAYS',
  'insights.enabled': false,
  dataApi: false,
  connectionPooling: false,
  googleMl: false,
}

/** `value` without what a new thing would have by itself, and without what is empty then. */
export const beyond = (value: JsonObject, defaults: Defaults, path: Path = []): JsonObject =>
  Object.fromEntries(
    Object.entries(value).flatMap(([key, member]): readonly (readonly [string, Json])[] => {
      const at = [...path, key]
      if (equal(defaults[showPath(at)], member)) return []
      if (!isObject(member)) return [[key, member]]
      const inner = beyond(member, defaults, at)
      return Object.keys(inner).length === 0 ? [] : [[key, inner]]
    }),
  )

/** Sets read better as lists; a map of members to `true` is one. */
export const withLists = (value: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const isSet = isObject(member) && Object.values(member).every(one => one === true)
      if (keys.includes(key) && isSet) return [key, Object.keys(member)]
      return [key, isObject(member) ? withLists(member, keys) : member]
    }),
  )
