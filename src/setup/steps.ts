import type { Membership } from '../kinds/grant/policy.ts'
import type { Part } from './names.ts'
import type { Reviewer } from './wishes.ts'

/** How something comes to be as it is wanted: what was deleted within 30 days keeps its name, and is brought back. */
export type How = 'create' | 'undelete' | 'update'

/** Something to do in a project. */
export type GoogleStep =
  | { readonly do: 'enable-services'; readonly project: string; readonly services: readonly string[] }
  | { readonly do: 'make-account'; readonly project: string; readonly part: Part }
  | { readonly do: 'make-role'; readonly project: string; readonly how: How }
  | {
      readonly do: 'grant'
      readonly project: string
      /** Whose policy: the project's, or that of an identity. */
      readonly on: 'project' | Part
      readonly add: readonly Membership[]
      readonly drop: readonly Membership[]
    }
  | { readonly do: 'make-pool'; readonly project: string; readonly how: 'create' | 'undelete' }
  | {
      readonly do: 'make-provider'
      readonly project: string
      readonly how: How
      readonly condition: string
      readonly mapping: Readonly<Record<string, string>>
      /** Keys that somebody uploaded have to go. */
      readonly dropKeys: boolean
    }

/** Something to do in the repository. */
export type GitHubStep =
  | { readonly do: 'set-variable'; readonly name: string; readonly value: string; readonly exists: boolean }
  | {
      readonly do: 'set-environment'
      readonly name: string
      readonly exists: boolean
      readonly reviewers: readonly Reviewer[]
      readonly preventSelfReview: boolean
      readonly waitTimer: number
      /** Its jobs may run on protected branches; else on the branches that are named. */
      readonly protectedOnly: boolean
    }
  | { readonly do: 'add-branch'; readonly environment: string; readonly branch: string }
  | { readonly do: 'set-ruleset'; readonly id: number | undefined }

/** One thing to do. */
export type Step = GoogleStep | GitHubStep
