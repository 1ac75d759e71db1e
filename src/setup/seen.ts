import type { Policy } from '../kinds/grant/policy.ts'
import type { Part } from './names.ts'

/** What a look gave: a thing, its absence, or nothing, for want of a permission. */
export type Seen<T> =
  | { readonly state: 'seen'; readonly value: T }
  | { readonly state: 'absent' }
  | { readonly state: 'unchecked'; readonly missing: string }

/** The thing, if it was seen. */
export const ifSeen = <T>(seen: Seen<T>): T | undefined => (seen.state === 'seen' ? seen.value : undefined)

/** A provider of the pool. */
export interface SeenProvider {
  readonly id: string
  readonly deleted: boolean
  readonly disabled: boolean
  /** Undefined for one that is not OIDC. */
  readonly issuer: string | undefined
  /** For whom a token may be made, besides the provider itself. */
  readonly audiences: readonly string[]
  /** True if keys were uploaded that stand for the issuer's. */
  readonly ownKeys: boolean
  readonly condition: string
  readonly mapping: Readonly<Record<string, string>>
}

/** One of the two service accounts. */
export interface SeenAccount {
  readonly account: Seen<{ readonly disabled: boolean }>
  /** Ids of keys that people made. */
  readonly keys: Seen<readonly string[]>
  /** Who may act as it. */
  readonly policy: Seen<Policy>
}

/** A project's side of the set-up. */
export interface SeenProject {
  readonly id: string
  /** Undefined if even that cannot be read. */
  readonly number: string | undefined
  readonly services: Seen<readonly string[]>
  readonly policy: Seen<Policy>
  readonly role: Seen<{ readonly permissions: readonly string[]; readonly deleted: boolean }>
  readonly accounts: Readonly<Record<Part, SeenAccount>>
  readonly pool: Seen<{ readonly deleted: boolean; readonly disabled: boolean }>
  /** Deleted ones too: their names are taken for 30 days. */
  readonly providers: Seen<readonly SeenProvider[]>
}

/** A GitHub environment. */
export interface SeenEnvironment {
  readonly reviewers: readonly {
    readonly type: 'User' | 'Team'
    readonly id: number
    readonly name: string
  }[]
  readonly preventSelfReview: boolean
  readonly waitTimer: number
  /** Which branches its jobs may run on. */
  readonly branches:
    | 'all'
    | 'protected'
    | readonly { readonly id: number; readonly name: string; readonly type: string }[]
}

/** What one source demands of a change of the default branch: a ruleset, or branch protection. */
export interface SeenRules {
  /** For messages: `ruleset slipway`, `branch protection`. */
  readonly source: string
  readonly pullRequest: boolean
  readonly codeOwners: boolean
  readonly checks: readonly string[]
  /** Who need not care; undefined if that cannot be read. */
  readonly bypass: readonly string[] | undefined
}

/** The repository's side of the set-up. */
export interface SeenRepository {
  readonly environments: Readonly<Record<string, Seen<SeenEnvironment>>>
  /** Actions variables of the repository. */
  readonly variables: Seen<Readonly<Record<string, string>>>
  /** Sources that are in force on the default branch, and the id of the ruleset that is Slipway's, in force or not. */
  readonly rules: Seen<{ readonly sources: readonly SeenRules[]; readonly own: number | undefined }>
  /** Whether branch protection (of the older kind, the one that environments mean) holds on the default branch. */
  readonly protection: Seen<boolean>
  /** On the default branch. */
  readonly codeOwners: Seen<{
    readonly path: string
    readonly text: string
    readonly errors: readonly string[]
  }>
  /** `.github/slipway.yaml` on the default branch. */
  readonly identities: Seen<SeenIdentities>
  readonly actions: Seen<SeenActions>
}

/** Identities by project as the repository's file names them, or what is wrong with the file. */
export type SeenIdentities =
  | { readonly projects: Readonly<Record<string, Partial<Record<'provider' | Part, string | undefined>>>> }
  | { readonly problem: string }

/** What workflows of the repository may do. */
export interface SeenActions {
  readonly enabled: boolean
  /** Which actions may run; undefined: all. */
  readonly allowed:
    | { readonly patterns: readonly string[]; readonly gitHubOwned: boolean; readonly verified: boolean }
    | undefined
  /** A workflow may approve pull requests. */
  readonly approves: boolean
}
