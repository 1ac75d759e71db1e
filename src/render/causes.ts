import type { Change, Unended } from '../core/change.ts'
import { equal } from '../core/json.ts'

/** Put back because somebody changed it outside of Git. */
export const isDrift = ({ cause }: Change): boolean => cause === 'drift'

/** Changed because the file, the preset or the engine says so: nothing is put back. */
export const isOwn = ({ cause }: Change): boolean => cause !== 'drift' && cause !== 'left'

/** Put back because this apply left it. */
export const isLeftBy =
  (by: Unended) =>
  ({ leftBy }: Change): boolean =>
    leftBy !== undefined && equal({ ...leftBy }, { ...by })

/** The applies that left something, each once. */
export const leaversOf = (changes: readonly Change[]): readonly Unended[] => {
  const all = changes.flatMap(({ leftBy }) => leftBy ?? [])
  return all.filter((one, index) => all.findIndex(other => equal({ ...other }, { ...one })) === index)
}

/** `05c226c`. */
export const shortSha = ({ sha }: Unended): string => sha.slice(0, 7)

/** What became of such an apply. */
export const fateOf = ({ failed }: Unended): string => (failed ? 'failed' : 'is under way or died')
