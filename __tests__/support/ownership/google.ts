import { isObject, type JsonObject, withValueAt } from '../../../src/core/json.ts'
import { project } from '../one-file.ts'
import type { World } from '../world.ts'
import { claimed, keeping, marked, type Row, unmarkedKeeping } from './row.ts'

const label = 'slipway-environment'

const stateOf = ({ google }: World) => {
  const found = google.state.find(project)
  if (found === undefined) throw new Error(`no project ${project}`)
  return found
}

const labelled = (labels: unknown, key: string, value: string | null): JsonObject => {
  const { [key]: _, ...others } = isObject(labels as JsonObject) ? (labels as JsonObject) : {}
  return value === null ? others : { ...others, [key]: value }
}

const found = <T>(from: ReadonlyMap<string, T>, key: string): T => {
  const one = from.get(key)
  if (one === undefined) throw new Error(`nothing is under ${key}`)
  return one
}

const clusterKey = 'us-central1-a/lab'

const markAccount = async (world: World, environment: string | null): Promise<void> => {
  const account = found(stateOf(world).serviceAccounts, `lab-server@${project}.iam.gserviceaccount.com`)
  const description = environment === null ? '' : `[slipway-environment=${environment}]`
  account.resource = { ...account.resource, description }
}

const markCluster = async (world: World, environment: string | null): Promise<void> => {
  const { clusters } = stateOf(world)
  const cluster = found(clusters, clusterKey)
  clusters.set(clusterKey, {
    ...cluster,
    resourceLabels: labelled(cluster.resourceLabels, label, environment),
  })
}

const markPool = async (world: World, environment: string | null): Promise<void> => {
  const { clusters } = stateOf(world)
  const cluster = found(clusters, clusterKey)
  const nodePools = (cluster.nodePools as readonly JsonObject[]).map(pool => {
    if (pool.name !== 'gpu') return pool
    const config = pool.config as JsonObject
    return withValueAt(
      pool,
      ['config', 'resourceLabels'],
      labelled(config.resourceLabels, label, environment),
    )
  })
  clusters.set(clusterKey, { ...cluster, nodePools })
}

const markAddress = async (world: World, environment: string | null): Promise<void> => {
  const { addresses } = stateOf(world)
  const key = 'regions/us-central1/lab-server'
  const address = found(addresses, key)
  addresses.set(key, { ...address, labels: labelled(address.labels, label, environment) })
}

const markSecret = async (world: World, environment: string | null): Promise<void> => {
  const secret = found(stateOf(world).secrets, 'lab-database')
  secret.resource = { ...secret.resource, labels: labelled(secret.resource.labels, label, environment) }
}

/** A label of the instance: its own mark, or the note of a user. */
const markInstance =
  (key: string, value: (environment: string) => string) =>
  async (world: World, environment: string | null): Promise<void> => {
    const instance = found(stateOf(world).sqlInstances, 'lab-main')
    const settings = instance.resource.settings as JsonObject
    const userLabels = labelled(settings.userLabels, key, environment === null ? null : value(environment))
    instance.resource = { ...instance.resource, settings: { ...settings, userLabels } }
  }

/** The kinds of Google's side, in the order in which an environment is taken apart. */
export const googleRows: readonly Row[] = [
  {
    kind: 'sql-database',
    address: 'sql-database/skypilot',
    identity: 'instances/lab-main/databases/skypilot',
    cut: [['database', 'databases']],
    expected: unmarkedKeeping,
  },
  {
    kind: 'sql-user',
    address: 'sql-user/skypilot',
    identity: 'instances/lab-main/users/skypilot',
    cut: [['database', 'users']],
    mark: markInstance('slipway-user-skypilot', environment => `${environment}_1`),
    expected: keeping,
  },
  {
    kind: 'sql-instance',
    address: 'sql-instance/lab',
    identity: 'instances/lab-main',
    cut: [['database']],
    mark: markInstance(label, environment => environment),
    expected: { ...keeping, deleted: /the file that was applied last protects it \(deletionProtection\)/ },
  },
  {
    kind: 'secret',
    address: 'secret/database',
    identity: 'secrets/lab-database',
    cut: [['secrets'], ['database', 'users']],
    mark: markSecret,
    expected: keeping,
  },
  {
    kind: 'grant',
    address: 'grant/roles/cloudsql.viewer:group:ml@acme.com@acme-ml',
    identity: '#roles/cloudsql.viewer group:ml@acme.com',
    cut: [['projectIam']],
    expected: claimed,
  },
  {
    kind: 'service-account',
    address: 'service-account/server',
    identity: 'serviceAccounts/lab-server@acme-ml.iam.gserviceaccount.com',
    cut: [['serviceAccounts', 'server']],
    mark: markAccount,
    expected: marked,
  },
  {
    kind: 'address',
    address: 'address/lab',
    identity: 'addresses/lab-server',
    cut: [['addresses']],
    mark: markAddress,
    expected: marked,
  },
  {
    kind: 'node-pool',
    address: 'node-pool/gpu',
    identity: 'nodePools/gpu',
    cut: [['nodePools', 'gpu']],
    mark: markPool,
    expected: marked,
  },
  {
    kind: 'cluster',
    address: 'cluster/lab',
    identity: 'clusters/lab',
    cut: [['cluster'], ['nodePools']],
    mark: markCluster,
    expected: keeping,
  },
  {
    kind: 'service',
    address: 'service/sqladmin',
    identity: 'services/sqladmin.googleapis.com',
    cut: [['services', 5]],
    expected: { ...claimed, dropped: 'nothing', handedOver: 'nothing', deleted: 'nothing' },
  },
]
