import type { Unended } from '../core/change.ts'
import type { Json } from '../core/json.ts'
import type { Note } from '../core/plan.ts'
import type { Problem, Source } from '../core/problem.ts'
import type { ApplyRecord } from '../core/record.ts'
import type { Address, Resource } from '../core/resource.ts'
import type { ClusterName } from '../kubernetes/port.ts'

/** What planning needs to know of an environment; `environment/` makes it from a file. */
export interface Subject {
  readonly name: string
  readonly file: string
  readonly project: string
  /** The line that names it. */
  readonly projectAt?: Source | undefined
  readonly resources: readonly Resource[]
  readonly notes: readonly Note[]
  /** Addresses that the file's `delete:` names. */
  readonly deletable: ReadonlySet<Address>
  /** Identities of what the file's `use:` names: it is needed here and is somebody else's, so it is never removed. */
  readonly shared?: ReadonlySet<string>
  /** A cluster that belongs to somebody else and is only used. */
  readonly uses?: ClusterName | undefined
  /** The line that names it. */
  readonly usesAt?: Source | undefined
  /** Where the environment answers; symbolic until its address is known. */
  readonly url?: Json | undefined
}

/** What an attempt that did not end well may have brought about: its file, as far as its record names it. */
export interface Beginning {
  readonly by: Unended
  readonly resources: readonly Resource[]
}

/** What was applied before, from a trustworthy record. */
export interface Baseline {
  readonly record: ApplyRecord
  /** What the recorded file expands to, with those of unfinished later attempts, each identity once. */
  readonly resources: readonly Resource[]
  /** What unfinished later attempts expand to, oldest first. */
  readonly begun?: readonly Beginning[]
  /** Identities that the records name: a hint, since whoever can push a branch can write a record. */
  readonly named?: readonly string[]
  /** Why this version of Slipway cannot read the file that was applied last; then `resources` lacks what it made. */
  readonly unreadable?: Problem
  /** Identities among them that were never applied whole: whether they are ours, only what is there can tell. */
  readonly onlyBegun?: ReadonlySet<string>
}
