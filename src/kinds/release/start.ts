import type { Change } from '../../core/change.ts'
import { difference } from '../../core/diff.ts'
import { equal, isObject, type Json, showPath } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { KubernetesReader } from '../../kubernetes/port.ts'
import type { Work } from '../kind.ts'
import { observeRelease } from './observe.ts'
import { releaseRules } from './rules.ts'
import { isKept } from './spec.ts'

/** How a release differs from its spec at one moment. */
export interface Standing {
  readonly changes: readonly Change[]
  /** False if nothing of it is there but what a former one left to be kept. */
  readonly isThere: boolean
}

/** Looks at a release whose references are resolved, once its Lease is held. @throws KubernetesError, SlipwayError */
export const standingOf = async (
  { address, spec }: Pick<Work, 'address' | 'spec'>,
  reader: KubernetesReader,
): Promise<Standing> => {
  const observed = await observeRelease({ spec }, reader)
  if (observed.state !== 'present')
    throw new SlipwayError(`${address} and its Lease were taken away while it was about to be changed.`, {
      advice: 'Plan again.',
    })
  const { changes } = difference({
    desired: spec,
    observed,
    baseline: undefined,
    rules: releaseRules,
    lookUp: () => undefined,
    sources: {},
    unchangedCause: 'file',
  })
  const { objects } = observed.spec
  const live = Object.values(isObject(objects) ? objects : {}).filter(isObject)
  return { changes, isThere: !live.every(isKept) }
}

const most = 5

/**
 * Compares what is live with the start that the plan saw, since another run may have been at it until its Lease was free
 * (law 5). What is as wanted already is fine. @throws SlipwayError naming what differs.
 */
export const requireStart = (
  { address, changes }: Pick<Work, 'address' | 'changes'>,
  now: Standing,
  isCreate: boolean,
): void => {
  if (isCreate && !now.isThere) return
  const planned = new Map(changes.map(change => [showPath(change.path), change]))
  const started = ({ path, to }: Change): Json | undefined => {
    const same = planned.get(showPath(path))
    // What the plan did not mean to change was as wanted.
    return isCreate || same !== undefined ? same?.from : to
  }
  const moved = now.changes.filter(change => !equal(change.from, started(change)))
  if (moved.length === 0) return
  const shown = moved
    .slice(0, most)
    .map(change => `${showPath(change.path)} is ${words(change.from)}, was ${words(started(change))}`)
  const more = moved.length > most ? `; and ${moved.length - most} more` : ''
  throw new SlipwayError(
    `${address} was changed by somebody since it was planned: ${shown.join('; ')}${more}.`,
    {
      advice: 'Nothing of it was written. Plan again and review what is different.',
    },
  )
}

const words = (value: Json | undefined): string => {
  if (value === undefined) return 'nothing'
  return typeof value === 'object' ? 'other content' : JSON.stringify(value)
}
