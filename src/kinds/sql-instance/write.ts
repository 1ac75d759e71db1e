import { SlipwayError } from '../../core/problem.ts'
import type { Outputs } from '../../core/reference.ts'
import type { Gcp, GcpError, Query } from '../../gcp/port.ts'
import type { Work } from '../kind.ts'
import { unlessThere } from '../shared/calls.ts'
import { objectOf } from '../shared/codecs.ts'
import { afterRunning, awaitRunning, run } from '../shared/operations.ts'
import { requireNotForeign, requireOurs } from '../shared/ours.ts'
import { type ApiInstance, readInstance } from '../shared/sql/instances.ts'
import { instanceAtRest, onInstance } from '../shared/sql/operations.ts'
import { inTurns } from '../shared/turns.ts'
import { instanceBody, instanceMark, instanceOutputs, instanceSpecOf } from './api.ts'
import { patchBody, phasesOf } from './calls.ts'
import { placeOf } from './observe.ts'
import { sqlInstanceRules } from './rules.ts'

/** Makes an instance, or takes up one that is ours or half made. @throws GcpError, SlipwayError */
export const createInstance = async (work: Work, gcp: Gcp): Promise<Outputs> => {
  const place = placeOf(work.spec)
  const existing = await readInstance(gcp, place)
  if (existing === undefined) {
    work.signal.throwIfAborted()
    const body = instanceBody(work.spec, place.name)
    const done = async () => (await readInstance(gcp, place)) !== undefined
    const write = { method: 'POST', makes: true, body, done } as const
    const refusal = await unlessThere(() => run(gcp, onInstance(place), write, work.progress))
    const made = await readInstance(gcp, place)
    if (made !== undefined) requireOurs(work, instanceMark(made))
    else if (refusal !== undefined) throw kept(work, refusal)
    return instanceOutputs(await instanceAtRest(gcp, place))
  }
  requireOurs(work, instanceMark(existing))
  return settleInstance(work, gcp)
}

/** A name that is taken and that nothing has: Cloud SQL may keep it for a week after a delete (facts, 2.5). */
const kept = ({ address, identity }: Work, refusal: GcpError): SlipwayError =>
  new SlipwayError(
    `${address} was not made: there is no ${identity}, but its name is taken. Cloud SQL answered "${refusal.answer}".`,
    {
      advice:
        'An instance of this name was deleted not long ago. Run again when its name is free, up to a week after the delete, or give this one another name.',
      cause: refusal,
    },
  )

/** Makes the given changes: one PATCH a phase, each from the instance as it is just before. @throws GcpError, SlipwayError */
export const updateInstance = async (work: Work, gcp: Gcp): Promise<Outputs> => {
  const place = placeOf(work.spec)
  await awaitRunning(gcp, onInstance(place), work.progress)
  await inTurns<ApiInstance>(gcp, work, {
    what: `instance ${place.name}`,
    rules: sqlInstanceRules,
    read: () => instanceAtRest(gcp, place),
    specOf: live => instanceSpecOf(live, place.project),
    turns: phasesOf(work.changes).map(changes => ({
      changes,
      write: (live, due) =>
        run(gcp, onInstance(place), { method: 'PATCH', body: patchBody(live, due) }, work.progress),
    })),
  })
  return instanceOutputs(await instanceAtRest(gcp, place))
}

/** Waits until an instance is at rest. @throws GcpError, SlipwayError */
export const settleInstance = async (work: Work, gcp: Gcp): Promise<Outputs> => {
  const place = placeOf(work.spec)
  const rest = () => instanceAtRest(gcp, place)
  return instanceOutputs(await afterRunning(gcp, onInstance(place), work.progress, rest))
}

/**
 * Deletes an instance for a step of a plan, with a final backup where the spec or the instance itself keeps one.
 * @throws GcpError, SlipwayError if it is protected or another environment's
 */
export const removeInstance = async (work: Work, gcp: Gcp): Promise<void> => {
  const place = placeOf(work.spec)
  await awaitRunning(gcp, onInstance(place), work.progress)
  const existing = await readInstance(gcp, place)
  if (existing === undefined) return
  requireNotForeign(work, instanceMark(existing))
  if (objectOf(existing.settings).deletionProtectionEnabled === true)
    throw new SlipwayError(`${work.identity} is protected against deletion`, {
      advice:
        'Say `deletionProtection: false` in a pull request of its own first, and delete it in the next.',
    })
  work.signal.throwIfAborted()
  const done = async () => (await readInstance(gcp, place)) === undefined
  await run(
    gcp,
    onInstance(place),
    { method: 'DELETE', query: finalBackupOf(work, existing), done },
    work.progress,
  )
}

/** As the file says, or else as the instance is set: what is not managed stays as it is. */
const finalBackupOf = ({ spec, environment }: Work, live: ApiInstance): Query => {
  const days = spec.finalBackupDays ?? instanceSpecOf(live, '').finalBackupDays
  if (typeof days !== 'number' || days === 0) return {}
  return {
    enableFinalBackup: true,
    finalBackupTtlDays: days,
    finalBackupDescription: `last state of ${environment}`,
  }
}
