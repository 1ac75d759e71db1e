import type { Outputs } from '../../core/reference.ts'
import type { Gcp } from '../../gcp/port.ts'
import { text, type Work } from '../kind.ts'
import { awaitRunning, run } from '../shared/operations.ts'
import { listInside } from '../shared/sql/inside.ts'
import { placeOf } from '../shared/sql/instances.ts'
import { instanceAtRest, onInstance } from '../shared/sql/operations.ts'
import { databaseBody } from './api.ts'

const exists = async (gcp: Gcp, { spec }: Work): Promise<boolean> => {
  const databases = (await listInside(gcp, placeOf(spec), 'databases')) ?? []
  return databases.some(({ name }) => name === text(spec, 'name'))
}

/** A database carries no mark: one of the same name that has appeared meanwhile is taken up as it is. @throws GcpError */
export const createDatabase = async (work: Work, gcp: Gcp): Promise<Outputs> => {
  const place = placeOf(work.spec)
  await awaitRunning(gcp, onInstance(place), work.progress)
  await instanceAtRest(gcp, place)
  if (await exists(gcp, work)) return {}
  work.signal.throwIfAborted()
  const body = databaseBody(work.spec)
  const done = () => exists(gcp, work)
  await run(gcp, onInstance(place), { method: 'POST', below: '/databases', body, done }, work.progress)
  return {}
}

/** Deletes a database for a step of a plan; fails while sessions are connected. @throws GcpError */
export const removeDatabase = async (work: Work, gcp: Gcp): Promise<void> => {
  const site = onInstance(placeOf(work.spec))
  await awaitRunning(gcp, site, work.progress)
  if (!(await exists(gcp, work))) return
  work.signal.throwIfAborted()
  const below = `/databases/${encodeURIComponent(text(work.spec, 'name'))}`
  const done = async () => !(await exists(gcp, work))
  await run(gcp, site, { method: 'DELETE', below, done }, work.progress)
}
