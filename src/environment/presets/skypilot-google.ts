import type { JsonObject } from '../../core/json.ts'
import { isZone, regionOf } from '../../kinds/shared/places.ts'
import type { SkypilotInput, SkypilotNames } from './skypilot-input.ts'

/** Services that the preset needs, without `.googleapis.com`. */
export const skypilotServices: readonly string[] = [
  'compute',
  'container',
  'iam',
  'iamcredentials',
  'cloudresourcemanager',
  'secretmanager',
  'sqladmin',
  'serviceusage',
]

/** What the preset makes in Google Cloud, in the words of the long form. */
export const googleSections = (input: SkypilotInput, names: SkypilotNames): JsonObject => ({
  services: skypilotServices,
  serviceAccounts: accounts(input, names),
  ...(input.sharedCluster ? {} : { cluster: cluster(input) }),
  ...poolSection(poolsOf(input, names)),
  addresses: {
    [input.environment]: { name: names.address, region: regionOf(input.location), tier: 'PREMIUM' },
  },
  secrets: secrets(input, names),
  database: database(input, names),
})

const accounts = (input: SkypilotInput, names: SkypilotNames): JsonObject => ({
  ...(input.sharedCluster || input.autopilot ? {} : { nodes: nodesAccount(input, names) }),
  skypilot: {
    id: names.serviceAccount,
    // An account that somebody made keeps the name that they gave it.
    ...(input.names.serviceAccount === undefined
      ? { displayName: `SkyPilot API server of ${input.environment}` }
      : {}),
    roles: ['roles/cloudsql.client', ...(input.auth === 'iam' ? ['roles/cloudsql.instanceUser'] : [])],
    workloadIdentity: [`${names.namespace}/${names.kubernetesServiceAccount}`],
  },
})

const nodesAccount = ({ environment, applierKnown }: SkypilotInput, names: SkypilotNames): JsonObject => ({
  id: names.nodes,
  displayName: `Nodes of ${environment}`,
  roles: ['roles/container.defaultNodeServiceAccount'],
  ...(applierKnown ? { grants: [{ role: 'roles/iam.serviceAccountUser', member: 'applier' }] } : {}),
})

/**
 * Autopilot switches workload identity on by itself and takes no pools. No version: every version that the channel
 * offers is beyond 1.29, the least that the database proxy needs, and a create with 1.29 itself would be refused.
 */
const cluster = ({ environment, location, autopilot }: SkypilotInput): JsonObject => ({
  name: environment,
  location,
  mode: autopilot ? 'autopilot' : 'standard',
  channel: 'REGULAR',
  ...(autopilot ? {} : { workloadIdentity: true }),
  dnsEndpoint: true,
})

const poolSection = (nodePools: JsonObject | undefined): JsonObject =>
  nodePools === undefined ? {} : { nodePools }

const poolsOf = (input: SkypilotInput, names: SkypilotNames): JsonObject | undefined => {
  const { sharedCluster, autopilot, project, extraPools } = input
  if (autopilot || (sharedCluster && extraPools.length === 0)) return undefined
  const every = {
    diskType: 'pd-balanced',
    diskGb: 100,
    ...(sharedCluster ? {} : { serviceAccount: `${names.nodes}@${project}.iam.gserviceaccount.com` }),
    scopes: ['https://www.googleapis.com/auth/cloud-platform'],
    workloadMetadata: 'GKE_METADATA',
  }
  const own = { machineType: 'e2-standard-8', autoscaling: { min: 1, max: 3, scope: 'total' }, ...every }
  const extra = extraPools.map(name => [name, every] as const)
  return { ...(sharedCluster ? {} : { default: own }), ...Object.fromEntries(extra) }
}

const secrets = ({ auth, login }: SkypilotInput, names: SkypilotNames): JsonObject => ({
  ...(login === undefined
    ? { login: { name: names.login, generate: { user: 'skypilot', length: 32 } } }
    : 'secret' in login
      ? { login: { name: login.secret } }
      : {}),
  ...(auth === 'password'
    ? { database: { name: names.password, generate: { length: 32, alphabet: 'letters-digits' } } }
    : {}),
})

const database = (input: SkypilotInput, names: SkypilotNames): JsonObject => {
  const { location, databaseRegion, auth, backedUp } = input
  return {
    name: names.instance,
    region: databaseRegion,
    ...(isZone(location) && regionOf(location) === databaseRegion ? { zone: location } : {}),
    version: 'POSTGRES_16',
    edition: 'ENTERPRISE',
    tier: 'db-custom-2-7680',
    availability: 'ZONAL',
    diskType: 'PD_SSD',
    diskGb: 10,
    diskAutoGrow: true,
    publicIp: true,
    sslMode: 'ENCRYPTED_ONLY',
    connectorEnforcement: 'REQUIRED',
    ...(auth === 'iam' ? { flags: { 'cloudsql.iam_authentication': 'on' } } : {}),
    backups: { enabled: true, startTime: '03:00', retained: 7, pointInTime: backedUp, logDays: 7 },
    deletionProtection: true,
    retainBackupsOnDelete: true,
    finalBackupDays: 30,
    databases: { skypilot: { name: names.database } },
    users: { skypilot: user(input, names) },
  }
}

const user = ({ auth }: SkypilotInput, names: SkypilotNames): JsonObject =>
  auth === 'iam'
    ? { name: names.user, type: 'iam-service-account', roles: ['cloudsqlsuperuser'] }
    : {
        name: names.user,
        type: 'built-in',
        password: { from: 'secret', secret: names.password, version: { $ref: 'secret/database#version' } },
      }
