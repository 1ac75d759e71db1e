import type { Ids } from './ids.ts'
import type { JsonObject } from './json.ts'

/** One line of an IAM policy. */
export interface Binding {
  readonly role: string
  readonly members: readonly string[]
  readonly condition?: JsonObject
}

/** An IAM policy as it is kept: merged, sorted, with the etag of its last write. */
export interface Policy {
  readonly bindings: readonly Binding[]
  readonly auditConfigs?: readonly JsonObject[]
  readonly etag: string
}

/** A service account with the policy on it. */
export interface ServiceAccount {
  resource: JsonObject
  policy: Policy
  /** The policy that was replaced last, and when: until a write has spread it counts. */
  replaced?: { readonly policy: Policy; readonly at: number }
  /** Keys that people made, by id. */
  readonly keys: Map<string, JsonObject>
  /** Reads still to come that may answer 404 although the account exists. */
  unsettledReads: number
}

/** A workload identity pool with its providers by id. What is deleted stays, in the state DELETED. */
export interface WorkloadIdentityPool {
  resource: JsonObject
  readonly providers: Map<string, JsonObject>
}

/** A version of a secret; `payload` is base64 and gone once the version is destroyed. */
export interface SecretVersion {
  resource: JsonObject
  payload: string | undefined
}

/** A secret with its versions by number. */
export interface Secret {
  resource: JsonObject
  readonly versions: Map<string, SecretVersion>
}

/** A Cloud SQL instance with what lives in it. */
export interface SqlInstance {
  resource: JsonObject
  readonly databases: Map<string, JsonObject>
  readonly users: Map<string, JsonObject>
  /** SHA-256 of the users' passwords, by user. */
  readonly passwords: Map<string, string>
  readonly backupRuns: Map<string, JsonObject>
}

/** Everything of one project. */
export interface Project {
  readonly id: string
  readonly number: string
  readonly createdAt: number
  /** Enabled services, with the time since which they have been. */
  readonly services: Map<string, number>
  policy: Policy
  readonly serviceAccounts: Map<string, ServiceAccount>
  /** Custom roles by id. */
  readonly roles: Map<string, JsonObject>
  readonly pools: Map<string, WorkloadIdentityPool>
  readonly secrets: Map<string, Secret>
  /** By `location/name`. */
  readonly clusters: Map<string, JsonObject>
  readonly sqlInstances: Map<string, SqlInstance>
  /** Names of instances that were deleted. */
  readonly deletedSqlNames: Set<string>
  /** By `regions/REGION/name` or `global/name`. */
  readonly addresses: Map<string, JsonObject>
  readonly networks: Map<string, JsonObject>
  /** By `region/name`. */
  readonly subnetworks: Map<string, JsonObject>
  /** compute: operation name by requestId. */
  readonly requestIds: Map<string, string>
}

/** What to create a project with. */
export interface ProjectOptions {
  readonly id: string
  /** Twelve digits; made up when left out. */
  readonly number?: string
  /** Names of enabled services, without `.googleapis.com`. */
  readonly services?: readonly string[]
}

/** Services that are on in a new project by default. */
export const defaultServices: readonly string[] = [
  'serviceusage',
  'cloudresourcemanager',
  'iam',
  'iamcredentials',
  'compute',
]

/** A policy with nothing in it. */
export const emptyPolicy = (ids: Ids): Policy => ({ bindings: [], etag: ids.etag() })

/** A project without any resource. */
export function createProject(options: ProjectOptions, ids: Ids, now: number): Project {
  const services = (options.services ?? defaultServices).map(name => `${name}.googleapis.com`)
  return {
    id: options.id,
    number: options.number ?? ids.longNumber().slice(0, 12),
    createdAt: now,
    services: new Map(services.map(service => [service, Number.NEGATIVE_INFINITY])),
    policy: emptyPolicy(ids),
    serviceAccounts: new Map(),
    roles: new Map(),
    pools: new Map(),
    secrets: new Map(),
    clusters: new Map(),
    sqlInstances: new Map(),
    deletedSqlNames: new Set(),
    addresses: new Map(),
    networks: new Map(),
    subnetworks: new Map(),
    requestIds: new Map(),
  }
}

/** All projects. */
export class Store {
  readonly #projects = new Map<string, Project>()

  add(project: Project): void {
    this.#projects.set(project.id, project)
  }

  /** The project of that id or number. */
  find(idOrNumber: string): Project | undefined {
    return this.#projects.get(idOrNumber) ?? this.all.find(({ number }) => number === idOrNumber)
  }

  get all(): readonly Project[] {
    return [...this.#projects.values()]
  }

  /** Another store of the same projects, which shares nothing with this one. */
  copy(): Store {
    const copy = new Store()
    for (const project of this.all) copy.add(structuredClone(project))
    return copy
  }

  /** The service account of that email or unique id, wherever it lives. */
  serviceAccount(
    emailOrId: string,
  ): { readonly project: Project; readonly account: ServiceAccount } | undefined {
    for (const project of this.all) {
      for (const [email, account] of project.serviceAccounts) {
        if (email === emailOrId || account.resource.uniqueId === emailOrId) return { project, account }
      }
    }
    return undefined
  }
}
