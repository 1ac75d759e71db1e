import type { JsonObject } from './json.ts'

/** Where a cluster's Kubernetes API answers. */
export interface KubernetesEndpoint {
  /** Host, or host and port, without a scheme: what GKE's `endpoint` holds. */
  readonly endpoint: string
  readonly caCertificateBase64: string
  /** Filled into `dnsEndpointConfig.endpoint` when the cluster has asked for the DNS endpoint. */
  readonly dnsEndpoint?: string
}

/** Whom the claims of a GitHub token stand for. */
export type Federation = (claims: JsonObject, audience: string) => string | undefined

/** How the emulator behaves; each has a default in `startEmulator`. */
export interface Settings {
  /** Reads of a new service account that flap between 200 and 404. */
  readonly iamUnsettledReads: number
  /** Which of those reads see the account; the first does, and every other one, when it is left out. */
  readonly iamSees: ((read: number) => boolean) | undefined
  /** Milliseconds for which a service that was just enabled still answers SERVICE_DISABLED. */
  readonly servicePropagation: number
  /** Milliseconds for which a policy that was just set on a service account counts for nobody yet; reads show it. */
  readonly grantPropagation: number
  /** Whether Cloud SQL keeps the names of instances that were deleted, as it did for a week. */
  readonly reserveSqlNames: boolean
  /** Whether Cloud SQL forgets the operation that deleted an instance when it ends, as it does at times. */
  readonly forgetSqlDeletes: boolean
  /** Whether creating nodes asks for iam.serviceAccounts.actAs on their service account. */
  readonly enforceActAs: boolean
  /** Whether per-minute quotas are counted. */
  readonly quotas: boolean
  /** Requests without a route, as `GET /path`, that may come: closing fails for others. `any` for people's own clients. */
  readonly notEmulated: readonly string[] | 'any'
  readonly federation: Federation
  /** Milliseconds before each request is looked at, in Kubernetes too; asked anew for each. */
  readonly latency: () => number
  /** Called when a cluster gets RUNNING; without it the endpoint is an address that nobody answers at. */
  readonly startKubernetes: ((cluster: JsonObject) => Promise<KubernetesEndpoint>) | undefined
  /** Called when a cluster is gone. */
  readonly stopKubernetes: ((cluster: JsonObject) => Promise<void>) | undefined
}
