import type { Json, Path } from './json.ts'
import type { Source } from './problem.ts'
import type { Effect } from './rules.ts'

/**
 * Why a field differs: the file (or the preset) says so, the world moved (`drift`), an apply that did not end well left
 * it as it wanted it (`left`), the engine's presets moved (`engine`), or it is being taken over (`adopt`).
 */
export type Cause = 'file' | 'drift' | 'left' | 'engine' | 'adopt'

/** An apply that was begun and did not end well. Plain data. */
export interface Unended {
  /** The commit of the default branch that it was to apply. */
  readonly sha: string
  /** The version of Slipway that began it. */
  readonly engine: string
  /** The number of its run; undefined: it had none, or none that is known. */
  readonly run?: number
  /** It said so itself; else it is under way, or died. */
  readonly failed?: true
}

/** One field that apply would change. Plain data: it survives a JSON round trip. */
export interface Change {
  readonly path: Path
  /** The live value; left out if there is none. */
  readonly from?: Json
  /** The wanted value, references symbolic; left out for a removal. */
  readonly to?: Json
  readonly effect: Effect
  readonly cause: Cause
  /** For `left`: the apply whose file wanted just the value that is live. */
  readonly leftBy?: Unended
  /** The effect in people's words; for `refused`, why. */
  readonly words?: string
  /** About how long it takes, seconds. */
  readonly seconds?: number
  /** True if the former value put back in the file would change nothing, or be refused. */
  readonly oneWay?: true
  /** True if data is protected less afterwards. */
  readonly weakens?: true
  /** How to get there instead, for what is refused. */
  readonly recipe?: string
  /** The line or preset that wants it. */
  readonly source?: Source
}
