import type { JsonObject } from '../../../core/json.ts'
import type { Edit } from '../fields.ts'
import type { SiteWrite } from '../operations.ts'

/** What one request of an update is made from. */
export interface Turn<Live> {
  /** The cluster or pool as it is now. */
  readonly live: Live
  readonly edits: readonly Edit[]
  /** Its spec with all changes made to it. */
  readonly target: JsonObject
  /** The settings of the target that are sent, as a create would send them. */
  readonly body: JsonObject
}

/** Settings that travel together, and the request for them. */
export interface Call<Live> {
  /** First steps of the paths that the call is for. */
  readonly settings: readonly string[]
  readonly request: (turn: Turn<Live>) => SiteWrite
}

/** The calls that a set of changes needs, in their order. */
export const callsFor = <Live>(calls: readonly Call<Live>[], edits: readonly Edit[]): readonly Call<Live>[] =>
  calls.filter(({ settings }) => edits.some(({ path }) => settings.includes(path[0] ?? '')))
