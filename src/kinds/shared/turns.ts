import type { Change } from '../../core/change.ts'
import { equal, type JsonObject, showPath, showValue, valueAt } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import { type Rules, ruleFor } from '../../core/rules.ts'
import { isSameStart, satisfies } from '../../core/start.ts'
import type { Gcp } from '../../gcp/port.ts'
import type { Work } from '../kind.ts'
import { requireAdoptable } from './ours.ts'
import { rewriting } from './rewriting.ts'

/** Changes that are written together. */
export interface Turn<Live> {
  readonly changes: readonly Change[]
  /** Writes those of the changes that are still due, under the precondition that was read with `live`. */
  readonly write: (live: Live, due: readonly Change[]) => Promise<void>
}

/** How something is changed. */
export interface Writing<Live> {
  /** Names it in the error of a write that never gets its turn. */
  readonly what: string
  /** By which its fields are compared: the rules of its kind. */
  readonly rules: Rules
  readonly turns: readonly Turn<Live>[]
  /** Reads it anew, when it takes changes. */
  readonly read: () => Promise<Live>
  /** What is live, in the words of the file, mark included. */
  readonly specOf: (live: Live) => JsonObject
  /** What to read again for, besides a refused precondition. */
  readonly isPassing?: (error: unknown) => boolean
}

/**
 * Makes changes turn by turn. Each turn begins with a read, and with a look whether what is live is still what the plan
 * said: between the plan and a write there may be an hour. Whenever an API refuses a write because of its precondition,
 * the turn begins anew, look included. Nothing is sent for what is so already.
 * @throws SlipwayError if somebody changed what is to be written, or marked it as another environment's; GcpError
 */
export const inTurns = async <Live>(
  gcp: Gcp,
  work: Work,
  { what, rules, turns, read, specOf, isPassing }: Writing<Live>,
): Promise<void> => {
  for (const [index, { changes, write }] of turns.entries()) {
    if (changes.length === 0) continue
    const later = turns.slice(index + 1).flatMap(turn => turn.changes)
    const attempt = async (): Promise<void> => {
      const live = await read()
      const spec = specOf(live)
      requireAdoptable(work, typeof spec.mark === 'string' ? spec.mark : null)
      // What comes later is looked at too: then nothing has been written yet where somebody has changed any of it.
      const left = stillDue(work, rules, spec, [...changes, ...later])
      const due = changes.filter(change => left.includes(change))
      if (due.length === 0) return
      work.signal.throwIfAborted()
      await write(live, due)
    }
    await rewriting(gcp, what, work, attempt, isPassing)
  }
}

/**
 * The changes that are still to be made by what is live just before a write. Law 5 again, closer to the write: each
 * begins where its plan saw it begin (or where the rule of its field says that this is as good), or is no longer needed.
 * @throws SlipwayError for values that no plan has shown
 */
export const stillDue = (
  { address }: Pick<Work, 'address'>,
  rules: Rules,
  live: JsonObject,
  changes: readonly Change[],
): readonly Change[] => {
  const due = changes.filter(({ path, to }) => {
    const rule = ruleFor(rules, path)
    const found = valueAt(live, path)
    return rule === undefined ? !equal(found, to) : !satisfies(rule, found, to)
  })
  const foreign = due.filter(
    change => !isSameStart(ruleFor(rules, change.path), change, valueAt(live, change.path)),
  )
  if (foreign.length === 0) return due
  const said = foreign.map(
    ({ path, from, to }) =>
      `${showPath(path)} is ${showValue(valueAt(live, path))} now, planned was from ${showValue(from)} to ${showValue(to)}`,
  )
  throw new SlipwayError(`${address} has changed since it was planned, and is left so: ${said.join('; ')}.`, {
    advice:
      'Somebody else did that. Plan again: the change is then shown from what is there now, for someone to review.',
  })
}
