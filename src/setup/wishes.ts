/** The repository that the set-up is for, as GitHub knows it. */
export interface RepositoryFacts {
  /** `owner/name` */
  readonly name: string
  /** Numeric ids as texts, since that is how claims hold them. */
  readonly id: string
  readonly ownerId: string
  readonly branch: string
}

/** Who approves what is applied. */
export interface Reviewer {
  readonly type: 'User' | 'Team'
  readonly id: number
  /** `octocat`, or `acme/platform` for a team. */
  readonly name: string
}

/** What the environment files ask of one project. */
export interface ProjectWishes {
  readonly id: string
  /** Names of the environments that live there. */
  readonly environments: readonly string[]
  /** Roles on the project that environments give away, whoever gets them. */
  readonly roles: readonly string[]
  /** Roles on the project that environments give to the applier itself. */
  readonly applierRoles: readonly string[]
}

/** Everything that a set-up is computed from. */
export interface Wishes {
  readonly repository: RepositoryFacts
  /** The `job_workflow_ref` of the apply workflow as it is pinned; undefined if no workflow calls it. */
  readonly engine: string | undefined
  readonly projects: readonly ProjectWishes[]
  /** For GitHub environments that have none. */
  readonly reviewers: readonly Reviewer[]
  /** The calling workflow says `unprotected: true`. */
  readonly unprotected: boolean
  /** Take engines, environments and roles out that nothing needs any more. */
  readonly prune: boolean
}
