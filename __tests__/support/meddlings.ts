import { isObject, type Json, type JsonObject } from '../../src/emulator/json.ts'
import type { Project } from '../../src/emulator/store.ts'
import { project } from './one-file.ts'

/** Something that a person does in the console between plan and apply. */
export interface Meddling {
  /** The resource and the setting, as a plan names them; `path` '' stands for its being there at all. */
  readonly address: string
  readonly path: string
  readonly read: (project: Project) => Json | undefined
  /** Whether there is anything to do it to. */
  readonly isPossible: (project: Project) => boolean
  readonly act: (project: Project) => void
}

const at = (value: Json | undefined, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value)

const withAt = (value: JsonObject, [key = '', ...rest]: readonly string[], to: Json): JsonObject => {
  const inner = value[key]
  return { ...value, [key]: rest.length === 0 ? to : withAt(isObject(inner) ? inner : {}, rest, to) }
}

let turns = 0

/** The resource under a new version, whatever this API calls it: as any write of somebody else leaves it. */
const touched = (resource: JsonObject): JsonObject => {
  const version = `by-somebody-${++turns}`
  const settings = resource.settings
  return {
    ...resource,
    ...(resource.etag === undefined ? {} : { etag: version }),
    ...(resource.labelFingerprint === undefined ? {} : { labelFingerprint: version }),
    ...(isObject(settings) && settings.settingsVersion !== undefined
      ? { settings: { ...settings, settingsVersion: String(Number(settings.settingsVersion) + 1) } }
      : {}),
  }
}

/** Sets one member of a resource that is there. */
const setting = (
  address: string,
  path: string,
  find: (project: Project) => { resource: JsonObject } | undefined,
  member: readonly string[],
  to: Json,
): Meddling => ({
  address,
  path,
  read: state => at(find(state)?.resource, member),
  isPossible: state => find(state) !== undefined,
  act: state => {
    const found = find(state)
    if (found !== undefined) found.resource = touched(withAt(found.resource, member, to))
  },
})

const instance = (state: Project) => state.sqlInstances.get('lab-main')
const account = (id: string) => (state: Project) =>
  state.serviceAccounts.get(`${id}@${project}.iam.gserviceaccount.com`)
const secret = (state: Project) => state.secrets.get('lab-db')

/** A holder over a map of plain resources, so that they can be set like the others. */
const inMap = (pick: (state: Project) => Map<string, JsonObject>, key: string) => (state: Project) => {
  const all = pick(state)
  const found = all.get(key)
  if (found === undefined) return undefined
  return {
    get resource() {
      return all.get(key) ?? found
    },
    set resource(value: JsonObject) {
      all.set(key, value)
    },
  }
}

const cluster = inMap(state => state.clusters, 'us-central1-a/lab')
const web = inMap(state => state.addresses, 'regions/us-central1/lab-web')

/** The first pool of the cluster, which stands inside its cluster. */
const mainPool = (state: Project): { resource: JsonObject } | undefined => {
  const owner = cluster(state)
  const pools = owner?.resource.nodePools
  const found = Array.isArray(pools)
    ? pools.find((pool: Json) => isObject(pool) && pool.name === 'main')
    : undefined
  if (owner === undefined || !Array.isArray(pools) || !isObject(found)) return undefined
  return {
    get resource() {
      return found
    },
    set resource(value: JsonObject) {
      const nodePools = pools.map((pool: Json) => (pool === found ? value : pool))
      owner.resource = { ...owner.resource, nodePools }
    },
  }
}

const gone = (address: string, remove: (state: Project) => void, read: Meddling['read']): Meddling => ({
  address,
  path: '',
  act: remove,
  read,
  isPossible: state => read(state) !== undefined,
})

/** What a second actor may do. */
export const meddlings: readonly Meddling[] = [
  setting('sql-instance/lab', 'tier', instance, ['settings', 'tier'], 'db-custom-8-30720'),
  setting(
    'sql-instance/lab',
    'sslMode',
    instance,
    ['settings', 'ipConfiguration', 'sslMode'],
    'TRUSTED_CLIENT_CERTIFICATE_REQUIRED',
  ),
  setting('sql-instance/lab', 'diskGb', instance, ['settings', 'dataDiskSizeGb'], '4000'),
  setting('sql-instance/lab', 'labels.team', instance, ['settings', 'userLabels', 'team'], 'meddled'),
  setting('sql-instance/lab', 'labels.foreign', instance, ['settings', 'userLabels', 'foreign'], 'kept'),
  setting(
    'sql-instance/lab',
    'deletionProtection',
    instance,
    ['settings', 'deletionProtectionEnabled'],
    true,
  ),
  setting('service-account/server', 'displayName', account('lab-server'), ['displayName'], 'meddled'),
  setting('service-account/other', 'disabled', account('lab-other'), ['disabled'], true),
  setting('secret/db', 'labels.cost', secret, ['labels', 'cost'], 'meddled'),
  setting('cluster/lab', 'labels.team', cluster, ['resourceLabels', 'team'], 'meddled'),
  setting('cluster/lab', 'labels.foreign', cluster, ['resourceLabels', 'foreign'], 'kept'),
  setting(
    'cluster/lab',
    'autoscalingProfile',
    cluster,
    ['autoscaling', 'autoscalingProfile'],
    'OPTIMIZE_UTILIZATION',
  ),
  setting('cluster/lab', 'mark', cluster, ['resourceLabels', 'slipway-environment'], 'somebody'),
  setting(
    'cluster/lab',
    'monitoring.managedPrometheus',
    cluster,
    ['monitoringConfig', 'managedPrometheusConfig', 'enabled'],
    false,
  ),
  setting('node-pool/main', 'labels.foreign', mainPool, ['config', 'labels', 'foreign'], 'kept'),
  setting('address/web', 'labels.cost', web, ['labels', 'cost'], 'meddled'),
  gone(
    'address/web',
    state => void state.addresses.delete('regions/us-central1/lab-web'),
    state => state.addresses.get('regions/us-central1/lab-web')?.name,
  ),
  gone(
    'sql-database/sky',
    state => void instance(state)?.databases.delete('sky'),
    state => instance(state)?.databases.get('sky')?.name,
  ),
  gone(
    'grant',
    state => {
      state.policy = {
        ...state.policy,
        bindings: [...state.policy.bindings, { role: 'roles/owner', members: ['user:foreign@acme.com'] }],
        etag: `by-somebody-${++turns}`,
      }
    },
    state => state.policy.bindings.flatMap(({ members }) => members).includes('user:foreign@acme.com'),
  ),
]
