import type { z } from 'zod'
import type { Change } from '../core/change.ts'
import type { Clock } from '../core/clock.ts'
import type { Json, JsonObject } from '../core/json.ts'
import type { Note } from '../core/plan.ts'
import type { Problem, Source } from '../core/problem.ts'
import type { Outputs } from '../core/reference.ts'
import type { Address, Observed, Resource } from '../core/resource.ts'
import type { KindFacts } from '../core/rules.ts'
import type { Redactor, Secret } from '../core/secret.ts'
import type { Gcp, GcpReader } from '../gcp/port.ts'
import type { Helm, HelmRenderer } from '../helm/port.ts'
import type { ClusterName, KubernetesReaders, KubernetesWriters } from '../kubernetes/port.ts'
import type { Marks } from './shared/identity.ts'

/** What every resource of an environment may know when it is made from the file. */
export interface Scope {
  /** The environment's name, E. */
  readonly environment: string
  readonly project: string
  /** A zone or a region. */
  readonly location: string
  /** The region of `location`. */
  readonly region: string
  /** The cluster that releases and namespaces go to; undefined if the file names none. */
  readonly cluster: (ClusterName & { readonly address?: Address }) | undefined
  /** E-mail of the identity that applies; undefined if nothing says who that is. */
  readonly applier: string | undefined
}

/** One item of a section of the file, for example one entry of `nodePools`. */
export interface Item<Settings> {
  /** The name that it has in the plan. */
  readonly name: string
  readonly settings: Settings
  readonly scope: Scope
  /** Sources by path inside `settings`; '' is the item. */
  readonly sources: Readonly<Record<string, Source>>
}

/** What planning may use: nothing that writes, nothing that reads a secret. */
export interface PlanningPorts {
  readonly gcp: GcpReader
  readonly kubernetes: KubernetesReaders
  readonly helm: HelmRenderer
}

/** The run that applies. */
export interface RunFacts {
  readonly clock: Clock
  /** Names this run among all that may hold a Lease. */
  readonly holder: string
  /**
   * Other ways to servers, for runners that reach them through a private network and for tests: a JSON object from host
   * to base URL (`SLIPWAY_HEALTH_ENDPOINT_OVERRIDES`).
   */
  readonly healthOverrides: string | undefined
}

/** What applying may use. */
export interface ApplyingPorts {
  readonly run: RunFacts
  readonly gcp: Gcp
  readonly kubernetes: KubernetesWriters
  readonly helm: Helm
  /** A value that the runner holds by name, for `{env: NAME}`. @throws SlipwayError if there is none. */
  readonly value: (name: string) => Secret
  /** Every secret that passes through is added here first. */
  readonly redactor: Redactor
}

/** One write, with everything it needs. */
export interface Work {
  readonly address: Address
  readonly identity: string
  readonly environment: string
  /** The wanted spec with every reference resolved (mark included, where the kind carries one). */
  readonly spec: JsonObject
  /** For updates and adoptions: what differs, `to` resolved. */
  readonly changes: readonly Change[]
  /** Outputs of another resource, as they are now. */
  readonly outputs: (address: Address) => Outputs | undefined
  /** Says what is going on, for example `nodes 2 of 3`. */
  readonly progress: (text: string) => void
  /** Aborted when the run was asked to stop: finish the request under way, start nothing new. */
  readonly signal: AbortSignal
}

/** How a kind of resource is described, found, made and changed. */
export interface Kind<Settings = unknown> extends KindFacts {
  /** What one item may say in the file: a strict zod schema with defaults left out. */
  readonly schema: z.ZodType<Settings>
  /**
   * Requests that `observe` may send, as `METHOD api /path` with `{}` for one segment:
   * `GET container /v1/projects/{}/locations/-/clusters`. Anything else is refused by the reader.
   */
  readonly reads: readonly string[]
  /** The resource that an item stands for. Pure. */
  readonly resource: (item: Item<Settings>) => Resource
  /** What its outputs look like before they are known, so that a chart can be rendered with them: `192.0.2.1`, … */
  readonly placeholders?: Readonly<Record<string, string>>
  /**
   * Fills in what needs reading but no comparison (a chart is rendered here), for wanted and for recorded resources
   * alike. Problems stop the plan of the environment.
   */
  readonly prepare?: (
    resources: readonly Resource[],
    ports: PlanningPorts,
    context: PrepareContext,
  ) => Promise<Prepared>
  /** Looks at all resources of the kind at once. Never throws for what it cannot see: it answers `unknown`. */
  readonly observe: (
    resources: readonly Resource[],
    ports: PlanningPorts,
  ) => Promise<ReadonlyMap<Address, Observed>>
  /**
   * Steps with the same lane run one after another, for example `sql p:instance`. Without it they run side by side.
   */
  readonly lane?: (spec: JsonObject, identity: string) => string
  /**
   * Steps with the same batch are handed to `write` together, for example all grants of one policy.
   * Without it each step is a batch of its own.
   */
  readonly batch?: (spec: JsonObject, identity: string) => string
  /**
   * Brings the resources to their specs and gives their outputs by address. Must be safe to run again after a kill at
   * any point: what exists already, or is being made, is taken up.
   */
  readonly create: (works: readonly Work[], ports: ApplyingPorts) => Promise<ReadonlyMap<Address, Outputs>>
  /** Makes just the given changes (adoption included: then `changes` hold the mark). Same promise as `create`. */
  readonly update: (works: readonly Work[], ports: ApplyingPorts) => Promise<ReadonlyMap<Address, Outputs>>
  /** Waits until an operation that runs on it has ended; outputs as `create`. For kinds whose `observe` answers `settling`. */
  readonly settle?: (works: readonly Work[], ports: ApplyingPorts) => Promise<ReadonlyMap<Address, Outputs>>
  /** False for a resource that is only used, not made: it is left alone when it leaves the file. */
  readonly owns?: (spec: JsonObject) => boolean
  /**
   * The resource that an identity of this kind names, with what it takes to look at it and to take it away; undefined for
   * any other identity. For what a record names and no file expands to any more. Pure.
   */
  readonly named?: (identity: string) => Resource | undefined
  /**
   * Everything of this kind in a project that carries a mark, by the same list that `observe` reads; for what is inside
   * of something (a cluster, an instance), inside of those that `resources` are in. @throws what the port throws
   */
  readonly marks?: (project: string, ports: PlanningPorts, resources: readonly Resource[]) => Promise<Marks>
  /** Takes it away. Kinds without it are never removed. */
  readonly remove?: (works: readonly Work[], ports: ApplyingPorts) => Promise<void>
}

/** What a render needs to know of the world around it. */
export interface PrepareContext {
  /** The placeholder of a reference, by kind; undefined: no such output. */
  readonly placeholder: (address: Address, output: string) => string | undefined
  /** True for resources that were applied before. */
  readonly recorded: boolean
}

/** Resources with everything filled in. */
export interface Prepared {
  readonly resources: readonly Resource[]
  readonly notes: readonly Note[]
  readonly problems: readonly Problem[]
}

/** Checks a kind's definition against its types. */
export const defineKind = <Settings>(kind: Kind<Settings>): Kind<Settings> => kind

/** The string at a key of a spec. @throws TypeError for a defect: specs are made by us. */
export const text = (spec: JsonObject, key: string): string => {
  const value: Json | undefined = spec[key]
  if (typeof value !== 'string') throw new TypeError(`${key} of a spec must be text`)
  return value
}
