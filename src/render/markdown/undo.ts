import type { Change } from '../../core/change.ts'
import { showPath } from '../../core/json.ts'
import type { Step } from '../../core/plan.ts'
import { isOwn } from '../causes.ts'
import { felt } from '../effects.ts'
import { backupOf } from '../release.ts'
import { listed } from '../text.ts'
import { code } from './escape.ts'

const isOneWay = ({ oneWay }: Change): boolean => oneWay === true

/** How to undo what interrupts people, a sentence or two. */
export const undoing = (step: Step): string => {
  const backup = backupOf(step)
  if (backup !== undefined)
    return `A backup of ${code(backup.of, 120)} is taken first: code does not go back onto a migrated database, the backup does.`
  if (step.changes.some(isOfChart))
    return 'It cannot be undone by changing it back: a chart goes to no older version.'
  const felts = step.changes.filter(felt)
  if (felts.every(isOneWay)) return 'It cannot be undone by changing it back.'
  return `To undo, change it back: that interrupts again.${oneWayOf(felts).map(only => ` ${only} cannot be undone so.`)}`
}

const isOfChart = ({ path }: Change): boolean => showPath(path) === 'chart.version'

/** How to undo by a revert of `pulls` what was done to settings, and what a revert leaves as it is; one sentence each. */
export const reverting = (done: readonly Step[], pulls: string): readonly string[] => {
  const steps = done
    .filter(({ action, kind }) => action === 'update' && kind !== 'release')
    // What was put back was there before, whatever is reverted.
    .map(({ address, changes }) => ({ address, changes: changes.filter(isOwn) }))
  return [
    ...(pulls !== '' && steps.some(({ changes }) => !changes.every(isOneWay))
      ? [
          `To undo the changes of settings: revert ${pulls}. Read the plan of that: what the file did not set before stays as it is.`,
        ]
      : []),
    ...steps.flatMap(({ address, changes }) =>
      oneWayOf(changes).map(fields => `A revert leaves ${fields} of ${code(address, 120)} as it is now.`),
    ),
  ]
}

/** Names of the fields that do not go back; nothing if all do. */
const oneWayOf = (changes: readonly Change[]): readonly string[] => {
  const names = changes.filter(isOneWay).map(({ path }) => code(showPath(path), 80))
  return names.length === 0 ? [] : [listed(names, 4)]
}
