import type { GcpReader } from '../gcp/port.ts'
import { getPolicy, targetOf } from '../kinds/grant/api.ts'
import { enabledServices } from '../kinds/service/api.ts'
import { emailOf, names, type Part, providerName } from '../setup/names.ts'
import type { Seen, SeenAccount, SeenProject, SeenProvider } from '../setup/seen.ts'
import { lookAtGoogle } from './look.ts'

/** iam v1, Role. */
interface Role {
  readonly includedPermissions?: readonly string[]
  readonly deleted?: boolean
}

/** iam v1, WorkloadIdentityPool; its provider has these too. */
interface Pool {
  readonly state?: string
  readonly disabled?: boolean
}

/** iam v1, WorkloadIdentityPoolProvider. */
interface Provider extends Pool {
  readonly name: string
  readonly attributeCondition?: string
  readonly attributeMapping?: Readonly<Record<string, string>>
  readonly oidc?: {
    readonly issuerUri?: string
    readonly allowedAudiences?: readonly string[]
    readonly jwksJson?: string
  }
}

/** Where pools of a project are. */
export const poolsPath = (project: string): string =>
  `/v1/projects/${project}/locations/global/workloadIdentityPools`

/** The pool that is Slipway's. */
export const poolPath = (project: string): string => `${poolsPath(project)}/${names.pool}`

/** Looks at a project's side of the set-up. Reads only. @throws GcpError for what is neither absent nor forbidden. */
export const observeProject = async (gcp: GcpReader, id: string): Promise<SeenProject> => {
  const number = await numberOf(gcp, id)
  const [services, policy, role, planner, applier, pool, providers] = await Promise.all([
    lookAtGoogle('serviceusage.services.list', async () => [...(await enabledServices(gcp, id))]),
    lookAtGoogle('resourcemanager.projects.getIamPolicy', () =>
      getPolicy(gcp, targetOf({ target: { project: id } })),
    ),
    roleOf(gcp, id),
    accountOf(gcp, id, 'planner'),
    accountOf(gcp, id, 'applier'),
    poolOf(gcp, id),
    providersOf(gcp, id, number),
  ])
  return { id, number, services, policy, role, accounts: { planner, applier }, pool, providers }
}

/** From the project itself, or from the names of its services where that API is off; undefined if neither can be read. */
const numberOf = async (gcp: GcpReader, id: string): Promise<string | undefined> => {
  const found = await lookAtGoogle('resourcemanager.projects.get', () =>
    gcp.get<{ readonly projectNumber: string }>('cloudresourcemanager', `/v1/projects/${id}`),
  )
  if (found.state === 'seen') return found.value.projectNumber
  const service = await lookAtGoogle('serviceusage.services.get', () =>
    gcp.get<{ readonly parent?: string }>('serviceusage', `/v1/projects/${id}/services/iam.googleapis.com`),
  )
  return service.state === 'seen' ? service.value.parent?.replace('projects/', '') : undefined
}

const roleOf = (gcp: GcpReader, id: string): Promise<SeenProject['role']> =>
  lookAtGoogle('iam.roles.get', async () => {
    const role = await gcp.get<Role>('iam', `/v1/projects/${id}/roles/${names.connectRole}`)
    return { permissions: role.includedPermissions ?? [], deleted: role.deleted ?? false }
  })

const accountOf = async (gcp: GcpReader, id: string, part: Part): Promise<SeenAccount> => {
  const email = emailOf(part, id)
  const path = `/v1/projects/${id}/serviceAccounts/${email}`
  const [account, keys, policy] = await Promise.all([
    lookAtGoogle('iam.serviceAccounts.get', async () => {
      const found = await gcp.get<{ readonly disabled?: boolean }>('iam', path)
      return { disabled: found.disabled ?? false }
    }),
    lookAtGoogle('iam.serviceAccountKeys.list', async () => {
      const found = await gcp.list<{ readonly name: string }>('iam', `${path}/keys`, 'keys', {
        keyTypes: ['USER_MANAGED'],
      })
      return found.map(({ name }) => name.slice(name.lastIndexOf('/') + 1))
    }),
    lookAtGoogle('iam.serviceAccounts.getIamPolicy', () =>
      getPolicy(gcp, targetOf({ target: { project: id, serviceAccount: email } })),
    ),
  ])
  return { account, keys, policy }
}

const poolOf = (gcp: GcpReader, id: string): Promise<SeenProject['pool']> =>
  lookAtGoogle('iam.workloadIdentityPools.get', async () => {
    const pool = await gcp.get<Pool>('iam', poolPath(id))
    return { deleted: pool.state === 'DELETED', disabled: pool.disabled ?? false }
  })

const providersOf = (
  gcp: GcpReader,
  id: string,
  number: string | undefined,
): Promise<Seen<readonly SeenProvider[]>> =>
  lookAtGoogle('iam.workloadIdentityPoolProviders.list', async () => {
    const path = `${poolPath(id)}/providers`
    const found = await gcp.list<Provider>('iam', path, 'workloadIdentityPoolProviders', {
      showDeleted: true,
    })
    return found.map(provider => seenProvider(provider, number))
  })

const seenProvider = (provider: Provider, number: string | undefined): SeenProvider => ({
  id: provider.name.slice(provider.name.lastIndexOf('/') + 1),
  deleted: provider.state === 'DELETED',
  disabled: provider.disabled ?? false,
  issuer: provider.oidc?.issuerUri,
  audiences: (provider.oidc?.allowedAudiences ?? []).filter(
    audience => audience.replace(/^https:/, '') !== `//iam.googleapis.com/${providerName(number ?? '')}`,
  ),
  ownKeys: (provider.oidc?.jwksJson ?? '') !== '',
  condition: provider.attributeCondition ?? '',
  mapping: provider.attributeMapping ?? {},
})
