/**
 * Something that doctor says. `wrong`: missing or too wide. `note`: right, but good to know. `unchecked`: nobody knows, for
 * want of a permission; never to be taken for fine.
 */
export interface Finding {
  readonly level: 'wrong' | 'note' | 'unchecked'
  /** A short stable name, for scripts: `planner/role-too-wide`. */
  readonly id: string
  /** The project, or `owner/name` of the repository. */
  readonly where: string
  readonly what: string
  /** Who can do what because of it, or what does not work. */
  readonly effect?: string
  /** One command that mends it. */
  readonly mend?: string
}

/** Makes a finding of the level `wrong` in the place at hand. */
export type Wrong = (id: string, what: string, effect: string, mend?: string) => Finding
