import type { JsonObject } from '../core/json.ts'
import type { GcpReader } from '../gcp/port.ts'
import { listAddresses } from '../kinds/address/api.ts'
import { getPolicy, targetOf } from '../kinds/grant/api.ts'
import { bindingsOf, type Policy } from '../kinds/grant/policy.ts'
import { listSecrets } from '../kinds/secret/api.ts'
import { enabledServices } from '../kinds/service/api.ts'
import { type Account, listAccounts } from '../kinds/service-account/api.ts'
import { type ApiCluster, listClusters } from '../kinds/shared/gke/clusters.ts'
import { type ApiMember, listInside } from '../kinds/shared/sql/inside.ts'
import { type ApiInstance, isStopped, listInstances } from '../kinds/shared/sql/instances.ts'
import type { Sight } from './sight.ts'

/** An instance and what is in it. */
export interface FoundInstance {
  readonly instance: ApiInstance
  readonly databases: readonly ApiMember[]
  readonly users: readonly ApiMember[]
}

/** A service account, what it may do, and which Kubernetes service accounts act as it (NAMESPACE/NAME). */
export interface FoundAccount {
  readonly account: Account
  readonly roles: readonly string[]
  readonly workloads: readonly string[]
}

/** A regional address. */
export interface FoundAddress {
  readonly name: string
  readonly region: string
  readonly address: string | undefined
  readonly facts: JsonObject
}

/** Everything in a project that a file could say something of, but for what is inside its clusters. */
export interface Survey {
  readonly project: string
  readonly clusters: readonly ApiCluster[]
  readonly instances: readonly FoundInstance[]
  readonly accounts: readonly FoundAccount[]
  readonly addresses: readonly FoundAddress[]
  readonly secrets: readonly string[]
  /** Names without `.googleapis.com`. */
  readonly services: ReadonlySet<string>
}

/** Reads a project with the requests that planning may send. What cannot be read is noted in `sight`. */
export const surveyOf = async (project: string, gcp: GcpReader, sight: Sight): Promise<Survey> => {
  const [clusters, instances, accounts, addresses, secrets, services] = await Promise.all([
    clustersIn(project, gcp, sight),
    instancesIn(project, gcp, sight),
    accountsIn(project, gcp, sight),
    addressesIn(project, gcp, sight),
    sight.see(
      { what: 'secrets of Secret Manager', permission: 'secretmanager.secrets.list' },
      async () => [...(await listSecrets(gcp, project)).keys()],
      [],
    ),
    sight.see(
      { what: 'Google APIs that are on', permission: 'serviceusage.services.list' },
      async () => [...(await enabledServices(gcp, project))],
      [],
    ),
  ])
  const short = services.map(name => name.replace(/\.googleapis\.com$/, ''))
  return { project, clusters, instances, accounts, addresses, secrets, services: new Set(short) }
}

const clustersIn = (project: string, gcp: GcpReader, sight: Sight): Promise<readonly ApiCluster[]> =>
  sight.see(
    { what: 'clusters and node pools', permission: 'container.clusters.list' },
    async () => (await listClusters(gcp, project)).clusters ?? [],
    [],
  )

const instancesIn = async (project: string, gcp: GcpReader, sight: Sight) => {
  const view = { what: 'Cloud SQL instances', permission: 'cloudsql.instances.list' }
  const found = await sight.see(view, async () => (await listInstances(gcp, project)).instances, [])
  return Promise.all(
    found.map(async (instance): Promise<FoundInstance> => {
      if (isStopped(instance)) return { instance, databases: [], users: [] }
      const inside = (what: 'databases' | 'users') =>
        sight.see(
          { what: `${what} of the instance ${instance.name}`, permission: `cloudsql.${what}.list` },
          async () => (await listInside(gcp, { project, name: instance.name }, what)) ?? [],
          [],
        )
      const [databases, users] = await Promise.all([inside('databases'), inside('users')])
      return { instance, databases, users }
    }),
  )
}

const accountsIn = async (
  project: string,
  gcp: GcpReader,
  sight: Sight,
): Promise<readonly FoundAccount[]> => {
  const [accounts, policy] = await Promise.all([
    sight.see(
      { what: 'service accounts', permission: 'iam.serviceAccounts.list' },
      async () => [...(await listAccounts(gcp, project)).values()],
      [],
    ),
    sight.see<Policy>(
      { what: 'roles on the project', permission: 'resourcemanager.projects.getIamPolicy' },
      () => getPolicy(gcp, targetOf({ target: { project } })),
      { etag: '' },
    ),
  ])
  const own = accounts.filter(({ email }) => email.endsWith(`.iam.gserviceaccount.com`))
  return Promise.all(
    own.map(async account => ({
      account,
      roles: rolesOf(policy, `serviceAccount:${account.email}`),
      workloads: workloadsIn(await policyOf(project, account.email, gcp, sight), project),
    })),
  )
}

const policyOf = (project: string, email: string, gcp: GcpReader, sight: Sight): Promise<Policy> =>
  sight.see<Policy>(
    { what: `who may act as ${email}`, permission: 'iam.serviceAccounts.getIamPolicy' },
    () => getPolicy(gcp, targetOf({ target: { project, serviceAccount: email } })),
    { etag: '' },
  )

/** Roles that hold without a condition. */
const rolesOf = (policy: Policy, member: string): readonly string[] =>
  bindingsOf(policy)
    .filter(({ condition, members = [] }) => condition === undefined && members.includes(member))
    .map(({ role }) => role)
    .sort()

const workloadsIn = (policy: Policy, project: string): readonly string[] => {
  const start = `serviceAccount:${project}.svc.id.goog[`
  return bindingsOf(policy)
    .filter(({ role, condition }) => role === 'roles/iam.workloadIdentityUser' && condition === undefined)
    .flatMap(({ members = [] }) => members)
    .filter(member => member.startsWith(start) && member.endsWith(']'))
    .map(member => member.slice(start.length, -1))
    .sort()
}

const addressesIn = (project: string, gcp: GcpReader, sight: Sight): Promise<readonly FoundAddress[]> =>
  sight.see(
    { what: 'addresses', permission: 'compute.addresses.list' },
    async () =>
      [...(await listAddresses(gcp, project)).addresses].flatMap(([path, facts]) => {
        const region = /^regions\/([^/]+)\//.exec(path)?.[1]
        if (region === undefined) return []
        return [{ name: facts.name, region, address: facts.address, facts: { ...facts } as JsonObject }]
      }),
    [],
  )
