import type { Json as Value } from '../../src/core/json.ts'
import { isObject, type Json, type JsonObject, listAt } from '../../src/emulator/json.ts'
import {
  account,
  addressNamed,
  cluster,
  gone,
  instance,
  type Meddling,
  nextVersion,
  pool,
  type Standing,
  secret,
  setting,
} from './meddling.ts'
import { rivals } from './rivals.ts'

const objects = (list: Json | undefined) => (Array.isArray(list) ? list.filter(isObject) : [])

/** One flag among others. */
const flag = (name: string, value: string): Standing => ({
  raw: before => [...objects(before).filter(one => one.name !== name), { name, value }],
  own: list => objects(list).find(one => one.name === name)?.value,
})

const texts = (list: Json | undefined) => (Array.isArray(list) ? list.map(String) : [])

/** One member of a set. */
const among = (member: string): Standing => ({
  raw: before => [...texts(before).filter(one => one !== member), member],
  own: list => texts(list).includes(member),
})

const onDatabase = (path: string, member: string, value: Value, more = {}): Meddling =>
  setting(['sql-instance/lab', path], instance, `settings.${member}`, value, more)

const database: readonly Meddling[] = [
  onDatabase('tier', 'tier', 'db-custom-8-30720'),
  onDatabase('sslMode', 'ipConfiguration.sslMode', 'TRUSTED_CLIENT_CERTIFICATE_REQUIRED'),
  onDatabase('connectorEnforcement', 'connectorEnforcement', 'REQUIRED'),
  onDatabase('diskGb', 'dataDiskSizeGb', 4000, { raw: '4000' }),
  onDatabase('labels.team', 'userLabels.team', 'meddled'),
  onDatabase('labels.cost', 'userLabels.cost', 'x-1'),
  onDatabase('labels.foreign', 'userLabels.foreign', 'kept'),
  onDatabase('deletionProtection', 'deletionProtectionEnabled', true),
  onDatabase('insights.queryStringLength', 'insightsConfig.queryStringLength', 1024),
  onDatabase('backups.startTime', 'backupConfiguration.startTime', '11:00'),
  onDatabase('maintenanceWindow.hour', 'maintenanceWindow.hour', 13),
  onDatabase('flags.work_mem', 'databaseFlags', '77777', flag('work_mem', '77777')),
  onDatabase('flags.foreign', 'databaseFlags', '1', flag('temp_file_limit', '1')),
  gone(
    'sql-database/sky',
    state => void instance(state)?.databases.delete('sky'),
    state => instance(state)?.databases.get('sky')?.name,
  ),
]

const onCluster = (path: string, member: string, value: Value, more = {}): Meddling =>
  setting(['cluster/lab', path], cluster, member, value, more)

const daily = 'maintenancePolicy.window.dailyMaintenanceWindow.startTime'

const clusters: readonly Meddling[] = [
  onCluster('labels.team', 'resourceLabels.team', 'meddled'),
  onCluster('labels.foreign', 'resourceLabels.foreign', 'kept'),
  onCluster('mark', 'resourceLabels.slipway-environment', 'somebody'),
  onCluster('channel', 'releaseChannel.channel', 'EXTENDED'),
  onCluster('autoscalingProfile', 'autoscaling.autoscalingProfile', 'OPTIMIZE_UTILIZATION'),
  onCluster('monitoring.managedPrometheus', 'monitoringConfig.managedPrometheusConfig.enabled', false),
  onCluster('logging.APISERVER', 'loggingConfig.componentConfig.enableComponents', true, among('APISERVER')),
  onCluster('securityPosture', 'securityPostureConfig.mode', 'ENTERPRISE'),
  onCluster('costAllocation', 'costManagementConfig.enabled', true),
  onCluster('addons.gcsFuseCsi', 'addonsConfig.gcsFuseCsiDriverConfig.enabled', true),
  onCluster('maintenance.daily', daily, '11:00', {
    where: (resource: JsonObject) => JSON.stringify(resource).includes('dailyMaintenanceWindow'),
  }),
]

const onPool = (path: string, member: string, value: Value, more = {}): Meddling =>
  setting(['node-pool/main', path], pool('main'), member, value, more)

const isScaled = ({ autoscaling }: JsonObject): boolean =>
  isObject(autoscaling) && autoscaling.enabled === true

const pools: readonly Meddling[] = [
  onPool('labels.foreign', 'config.labels.foreign', 'kept'),
  onPool('labels.team', 'config.labels.team', 'meddled'),
  onPool('cloudLabels.cost', 'config.resourceLabels.cost', 'meddled'),
  onPool('machineType', 'config.machineType', 'e2-standard-16'),
  onPool('gvnic', 'config.gvnic.enabled', true),
  onPool('imageStreaming', 'config.gcfsConfig.enabled', true),
  onPool('upgrade.surge', 'upgradeSettings.maxSurge', 5),
  onPool('autoUpgrade', 'management.autoUpgrade', false),
  onPool('nodes', 'initialNodeCount', 9, { where: (resource: JsonObject) => !isScaled(resource) }),
  onPool('autoscaling.max', 'autoscaling.totalMaxNodeCount', 9, {
    where: (resource: JsonObject) =>
      isScaled(resource) && 'totalMaxNodeCount' in Object(resource.autoscaling),
  }),
  gone(
    'node-pool/spare',
    state => {
      const owner = cluster(state)
      if (owner === undefined) return
      const nodePools = listAt(owner.resource, 'nodePools').filter(
        one => !isObject(one) || one.name !== 'spare',
      )
      owner.resource = { ...owner.resource, nodePools, etag: nextVersion() }
    },
    state => pool('spare')(state)?.resource.name,
  ),
]

const others: readonly Meddling[] = [
  setting(['service-account/server', 'displayName'], account('lab-server'), 'displayName', 'meddled'),
  setting(['service-account/other', 'displayName'], account('lab-other'), 'displayName', 'meddled'),
  setting(['service-account/server', 'disabled'], account('lab-server'), 'disabled', true),
  setting(['service-account/other', 'disabled'], account('lab-other'), 'disabled', true),
  setting(['secret/db', 'labels.cost'], secret('lab-db'), 'labels.cost', 'meddled'),
  setting(['secret/db', 'labels.foreign'], secret('lab-db'), 'labels.foreign', 'kept'),
  setting(['secret/login', 'labels.team'], secret('lab-login'), 'labels.team', 'meddled'),
  setting(['address/web', 'labels.cost'], addressNamed('lab-web'), 'labels.cost', 'meddled'),
  setting(['address/web', 'labels.foreign'], addressNamed('lab-web'), 'labels.foreign', 'kept'),
  setting(['address/grpc', 'labels.team'], addressNamed('lab-grpc'), 'labels.team', 'meddled'),
  gone(
    'address/web',
    state => void state.addresses.delete('regions/us-central1/lab-web'),
    state => addressNamed('lab-web')(state)?.resource.name,
  ),
  gone(
    'secret/login',
    state => void state.secrets.delete('lab-login'),
    state => secret('lab-login')(state)?.resource.name,
  ),
  gone(
    'grant',
    state => {
      state.policy = {
        ...state.policy,
        bindings: [...state.policy.bindings, { role: 'roles/owner', members: ['user:foreign@acme.com'] }],
        etag: nextVersion(),
      }
    },
    state => state.policy.bindings.flatMap(({ members }) => members).includes('user:foreign@acme.com'),
  ),
]

/** What a second actor may do. */
export const meddlings: readonly Meddling[] = [...database, ...clusters, ...pools, ...others, ...rivals]
