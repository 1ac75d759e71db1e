import type { Json, Path } from './json.ts'
import type { Source } from './problem.ts'
import type { Effect } from './rules.ts'

/**
 * Why a field differs: the file (or the preset) says so, the world moved (`drift`), the engine's presets moved
 * (`engine`), or it is being taken over (`adopt`).
 */
export type Cause = 'file' | 'drift' | 'engine' | 'adopt'

/** One field that apply would change. Plain data: it survives a JSON round trip. */
export interface Change {
  readonly path: Path
  /** The live value; left out if there is none. */
  readonly from?: Json
  /** The wanted value, references symbolic; left out for a removal. */
  readonly to?: Json
  readonly effect: Effect
  readonly cause: Cause
  /** The effect in people's words; for `refused`, why. */
  readonly words?: string
  /** About how long it takes, seconds. */
  readonly seconds?: number
  /** How to get there instead, for what is refused. */
  readonly recipe?: string
  /** The line or preset that wants it. */
  readonly source?: Source
}
