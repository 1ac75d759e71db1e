import { timestamp } from '../clock.ts'
import { type Json, type JsonObject, mergePatch, objectAt, textAt, withoutNulls } from '../json.ts'
import { zonesOf } from '../places.ts'
import type { Call } from '../route.ts'
import type { Project } from '../store.ts'
import { sqlBase } from './operations.ts'

const majorOf = (version: string): number => Number(/^POSTGRES_(\d+)/.exec(version)?.[1] ?? 0)

/** The edition that Google takes when none is sent: ENTERPRISE_PLUS from POSTGRES_16 on. */
export const defaultEdition = (version: string): string =>
  majorOf(version) >= 16 ? 'ENTERPRISE_PLUS' : 'ENTERPRISE'

function backupDefaults(plus: boolean): JsonObject {
  return {
    startTime: '12:00',
    kind: 'sql#backupConfiguration',
    backupRetentionSettings: { retentionUnit: 'COUNT', retainedBackups: plus ? 15 : 7 },
    enabled: false,
    pointInTimeRecoveryEnabled: plus ? true : undefined,
    transactionLogRetentionDays: plus ? 14 : 7,
    transactionalLogStorageState: 'TRANSACTIONAL_LOG_STORAGE_STATE_UNSPECIFIED',
    backupTier: 'STANDARD',
  }
}

/** Settings with everything that Google fills in; what was sent wins. Shapes: the recordings of 2026. */
export function filledSettings(sent: JsonObject, version: string, zone: string): JsonObject {
  const edition = textAt(sent, 'edition') ?? defaultEdition(version)
  const ip = objectAt(sent, 'ipConfiguration')
  const requireSsl = textAt(ip, 'sslMode') !== undefined && ip.sslMode !== 'ALLOW_UNENCRYPTED_AND_ENCRYPTED'
  const defaults: JsonObject = {
    authorizedGaeApplications: [],
    kind: 'sql#settings',
    availabilityType: 'ZONAL',
    pricingPlan: 'PER_USE',
    replicationType: 'SYNCHRONOUS',
    activationPolicy: 'ALWAYS',
    ipConfiguration: {
      authorizedNetworks: [],
      sslMode: 'ALLOW_UNENCRYPTED_AND_ENCRYPTED',
      ipv4Enabled: true,
      requireSsl,
      serverCaMode: 'GOOGLE_MANAGED_INTERNAL_CA',
      serverCertificateRotationMode: 'SERVER_CERTIFICATE_ROTATION_MODE_UNSPECIFIED',
    },
    locationPreference: { zone, kind: 'sql#locationPreference' },
    dataDiskType: 'PD_SSD',
    backupConfiguration: backupDefaults(edition === 'ENTERPRISE_PLUS'),
    edition,
    connectorEnforcement: 'NOT_REQUIRED',
    settingsVersion: '1',
    storageAutoResizeLimit: '0',
    storageAutoResize: true,
    dataDiskSizeGb: '10',
    deletionProtectionEnabled: false,
    replicationLagMaxSeconds: 31536000,
    enableGoogleMlIntegration: false,
    enableDataplexIntegration: false,
    retainBackupsOnDelete: false,
  }
  return withLongTexts(mergePatch(withoutNulls(defaults), sent))
}

/** int64 members are texts in answers, whatever was sent. */
function withLongTexts(settings: JsonObject): JsonObject {
  const text = (value: Json | undefined) => (value === undefined ? undefined : String(value))
  return withoutNulls({
    ...settings,
    dataDiskSizeGb: text(settings.dataDiskSizeGb),
    storageAutoResizeLimit: text(settings.storageAutoResizeLimit),
    settingsVersion: text(settings.settingsVersion),
  })
}

const certificate = (name: string, now: number, digest: string): JsonObject => ({
  kind: 'sql#sslCert',
  certSerialNumber: '0',
  cert: '-----BEGIN CERTIFICATE-----\nZW11bGF0ZWQ=\n-----END CERTIFICATE-----',
  commonName: 'C=US,O=Google\\, Inc,CN=Cloud SQL Server CA',
  sha1Fingerprint: digest,
  instance: name,
  createTime: timestamp(now),
  expirationTime: timestamp(now + 10 * 365 * 24 * 3600 * 1000),
})

function nextIp(project: Project): string {
  const used = project.sqlInstances.size
  return `192.0.2.${10 + (used % 200)}`
}

/** A new instance as it looks from the moment its creation was accepted: PENDING_CREATE, without addresses. */
export function newInstance({ world, project, body }: Call): JsonObject {
  const name = textAt(body, 'name') ?? ''
  const region = textAt(body, 'region') ?? 'us-central1'
  const version = textAt(body, 'databaseVersion') ?? 'POSTGRES_17'
  const sent = objectAt(body, 'settings')
  const zone = textAt(sent, 'locationPreference', 'zone') ?? zonesOf(region)[0] ?? region
  return withoutNulls({
    kind: 'sql#instance',
    state: 'PENDING_CREATE',
    databaseVersion: version,
    settings: filledSettings(withoutNulls(sent), version, zone),
    etag: world.ids.hex(64),
    instanceType: textAt(body, 'instanceType') ?? 'CLOUD_SQL_INSTANCE',
    project: project.id,
    serviceAccountEmailAddress: `p${project.number}-${world.ids.hex(6)}@gcp-sa-cloud-sql.iam.gserviceaccount.com`,
    backendType: 'SECOND_GEN',
    selfLink: `${sqlBase}projects/${project.id}/instances/${name}`,
    connectionName: `${project.id}:${region}:${name}`,
    name,
    region,
    gceZone: zone,
    createTime: timestamp(world.clock.now()),
    sqlNetworkArchitecture: 'NEW_NETWORK_ARCHITECTURE',
    satisfiesPzi: true,
    includeReplicasForMajorVersionUpgrade: false,
  })
}

/** What an instance has only once it runs: addresses, certificate, installed version. */
export function provisioned({ world, project }: Call, resource: JsonObject): JsonObject {
  const version = String(resource.databaseVersion)
  const settings = objectAt(resource, 'settings')
  const network = textAt(settings, 'ipConfiguration', 'privateNetwork')
  const publicIp = objectAt(settings, 'ipConfiguration').ipv4Enabled === true
  return {
    ...resource,
    state: 'RUNNABLE',
    ...installed(version),
    // No OUTGOING one in the new network architecture. [R sql-backup-run-delete]
    ipAddresses: [
      ...(publicIp ? [{ type: 'PRIMARY', ipAddress: nextIp(project) }] : []),
      ...(network === undefined
        ? []
        : [{ type: 'PRIVATE', ipAddress: nextIp(project).replace('192.0.2.', '10.1.2.') }]),
    ],
    serverCaCert: certificate(String(resource.name), world.clock.now(), world.ids.hex(40)),
    geminiConfig: {
      entitled: false,
      ...(majorOf(version) > 0 && { googleVacuumMgmtEnabled: false, oomSessionCancelEnabled: false }),
      activeQueryEnabled: false,
      indexAdvisorEnabled: false,
      flagRecommenderEnabled: majorOf(version) === 0,
    },
  }
}

/** Installed and upgradable versions of a major version. */
export function installed(version: string): JsonObject {
  const major = majorOf(version)
  const above = [...Array(Math.max(0, 18 - major)).keys()].map(index => major + 1 + index)
  return {
    databaseInstalledVersion: `${version}_4`,
    maintenanceVersion: `${version}_4.R20260117.02_07`,
    ...(major > 0 && {
      upgradableDatabaseVersions: above.map(next => ({
        majorVersion: `POSTGRES_${next}`,
        name: `POSTGRES_${next}`,
        displayName: `PostgreSQL ${next}`,
      })),
    }),
  }
}
