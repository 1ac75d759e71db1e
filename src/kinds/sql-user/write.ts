import { SlipwayError } from '../../core/problem.ts'
import type { Outputs } from '../../core/reference.ts'
import { afresh } from '../../gcp/container/afresh.ts'
import { awaitRunningSql, instanceAtRest, instancePath, runSql } from '../../gcp/container/sql-instances.ts'
import { type Gcp, GcpError } from '../../gcp/port.ts'
import { type ApplyingPorts, text, type Work } from '../kind.ts'
import { type ApiUser, placeOf, rolesOf, userBody } from './api.ts'
import { type Note, noteOf, notePatch } from './note.ts'
import { passwordOf } from './password.ts'

/** Makes a user with its roles and its password, then notes it on the instance. */
export const createUser = async (work: Work, ports: ApplyingPorts): Promise<Outputs> => {
  const { gcp } = ports
  const place = placeOf(work.spec)
  await awaitRunningSql(gcp, place, work.progress)
  const instance = await instanceAtRest(gcp, place)
  if (await exists(gcp, work)) mustBeOurs(work, noteOf(instance, nameOf(work)))
  else {
    const password = await passwordOf(work.spec, ports)
    work.signal.throwIfAborted()
    const body = {
      ...userBody(work.spec),
      ...(password === undefined ? {} : { password: password.reveal() }),
    }
    const done = () => exists(gcp, work)
    await runSql(gcp, place, { method: 'POST', below: '/users', body, done }, work.progress)
  }
  await writeNote(gcp, work, wantedNote(work))
  return {}
}

/** Sets the password where its version changed, gives roles on adoption (never taking others away), notes both. */
export const updateUser = async (work: Work, ports: ApplyingPorts): Promise<Outputs> => {
  const { gcp } = ports
  const place = placeOf(work.spec)
  const changed = (setting: string) => work.changes.some(({ path }) => path[0] === setting)
  const roles = changed('mark') ? rolesOf(work.spec) : []
  const password = changed('passwordVersion') ? await passwordOf(work.spec, ports) : undefined
  await awaitRunningSql(gcp, place, work.progress)
  await instanceAtRest(gcp, place)
  work.signal.throwIfAborted()
  if (roles.length > 0 || password !== undefined) {
    const name = nameOf(work)
    const query = { name, databaseRoles: roles.length === 0 ? undefined : roles }
    const body = { name, ...(password === undefined ? {} : { password: password.reveal() }) }
    await runSql(gcp, place, { method: 'PUT', below: '/users', query, body }, work.progress)
  }
  await writeNote(gcp, work, wantedNote(work))
  return {}
}

/** Deletes a user for a step of a plan; the system's `postgres` never. */
export const removeUser = async (work: Work, { gcp }: ApplyingPorts): Promise<void> => {
  const place = placeOf(work.spec)
  const name = nameOf(work)
  if (name === 'postgres')
    throw new SlipwayError('user postgres belongs to Cloud SQL and is never deleted', {
      advice: 'Leave it out of `delete:`.',
    })
  await awaitRunningSql(gcp, place, work.progress)
  const instance = await instanceAtRest(gcp, place)
  const note = noteOf(instance, name)
  if (await exists(gcp, work)) {
    if (note !== undefined) mustBeOurs(work, note)
    work.signal.throwIfAborted()
    const done = async () => !(await exists(gcp, work))
    const write = { method: 'DELETE', below: '/users', query: { name }, done } as const
    await dropped(work, runSql(gcp, place, write, work.progress))
  }
  if (note !== undefined) await writeNote(gcp, work, undefined)
}

const nameOf = ({ spec }: Work): string => text(spec, 'name')

const exists = async (gcp: Gcp, work: Work): Promise<boolean> => {
  const users = await gcp.list<ApiUser>('sqladmin', `${instancePath(placeOf(work.spec))}/users`, 'items')
  return users.some(({ name }) => name === nameOf(work))
}

const mustBeOurs = ({ identity, environment }: Work, note: Note | undefined): void => {
  if (note?.environment === environment) return
  const owner =
    note === undefined ? 'Slipway has no note of it' : `belongs to environment ${note.environment}`
  throw new SlipwayError(`${identity} exists already and ${owner}`, {
    advice: 'Plan again: it will be shown as one to adopt, or give this one another name.',
  })
}

const wantedNote = ({ environment, spec }: Work): Note => ({
  environment,
  ...(typeof spec.passwordVersion === 'string' ? { passwordVersion: spec.passwordVersion } : {}),
})

/** A label of the instance, one PATCH that restarts nothing. */
const writeNote = async (gcp: Gcp, work: Work, note: Note | undefined): Promise<void> => {
  const place = placeOf(work.spec)
  await afresh(async () => {
    const body = notePatch(await instanceAtRest(gcp, place), nameOf(work), note)
    await runSql(gcp, place, { method: 'PATCH', body }, work.progress)
  })
  await instanceAtRest(gcp, place)
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
