import type { JsonObject } from './json.ts'
import type { Problem, Source } from './problem.ts'
import type { Outputs } from './reference.ts'

/** `kind/name`, the name of a resource inside its environment. A grant's is `grant/ROLE:MEMBER@TARGET`. */
export type Address = string

/** One thing that an environment wants. */
export interface Resource {
  readonly kind: string
  readonly name: string
  readonly address: Address
  /** The cloud's own full name, for example `//container.googleapis.com/projects/p/locations/l/clusters/c`. */
  readonly identity: string
  /** What it should be, in the words of the file. Only declared fields; references stay symbolic. */
  readonly spec: JsonObject
  /** Resources that must be there before it, besides those it refers to. */
  readonly dependsOn: readonly Address[]
  /** Where values come from, by `showPath` of the spec's path; `''` is the resource as a whole. */
  readonly sources: Readonly<Record<string, Source>>
}

/** What the APIs say about a resource. Absent needs proof; everything else that is not seen is unknown. */
export type Observed = Present | Absent | Unknown

/** It is there. */
export interface Present {
  readonly state: 'present'
  /** In the same vocabulary as `Resource.spec`; it may hold more fields than the file declares. */
  readonly spec: JsonObject
  /** Fields (by `showPath`) that cannot be read: never compared. `x` covers everything below `x`. */
  readonly unknown?: readonly string[]
  readonly outputs: Outputs
  /** The environment named by our mark on it; null: it could carry one and does not; undefined: its kind carries none. */
  readonly mark?: string | null
  /** An operation that still runs on it, for example `being created`; apply waits for it. */
  readonly settling?: string
  /** Short facts for people, for example `settings version 41`. Never compared. */
  readonly about?: string
}

/** It is not there: a complete list or an authorised 404 says so, or `assumed` says why it cannot be. */
export interface Absent {
  readonly state: 'absent'
  /** Why it is taken to be absent without a look, for example `its API is switched on by this plan`. */
  readonly assumed?: string
  /** What else there still is of it, and the environment that this names: taking it away takes that too. */
  readonly leftover?: { readonly mark: string; readonly about: string }
}

/** Nobody knows; the plan of its environment fails with `problem`. */
export interface Unknown {
  readonly state: 'unknown'
  readonly problem: Problem
  /** Set if it is on its way out already, with its mark: whoever wants it gone has to wait, and nothing else. */
  readonly leaving?: Pick<Present, 'mark'>
}
