import type { Note } from '../core/plan.ts'
import type { Source } from '../core/problem.ts'
import type { Checked } from './checks/check.ts'
import type { Overridden } from './merge.ts'
import type { SkypilotInput } from './presets/skypilot-input.ts'
import type { MapTree } from './tree.ts'

/** The long form, and what it was made from. */
export interface LongForm {
  readonly tree: MapTree
  readonly overridden: readonly Overridden[]
  readonly input?: SkypilotInput
}

/** What an environment is made from: a long form without problems. */
export interface Made extends LongForm {
  readonly file: string
  readonly checked: Checked
  /** E-mail of the identity that applies, if anything says who that is. */
  readonly applier: string | undefined
  readonly notes: readonly Note[]
  /** The line that names the project. */
  readonly projectAt: Source | undefined
}
