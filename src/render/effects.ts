import type { Change } from '../core/change.ts'
import type { Plan, Step } from '../core/plan.ts'
import type { Effect } from '../core/rules.ts'
import { range } from './durations.ts'

const labels: Readonly<Record<Effect, string>> = {
  'in-place': 'in place',
  restart: 'restart',
  'recreate-nodes': 'nodes are recreated',
  remove: 'removed',
  refused: 'REFUSED',
}

/** An effect in a few words, for the right-hand column: `restart, done in about 3 min`, which is not how long people feel it. */
export const effectLabel = ({ effect, seconds, cause, words, to }: Change): string => {
  const removed = to === undefined && effect !== 'remove' && effect !== 'refused' ? 'removed, ' : ''
  const time = felt({ effect }) && seconds !== undefined ? `, done in about ${range([seconds, seconds])}` : ''
  const says = effect === 'in-place' && words !== undefined ? `: ${words}` : ''
  const engine = cause === 'engine' ? ' (this version of Slipway sets it so)' : ''
  return `${removed}${labels[effect]}${time}${says}${engine}`
}

/** True if people feel it while it happens. */
export const felt = ({ effect }: Pick<Change, 'effect'>): boolean =>
  effect === 'restart' || effect === 'recreate-nodes'

/** What people feel of a change, in its own words or in the effect's. */
export const feltWords = ({ effect, words }: Change): string =>
  words ?? (effect === 'recreate-nodes' ? 'its nodes are recreated' : 'it restarts')

/** What a step takes away of what data is protected by, each thing once; what is felt says so there. */
export const weakened = ({ changes }: Step): readonly string[] => [
  ...new Set(
    changes.flatMap(change =>
      change.weakens === true && !felt(change) && change.words !== undefined ? [change.words] : [],
    ),
  ),
]

/** What people feel of a step, each thing once. */
export const feltOf = ({ changes }: Step): readonly string[] => [
  ...new Set(changes.filter(felt).map(feltWords)),
]

/** `5 to adopt (2 with changes)`: taking over what exists may change it, too. */
export const adopting = (plans: readonly Plan[], strong = (text: string): string => text): string => {
  const adopts = plans.flatMap(({ steps }) => steps.filter(({ action }) => action === 'adopt'))
  const changed = adopts.filter(({ changes }) => changes.some(({ path }) => path[0] !== 'mark')).length
  return strong(`${adopts.length} to adopt`) + (changed === 0 ? '' : ` (${changed} with changes)`)
}
