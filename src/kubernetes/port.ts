import type { ClusterName } from '../core/cluster-name.ts'
import type { Json, JsonObject } from '../core/json.ts'
import { SlipwayError } from '../core/problem.ts'

export type { ClusterName }

/** How to reach a cluster's API server. */
export interface Endpoint {
  /** For example `https://203.0.113.7`. */
  readonly url: string
  /** PEM of the cluster's authority; undefined: the public ones (DNS endpoint). */
  readonly authority?: string
}

/** An answer of a Kubernetes API server that is not a success. */
export class KubernetesError extends SlipwayError {
  /** HTTP status; 0 if no answer came. */
  readonly status: number
  /** `reason` of the Status object, for example `NotFound`, or ''. */
  readonly reason: string
  /** `details` of the Status object. */
  readonly details: Json
  constructor(
    message: string,
    detail: { status: number; reason: string; details?: Json; advice?: string; cause?: unknown },
  ) {
    super(message, { advice: detail.advice, cause: detail.cause })
    this.status = detail.status
    this.reason = detail.reason
    this.details = detail.details ?? null
  }
}

/** Query parameters of a Kubernetes request. */
export type KubernetesQuery = Readonly<Record<string, string>>

/** What a server can do, as helm takes it. */
export interface Capabilities {
  /** Its `gitVersion`, for example `v1.33.4-gke.1245000`: `--kube-version`. */
  readonly kubeVersion: string
  /** `v1`, `apps/v1`, `apps/v1/Deployment`, …: `--api-versions`. */
  readonly apiVersions: readonly string[]
}

/**
 * GETs only, and never Secrets: such a request throws before anything is sent. Lists are remembered for the life of
 * the reader and follow `continue`.
 */
export interface KubernetesReader {
  /** One object or document, undefined for a 404. `path` as in `/api/v1/namespaces/skypilot`. @throws KubernetesError */
  get(path: string): Promise<JsonObject | undefined>
  /** All items of a list. @throws KubernetesError */
  list(path: string, query?: KubernetesQuery): Promise<readonly JsonObject[]>
  /** What the server can do. @throws KubernetesError */
  capabilities(): Promise<Capabilities>
}

/** Reads without memory, Secrets included, and writes. */
export interface Kubernetes extends KubernetesReader {
  /** Server-side apply of one object as field manager `slipway`. `force` takes over fields of other managers. */
  apply(
    path: string,
    object: JsonObject,
    options?: { readonly force?: boolean; readonly dryRun?: boolean; readonly manager?: string },
  ): Promise<JsonObject>
  /** POST to a collection. */
  create(path: string, object: JsonObject, options?: { readonly dryRun?: boolean }): Promise<JsonObject>
  /** JSON merge patch. */
  merge(path: string, patch: JsonObject): Promise<JsonObject>
  /** PUT; `metadata.resourceVersion` in the object is the precondition. */
  replace(path: string, object: JsonObject): Promise<JsonObject>
  /** DELETE; false if it was not there. */
  remove(
    path: string,
    options?: {
      readonly resourceVersion?: string
      readonly uid?: string
      readonly propagation?: 'Background' | 'Orphan' | 'Foreground'
    },
  ): Promise<boolean>
  /** Text of a pod's log, the last `lines`. */
  log(namespace: string, pod: string, container: string, lines: number, previous: boolean): Promise<string>
}

/** Finds a cluster's reader; undefined: the cluster is not there (then nothing in it is either). */
export interface KubernetesReaders {
  /** @throws KubernetesError if it cannot be reached; GcpError if it cannot be looked up. */
  reader(cluster: ClusterName): Promise<KubernetesReader | undefined>
  /**
   * What a cluster could do when it was last asked on this machine, for work that can begin early and be thrown away:
   * it may be otherwise now. Undefined: not known.
   */
  expected(cluster: ClusterName): Promise<Capabilities | undefined>
}

/** The same for writing, with what helm needs to connect. */
export interface KubernetesWriters {
  /** @throws KubernetesError if the cluster is absent or cannot be reached. */
  writer(cluster: ClusterName): Promise<Kubernetes>
  /** Path of a kubeconfig (mode 0600) with a token file that is kept fresh as long as the run lasts. */
  kubeconfig(cluster: ClusterName): Promise<string>
}
