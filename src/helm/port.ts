import type { JsonObject } from '../core/json.ts'
import { SlipwayError } from '../core/problem.ts'

/** Which chart: an HTTP repository or an `oci://` reference, an exact version, and the archive's sha256 if it is pinned. */
export interface ChartName {
  /** `https://helm.skypilot.co` or `oci://host/path` (without the chart's own name). */
  readonly repository: string
  readonly chart: string
  readonly version: string
  /** 64 hexadecimal digits; a different archive is refused. */
  readonly sha256?: string
}

/** A chart archive on this machine. */
export interface Chart {
  readonly path: string
  readonly sha256: string
  readonly name: string
  readonly version: string
  readonly appVersion?: string
  /** The chart's default values, subcharts' below their names. */
  readonly values: JsonObject
  /** Templates that use `lookup`, as helm names them in `# Source:` comments. */
  readonly lookupTemplates: readonly string[]
  /** False if nothing in it, subcharts included, calls what comes out differently each time (random, time, keys). */
  readonly varies: boolean
  /** Kinds that its templates, subcharts' included, begin objects of; which of them come out depends on the values. */
  readonly kinds: readonly string[]
}

/** What is rendered with. */
export interface RenderInput {
  readonly chart: Chart
  readonly release: string
  readonly namespace: string
  readonly values: JsonObject
  /** `v1.33.4-gke.1245000`; undefined: helm's own default. */
  readonly kubeVersion?: string
  readonly apiVersions?: readonly string[]
  readonly isUpgrade: boolean
  /** Equal input renders once a run; 2 renders it anew, as of another revision, to see what comes out differently. */
  readonly time?: number
}

/** What a chart renders to. */
export interface Rendered {
  /** The release's objects, namespaces filled in, as helm would send them. */
  readonly objects: readonly JsonObject[]
  /** Those of `objects` whose template looks objects up in the cluster: there they may render otherwise, or not at all. */
  readonly lookedUp: readonly JsonObject[]
  /** Hook objects: run, not kept. */
  readonly hooks: readonly JsonObject[]
  readonly crds: readonly JsonObject[]
}

/** Helm or a chart failed; the message is helm's or the chart's own, without stack or template noise. */
export class HelmError extends SlipwayError {}

/** Pulls and renders charts: no cluster, no credentials, an empty environment, bounded time and memory. */
export interface HelmRenderer {
  /** Fetches an archive once a run. @throws HelmError */
  pull(name: ChartName): Promise<Chart>
  /** The chart that a name stood for in an earlier run: a guess, to begin with. Undefined: not known. Never fails. */
  expected(name: ChartName): Promise<Chart | undefined>
  /** `helm template`, once for equal input. @throws HelmError */
  render(input: RenderInput): Promise<Rendered>
}

/** What is installed or upgraded. */
export interface UpgradeInput {
  readonly chart: Chart
  readonly release: string
  readonly namespace: string
  readonly values: JsonObject
  readonly kubeconfig: string
  readonly timeoutSeconds: number
  /** One line for the release's history. */
  readonly description: string
}

/** How a run of helm ended. */
export interface UpgradeResult {
  readonly revision: number
  readonly status: string
}

/** Helm with a cluster. */
export interface Helm extends HelmRenderer {
  /** The objects that `upgrade --install --dry-run=server` makes. @throws HelmError */
  dryRun(input: UpgradeInput): Promise<Rendered>
  /**
   * `upgrade --install` with server-side apply. Resolves when helm ends; `signal` interrupts it the way a terminal
   * would, so that helm marks the release. @throws HelmError
   */
  upgrade(input: UpgradeInput, signal: AbortSignal): Promise<UpgradeResult>
  /** `rollback`. @throws HelmError */
  rollback(
    input: Omit<UpgradeInput, 'chart' | 'values' | 'description'> & { readonly revision: number },
  ): Promise<void>
  /** `uninstall`; objects with the keep policy stay. @throws HelmError */
  uninstall(
    input: Pick<UpgradeInput, 'release' | 'namespace' | 'kubeconfig' | 'timeoutSeconds'>,
  ): Promise<void>
}
