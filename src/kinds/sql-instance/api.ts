import { isObject, type JsonObject } from '../../core/json.ts'
import { either, int64, link, listOf, memberSet, objectOf, pairs, same } from '../shared/codecs.ts'
import { type Field, field, fromApi, toApi } from '../shared/fields.ts'
import { labels, markLabel, markOf } from '../shared/labels.ts'
import { plain } from '../shared/settings.ts'
import type { ApiInstance } from '../shared/sql/instances.ts'
import { denyMaintenance, finalBackup, maintenanceWindow, retained } from './codecs.ts'

const setting = (spec: string, api: string, codec?: Field['codec'], missing?: Field['missing']): Field =>
  field(spec, `settings.${api}`, codec, missing)

const networkFields: readonly Field[] = [
  setting('publicIp', 'ipConfiguration.ipv4Enabled', same, false),
  setting('privateNetwork', 'ipConfiguration.privateNetwork', link),
  setting('allocatedIpRange', 'ipConfiguration.allocatedIpRange'),
  setting('googlePrivatePath', 'ipConfiguration.enablePrivatePathForGoogleCloudServices', same, false),
  setting('sslMode', 'ipConfiguration.sslMode'),
  setting('serverCaMode', 'ipConfiguration.serverCaMode'),
  setting('authorizedNetworks', 'ipConfiguration.authorizedNetworks', pairs('value', 'name'), {}),
  setting('psc.enabled', 'ipConfiguration.pscConfig.pscEnabled', same, false),
  setting('psc.consumerProjects', 'ipConfiguration.pscConfig.allowedConsumerProjects', memberSet, {}),
  setting('connectorEnforcement', 'connectorEnforcement', same, 'NOT_REQUIRED'),
]

const machineFields: readonly Field[] = [
  setting('edition', 'edition'),
  setting('tier', 'tier'),
  setting('dataCache', 'dataCacheConfig.dataCacheEnabled', same, false),
  setting('availability', 'availabilityType', same, 'ZONAL'),
  setting('zone', 'locationPreference.zone'),
  setting('secondaryZone', 'locationPreference.secondaryZone'),
  setting('diskType', 'dataDiskType'),
  setting('diskGb', 'dataDiskSizeGb', int64),
  setting('diskAutoGrow', 'storageAutoResize', same, false),
  setting('diskLimitGb', 'storageAutoResizeLimit', int64, 0),
  setting('provisionedIops', 'dataDiskProvisionedIops', int64),
  setting('provisionedThroughput', 'dataDiskProvisionedThroughput', int64),
  field('diskKey', 'diskEncryptionConfiguration.kmsKeyName'),
  setting('collation', 'collation'),
]

const protectionFields: readonly Field[] = [
  setting('backups.enabled', 'backupConfiguration.enabled', same, false),
  setting('backups.startTime', 'backupConfiguration.startTime'),
  setting('backups.retained', 'backupConfiguration.backupRetentionSettings', retained),
  setting('backups.pointInTime', 'backupConfiguration.pointInTimeRecoveryEnabled', same, false),
  setting('backups.logDays', 'backupConfiguration.transactionLogRetentionDays'),
  setting('backups.location', 'backupConfiguration.location'),
  setting('maintenanceWindow', 'maintenanceWindow', maintenanceWindow),
  setting('denyMaintenance', 'denyMaintenancePeriods', denyMaintenance),
  setting('deletionProtection', 'deletionProtectionEnabled', same, false),
  setting('retainBackupsOnDelete', 'retainBackupsOnDelete', same, false),
  setting('finalBackupDays', 'finalBackupConfig', finalBackup, 0),
  setting('activation', 'activationPolicy', same, 'ALWAYS'),
]

const engineFields: readonly Field[] = [
  setting('flags', 'databaseFlags', pairs('name', 'value'), {}),
  setting('insights.enabled', 'insightsConfig.queryInsightsEnabled', same, false),
  setting('insights.queryStringLength', 'insightsConfig.queryStringLength'),
  setting('insights.recordApplicationTags', 'insightsConfig.recordApplicationTags', same, false),
  setting('insights.recordClientAddress', 'insightsConfig.recordClientAddress', same, false),
  setting('insights.plansPerMinute', 'insightsConfig.queryPlansPerMinute'),
  setting('passwordPolicy', 'passwordValidationPolicy', same, {}),
  setting('dataApi', 'dataApiAccess', either('ALLOW_DATA_API', 'DISALLOW_DATA_API'), false),
  setting('connectionPooling', 'connectionPoolConfig.connectionPoolingEnabled', same, false),
  setting('googleMl', 'enableGoogleMlIntegration', same, false),
]

/** Every setting of an instance and where sqladmin v1 `DatabaseInstance` holds it. */
export const instanceFields: readonly Field[] = [
  field('region', 'region'),
  field('version', 'databaseVersion'),
  ...machineFields,
  ...networkFields,
  ...protectionFields,
  ...engineFields,
  setting('labels', 'userLabels', labels, {}),
  setting('mark', `userLabels.${markLabel}`),
]

/** The body of sqladmin v1 instances.insert. */
export const instanceBody = (spec: JsonObject, name: string): JsonObject => ({
  ...toApi(instanceFields, spec),
  name,
  instanceType: 'CLOUD_SQL_INSTANCE',
})

/** What a live instance says, in the words of the file. */
export const instanceSpecOf = (instance: ApiInstance, project: string): JsonObject => ({
  ...fromApi(instanceFields, instance),
  project,
  name: instance.name,
})

/** The environment that a live instance bears the mark of, or null. */
export const instanceMark = (instance: ApiInstance): string | null =>
  markOf(objectOf(instance.settings).userLabels)

/** What a live instance gives to others; what it does not have yet is left out. */
export const instanceOutputs = (instance: ApiInstance): JsonObject => {
  const addresses = listOf(instance.ipAddresses).filter(isObject)
  const address = (type: string) => addresses.find(found => found.type === type)?.ipAddress
  return plain({
    connectionName: instance.connectionName,
    ip: address('PRIMARY'),
    privateIp: address('PRIVATE'),
  })
}
