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

/** A call with the changes that it is for. */
export interface Needed<Live, E> extends Call<Live> {
  readonly changes: readonly E[]
}

/** The calls that a set of changes needs, in their order. */
export const callsFor = <Live, E extends Edit>(
  calls: readonly Call<Live>[],
  changes: readonly E[],
): readonly Needed<Live, E>[] =>
  calls.flatMap(call => {
    const own = changes.filter(({ path }) => call.settings.includes(path[0] ?? ''))
    return own.length === 0 ? [] : [{ ...call, changes: own }]
  })

/** The version of a cluster or a pool, for the update that it is a precondition of; empty where GKE gave none. */
export const etagOf = ({ etag }: JsonObject): JsonObject => (typeof etag === 'string' ? { etag } : {})
