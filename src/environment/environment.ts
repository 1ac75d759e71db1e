import type { Json, JsonObject } from '../core/json.ts'
import type { Note } from '../core/plan.ts'
import type { Problem, Source } from '../core/problem.ts'
import type { Address, Resource } from '../core/resource.ts'
import type { Scope } from '../kinds/kind.ts'

/** What one file says, whole and checked. */
export interface Environment {
  /** E: `name:` of the file, else its base name. */
  readonly name: string
  readonly file: string
  readonly project: string
  /** The line that names it. */
  readonly projectAt: Source | undefined
  /** A zone or a region. */
  readonly location: string
  readonly app?: 'skypilot'
  readonly state?: 'cloudsql'
  /** Everything that it wants, in the order in which people read it. */
  readonly resources: readonly Resource[]
  readonly notes: readonly Note[]
  /** Where it answers once it is applied; symbolic. */
  readonly url?: Json
  /** What `delete:` names. */
  readonly deletable: ReadonlySet<Address>
  /** Identities of what `use:` names: somebody else's, or somebody else's from now on. */
  readonly shared: ReadonlySet<string>
  /** The cluster that its releases go to; `address` if the file makes it, none if it is shared. */
  readonly cluster?: NonNullable<Scope['cluster']>
  /** The long form that the file stands for. */
  readonly document: JsonObject
  /** Where each value of the long form comes from, by `showPath`. */
  readonly sources: Readonly<Record<string, Source>>
  /** Kubernetes service accounts that act as Google ones, `P.svc.id.goog[NAMESPACE/NAME]`. */
  readonly workloads: readonly string[]
}

/** An environment, or everything that is wrong with its file, sorted by place. */
export type Loaded = { readonly environment: Environment } | { readonly problems: readonly Problem[] }

/** What loading needs to know besides the file. */
export interface LoadContext {
  /** E-mail of the identity that applies in a project, if anything says who that is. */
  readonly applierOf?: (project: string) => string | undefined
  /** What was read before, by file and text; what is read now comes to it. */
  readonly memory?: Memory
}

/** Environments that were read before, each with the applier that it was read for. */
export type Memory = Map<string, { readonly environment: Environment; readonly applier: string | undefined }>
