import type { Git } from './git.ts'
import type { Json, JsonObject } from './json.ts'

/** A repository as GitHub knows it. */
export interface Repository {
  readonly id: number
  readonly owner: string
  readonly ownerId: number
  readonly name: string
  readonly private: boolean
  readonly fork: boolean
  readonly defaultBranch: string
}

/** A submitted review. */
export interface Review {
  readonly id: number
  readonly user: string
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED'
  readonly commit: string
  readonly at: string
}

/** A pull request. */
export interface Pull {
  readonly number: number
  readonly id: number
  readonly title: string
  readonly body: string | null
  readonly author: string
  readonly draft: boolean
  readonly headRef: string
  readonly headSha: string
  readonly headRepository: Repository
  readonly baseRef: string
  readonly baseSha: string
  readonly state: 'open' | 'closed'
  /** The test merge commit while open (null: conflict), what landed on the base once merged. */
  readonly mergeSha: string | null
  readonly mergedAt: string | null
  readonly mergedBy: string | null
  readonly closedAt: string | null
  /** Commits that the merge put on the base branch. */
  readonly landed: readonly string[]
  readonly reviews: readonly Review[]
  readonly createdAt: string
  readonly updatedAt: string
}

/** An issue comment on a pull request. */
export interface Comment {
  readonly id: number
  readonly pull: number
  readonly user: string
  readonly body: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly minimized: string | null
}

/** A status of a deployment. */
export interface DeploymentStatus {
  readonly id: number
  readonly state: string
  readonly description: string
  readonly environment: string
  readonly environmentUrl: string
  readonly logUrl: string
  readonly creator: string
  readonly at: string
}

/** A deployment with its statuses, oldest first. */
export interface Deployment {
  readonly id: number
  readonly sha: string
  readonly ref: string
  readonly task: string
  readonly payload: string | JsonObject
  readonly environment: string
  readonly description: string | null
  readonly creator: string
  readonly transient: boolean
  readonly production: boolean
  readonly at: string
  readonly statuses: readonly DeploymentStatus[]
}

/** A GitHub environment. */
export interface Environment {
  readonly id: number
  readonly name: string
  readonly reviewers: readonly string[]
  readonly preventSelfReview: boolean
  readonly waitTimer: number
  readonly branchPolicy: {
    readonly protected_branches: boolean
    readonly custom_branch_policies: boolean
  } | null
  readonly branches: readonly {
    readonly id: number
    readonly name: string
    readonly type: 'branch' | 'tag'
  }[]
}

/** One attempt of a workflow run. */
export interface Run {
  readonly id: number
  readonly attempt: number
  readonly number: number
  readonly name: string
  readonly path: string
  readonly workflowId: number
  readonly event: string
  readonly headBranch: string | null
  /** The pull request's head (never the test merge commit) for `pull_request`. */
  readonly headSha: string
  readonly headRepository: Repository
  readonly status: 'queued' | 'in_progress' | 'completed' | 'waiting'
  readonly conclusion: string | null
  readonly actor: string
  readonly triggeringActor: string
  readonly referencedWorkflows: readonly {
    readonly path: string
    readonly sha: string
    readonly ref?: string
  }[]
  readonly createdAt: string
  readonly updatedAt: string
}

/** A job of a run. */
export interface Job {
  readonly id: number
  readonly runId: number
  readonly attempt: number
  readonly name: string
  readonly status: 'queued' | 'in_progress' | 'completed'
  readonly conclusion: string | null
  readonly at: string
}

/** An uploaded artifact. */
export interface Artifact {
  readonly id: number
  readonly runId: number
  readonly name: string
  readonly zip: Uint8Array
  readonly digest: string
  readonly expired: boolean
  readonly at: string
}

/** A ruleset of the repository. */
export interface Ruleset {
  readonly id: number
  readonly name: string
  readonly enforcement: 'active' | 'disabled' | 'evaluate'
  /** Branches that it is for; `~DEFAULT_BRANCH` too. */
  readonly branches: readonly string[]
  readonly bypassActors: readonly JsonObject[]
  readonly rules: readonly JsonObject[]
}

/** Settings of GitHub Actions. */
export interface ActionsSettings {
  readonly enabled: boolean
  readonly allowed: 'all' | 'local_only' | 'selected'
  readonly patterns: readonly string[]
  readonly gitHubOwned: boolean
  readonly verified: boolean
  readonly approves: boolean
}

/** What a collaborator may do. */
export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read'

/** All that the fake remembers; records are replaced, never changed. */
export interface State {
  readonly apiUrl: string
  readonly repository: Repository
  readonly git: Git
  readonly pulls: Map<number, Pull>
  readonly comments: Map<number, Comment>
  readonly deployments: Map<number, Deployment>
  readonly environments: Map<string, Environment>
  /** Attempts of a run, first attempt first. */
  readonly runs: Map<number, readonly Run[]>
  readonly jobs: Map<number, Job>
  readonly artifacts: Map<number, Artifact>
  readonly collaborators: Map<string, Role>
  readonly rules: Map<string, readonly Json[]>
  readonly codeownersErrors: Json[]
  readonly rulesets: Map<number, Ruleset>
  /** GitHub's `branch-protection` of the older kind, by branch. */
  readonly protections: Map<string, JsonObject>
  /** Actions variables, by name in capitals. */
  readonly variables: Map<string, string>
  /** Teams with access, as `acme/platform`. */
  readonly teams: Set<string>
  actions: ActionsSettings
  readonly statuses: Map<string, readonly { readonly context: string; readonly state: string }[]>
  /** Fewer than GitHub's, so that a test can reach them. */
  readonly limits: { treeEntries: number }
  readonly nextId: () => number
  /** The time as GitHub writes it. */
  readonly now: () => string
  /** Address of an artifact's bytes, on another origin and signed. */
  readonly blobUrl: (artifact: Artifact) => string
}

/** The newest attempt of each run, newest run first. */
export const latestRuns = (state: State): readonly Run[] =>
  [...state.runs.values()].flatMap(attempts => attempts.slice(-1)).sort((a, b) => b.id - a.id)
