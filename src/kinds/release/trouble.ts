/** Something that stands in the way of a release. */
export interface Trouble {
  /** The same trouble has the same key each time it is seen. */
  readonly key: string
  /** What it is and what to do, in words. */
  readonly words: string
  /** How long it has to last before it counts as definite, seconds; Infinity: it may pass. */
  readonly definiteAfter: number
  /** True if it has to last without a break: what was gone in between counts from anew. */
  readonly isUnbroken?: boolean
  /** The container whose log tells more. */
  readonly log?: ContainerLog
}

/** Where a container's last words are. */
export interface ContainerLog {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** True for a container that was started again since. */
  readonly previous: boolean
}
