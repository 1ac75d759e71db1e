import type { Change } from '../../core/change.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { Outputs } from '../../core/reference.ts'
import type { Secret } from '../../core/secret.ts'
import { type Gcp, GcpError } from '../../gcp/port.ts'
import { type ApplyingPorts, text, type Work } from '../kind.ts'
import { awaitRunning, run } from '../shared/operations.ts'
import { requireNotForeign, requireOurs } from '../shared/ours.ts'
import { rewriting } from '../shared/rewriting.ts'
import { listInside } from '../shared/sql/inside.ts'
import { type ApiInstance, placeOf, readInstance } from '../shared/sql/instances.ts'
import { instanceAtRest, onInstance } from '../shared/sql/operations.ts'
import { inTurns, type Turn, type Writing } from '../shared/turns.ts'
import { rolesOf, userBody } from './api.ts'
import { isNoted, type Note, noteOf, notePatch, noteSpecOf } from './note.ts'
import { passwordOf } from './password.ts'
import { sqlUserRules } from './rules.ts'

/**
 * Notes a user on its instance, then makes it with its roles and its password: a run that finds it without an answer
 * knows by the note whose it is. @throws GcpError, SlipwayError
 */
export const createUser = async (work: Work, ports: ApplyingPorts): Promise<Outputs> => {
  const { gcp } = ports
  const place = placeOf(work.spec)
  await awaitRunning(gcp, onInstance(place), work.progress)
  const note = noteOf(await instanceAtRest(gcp, place), nameOf(work))
  if (await exists(gcp, work)) {
    requireOurs(work, note?.environment ?? null)
    if (note?.passwordVersion !== wantedNote(work).passwordVersion) await setPassword(work, ports)
    await writeNote(gcp, work, wantedNote(work), note)
    return {}
  }
  const password = await passwordOf(work.spec, ports)
  work.signal.throwIfAborted()
  await writeNote(gcp, work, wantedNote(work), note)
  const body = {
    ...userBody(work.spec),
    ...(password === undefined ? {} : { password: password.reveal() }),
  }
  const done = () => exists(gcp, work)
  await run(gcp, onInstance(place), { method: 'POST', below: '/users', body, done }, work.progress)
  await instanceAtRest(gcp, place)
  return {}
}

/** Sets the password where its version changed, gives roles on adoption (never taking others away), then notes both. */
export const updateUser = async (work: Work, ports: ApplyingPorts): Promise<Outputs> => {
  const { gcp } = ports
  const place = placeOf(work.spec)
  const password = has(work.changes, 'passwordVersion') ? await passwordOf(work.spec, ports) : undefined
  await awaitRunning(gcp, onInstance(place), work.progress)
  const turns = (write: Turn<ApiInstance>['write']): Writing<ApiInstance> => ({
    what: `the labels of instance ${place.name}`,
    rules: sqlUserRules,
    read: () => instanceAtRest(gcp, place),
    specOf: live => noteSpecOf(live, nameOf(work)),
    turns: [{ changes: work.changes, write }],
  })
  const change = turns(async (_, due) => {
    const roles = has(due, 'mark') ? rolesOf(work.spec) : []
    const changed = has(due, 'passwordVersion') ? password : undefined
    if (roles.length > 0 || changed !== undefined) await put(work, gcp, roles, changed)
  })
  await inTurns(gcp, work, change)
  const noted = turns(live => patchNote(gcp, work, live, wantedNote(work)))
  await inTurns(gcp, { ...work, signal: unstopped }, noted)
  await instanceAtRest(gcp, place)
  return {}
}

/** For what ends something that was begun: a stop does not cut it off. */
const unstopped = new AbortController().signal

const has = (changes: readonly Change[], setting: string): boolean =>
  changes.some(({ path }) => path[0] === setting)

const setPassword = async (work: Work, ports: ApplyingPorts): Promise<void> => {
  const password = await passwordOf(work.spec, ports)
  work.signal.throwIfAborted()
  if (password !== undefined) await put(work, ports.gcp, [], password)
}

const put = (work: Work, gcp: Gcp, roles: readonly string[], password: Secret | undefined): Promise<void> => {
  const name = nameOf(work)
  const query = { name, databaseRoles: roles.length === 0 ? undefined : roles }
  const body = { name, ...(password === undefined ? {} : { password: password.reveal() }) }
  // No read shows a password: after a lost answer it is set again.
  const done = async () => false
  const write = { method: 'PUT', below: '/users', query, body, done } as const
  return run(gcp, onInstance(placeOf(work.spec)), write, work.progress)
}

/** Deletes a user for a step of a plan; the system's `postgres` never. */
export const removeUser = async (work: Work, { gcp }: ApplyingPorts): Promise<void> => {
  const place = placeOf(work.spec)
  const name = nameOf(work)
  if (name === 'postgres')
    throw new SlipwayError('user postgres belongs to Cloud SQL and is never deleted', {
      advice: 'Leave it out of `delete:`.',
    })
  await awaitRunning(gcp, onInstance(place), work.progress)
  // Gone with the instance that it was in.
  if ((await readInstance(gcp, place)) === undefined) return
  const instance = await instanceAtRest(gcp, place)
  const note = noteOf(instance, name)
  if (await exists(gcp, work)) {
    requireNotForeign(work, note?.environment ?? null)
    work.signal.throwIfAborted()
    const done = async () => !(await exists(gcp, work))
    const write = { method: 'DELETE', below: '/users', query: { name }, done } as const
    await dropped(work, run(gcp, onInstance(place), write, work.progress))
  }
  if (note !== undefined) await writeNote(gcp, work, undefined, note)
}

const nameOf = ({ spec }: Work): string => text(spec, 'name')

const exists = async (gcp: Gcp, work: Work): Promise<boolean> => {
  const users = (await listInside(gcp, placeOf(work.spec), 'users')) ?? []
  return users.some(({ name }) => name === nameOf(work))
}

const wantedNote = ({ environment, spec }: Work): Note => ({
  environment,
  ...(typeof spec.passwordVersion === 'string' ? { passwordVersion: spec.passwordVersion } : {}),
})

/**
 * A label of the instance, one PATCH that restarts nothing. It ends what was begun: a stop does not cut it off.
 * @throws SlipwayError if another environment has noted the user since the note was read that is given as `before`
 */
const writeNote = async (
  gcp: Gcp,
  work: Work,
  note: Note | undefined,
  before: Note | undefined,
): Promise<void> => {
  const place = placeOf(work.spec)
  await rewriting(gcp, `the labels of instance ${place.name}`, {}, async () => {
    const live = await instanceAtRest(gcp, place)
    const now = noteOf(live, nameOf(work))?.environment
    if (now !== undefined && now !== before?.environment) requireOurs(work, now)
    await patchNote(gcp, work, live, note)
  })
  await instanceAtRest(gcp, place)
}

const patchNote = (gcp: Gcp, work: Work, live: ApiInstance, note: Note | undefined): Promise<void> => {
  const place = placeOf(work.spec)
  const body = notePatch(live, nameOf(work), note)
  const done = async () => isNoted(await instanceAtRest(gcp, place), nameOf(work), note)
  return run(gcp, onInstance(place), { method: 'PATCH', body, done }, work.progress)
}

const dropped = async (work: Work, deletion: Promise<void>): Promise<void> => {
  try {
    await deletion
  } catch (error) {
    if (!(error instanceof GcpError) || !/cannot be dropped|depend on it/.test(error.answer)) throw error
    throw new SlipwayError(`${work.identity} cannot be deleted: ${error.answer}`, {
      advice: `Give what it owns to another role first: REASSIGN OWNED BY "${nameOf(work)}" TO postgres.`,
      cause: error,
    })
  }
}
