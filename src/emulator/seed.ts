import { addNetwork } from './compute/defaults.ts'
import { createCluster } from './container/clusters.ts'
import { createAccount } from './iam/service-accounts.ts'
import type { Identity } from './identities.ts'
import type { JsonObject } from './json.ts'
import type { Call, World } from './route.ts'
import { createSecret } from './secretmanager/secrets.ts'
import { addVersion } from './secretmanager/versions.ts'
import { insertInstance } from './sql/instances.ts'
import { insertUser } from './sql/users.ts'
import type { Binding, Project } from './store.ts'

/** Puts things into a project as if they had always been there; nothing is logged, no service need be on. */
export interface Seed {
  readonly enable: (...services: readonly string[]) => void
  readonly network: (name: string) => void
  /** Adds bindings as they are, without looking whether their members exist. */
  readonly bindings: (bindings: readonly Binding[], auditConfigs?: readonly JsonObject[]) => void
  /** Returns the email. */
  readonly serviceAccount: (accountId: string, more?: JsonObject) => string
  readonly secret: (id: string, payloads: readonly string[], more?: JsonObject) => void
  /** Body as of `clusters.create`, without the name. */
  readonly cluster: (location: string, name: string, cluster: JsonObject) => Promise<void>
  /** Body as of `instances.insert`, without the name. */
  readonly sqlInstance: (name: string, instance: JsonObject) => Promise<void>
  readonly sqlUser: (instance: string, user: JsonObject) => Promise<void>
  /** Says that somebody uses the address, so that it cannot be deleted. */
  readonly useAddress: (region: string, name: string, user: string) => void
}

const somebody: Identity = { email: 'somebody@example.com', permissions: ['*'], impersonates: [] }

const callOn =
  (world: World, project: Project) =>
  (params: Record<string, string>, body: JsonObject, query = ''): Call => ({
    world,
    project,
    identity: somebody,
    params,
    query: new URLSearchParams(query),
    body,
    origin: '',
    failure: undefined,
  })

type CallOn = ReturnType<typeof callOn>

function slow(world: World, call: CallOn): Pick<Seed, 'cluster' | 'sqlInstance' | 'sqlUser'> {
  const finish = () => world.operations.settle(Number.POSITIVE_INFINITY)
  return {
    async cluster(location, name, cluster) {
      createCluster(call({ locationsId: location }, { cluster: { ...cluster, name } }))
      await finish()
    },
    async sqlInstance(name, instance) {
      insertInstance(call({}, { ...instance, name }))
      await finish()
    },
    async sqlUser(instance, user) {
      insertUser(call({ instance }, user))
      await finish()
    },
  }
}

function identity(call: CallOn): Pick<Seed, 'serviceAccount' | 'secret'> {
  return {
    serviceAccount(accountId, more = {}) {
      const account = createAccount(call({}, { accountId, serviceAccount: more }))
      return String(account.email)
    },
    secret(id, payloads, more = {}) {
      createSecret(call({}, { replication: { automatic: {} }, ...more }, `secretId=${id}`))
      for (const payload of payloads) {
        const data = Buffer.from(payload).toString('base64')
        addVersion(call({ secretsId: id }, { payload: { data } }))
      }
    },
  }
}

/** Helpers for one project. Those that take time in reality end every operation that is under way. */
export function seedFor(world: World, project: Project): Seed {
  const call = callOn(world, project)
  return {
    ...slow(world, call),
    ...identity(call),
    enable(...services) {
      for (const name of services) project.services.set(`${name}.googleapis.com`, Number.NEGATIVE_INFINITY)
    },
    network: name => addNetwork(project, world.ids, world.clock.now(), name),
    bindings(bindings, auditConfigs) {
      const all = [...project.policy.bindings, ...bindings]
      const audit = auditConfigs ?? project.policy.auditConfigs
      project.policy = { bindings: all, etag: world.ids.etag(), ...(audit && { auditConfigs: audit }) }
    },
    useAddress(region, name, user) {
      const key = `regions/${region}/${name}`
      const address = project.addresses.get(key)
      if (address === undefined) throw new Error(`no address ${key} in ${project.id}`)
      project.addresses.set(key, { ...address, status: 'IN_USE', users: [user] })
    },
  }
}
