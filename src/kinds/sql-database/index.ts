import type { Outputs } from '../../core/reference.ts'
import type { Observed, Resource } from '../../core/resource.ts'
import { orAbsent } from '../../gcp/container/clusters.ts'
import { inTurn } from '../../gcp/container/in-turn.ts'
import { lookInside } from '../../gcp/container/sql-below.ts'
import {
  awaitRunningSql,
  instanceAtRest,
  instanceIdentity,
  instancePath,
  instancesRead,
  runSql,
  sqlLane,
} from '../../gcp/container/sql-instances.ts'
import type { Gcp, GcpReader } from '../../gcp/port.ts'
import { type ApplyingPorts, defineKind, type Item, text, type Work } from '../kind.ts'
import { type ApiDatabase, databaseBody, databaseSpecOf, databasesRead, placeOf } from './api.ts'
import { sqlDatabaseRules } from './rules.ts'
import { type SqlDatabaseSettings, sqlDatabaseSchema } from './schema.ts'

const kind = 'sql-database'

const resource = ({ name, settings, scope, sources }: Item<SqlDatabaseSettings>): Resource => {
  const { after = [], ...spec } = settings
  const place = { project: scope.project, name: settings.instance }
  const { charset, collation, ...named } = spec
  return {
    kind,
    name,
    address: `${kind}/${name}`,
    identity: `${instanceIdentity(place)}/databases/${settings.name}`,
    spec: {
      ...named,
      ...(charset === undefined ? {} : { charset }),
      ...(collation === undefined ? {} : { collation }),
      project: scope.project,
    },
    dependsOn: [`sql-instance/${scope.environment}`, ...after],
    sources,
  }
}

const observeOne = async ({ address, spec }: Resource, gcp: GcpReader) => {
  const [place, name] = [placeOf(spec), text(spec, 'name')]
  const what = `database ${name} of Cloud SQL instance ${place.name}`
  const observed = await lookInside(gcp, place, what, async (): Promise<Observed> => {
    const all = await gcp.list<ApiDatabase>('sqladmin', `${instancePath(place)}/databases`, 'items')
    const found = all.find(database => database.name === name)
    if (found === undefined) return { state: 'absent' }
    return { state: 'present', spec: databaseSpecOf(found, place), outputs: {} }
  })
  return [address, observed] as const
}

const exists = async (gcp: Gcp, { spec }: Work): Promise<boolean> => {
  const path = `${instancePath(placeOf(spec))}/databases/${encodeURIComponent(text(spec, 'name'))}`
  return (await orAbsent(gcp.get<ApiDatabase>('sqladmin', path))) !== undefined
}

/** A database carries no mark: one of the same name that has appeared meanwhile is taken up as it is. */
const create = async (work: Work, { gcp }: ApplyingPorts): Promise<Outputs> => {
  const place = placeOf(work.spec)
  await awaitRunningSql(gcp, place, work.progress)
  await instanceAtRest(gcp, place)
  if (await exists(gcp, work)) return {}
  work.signal.throwIfAborted()
  const body = databaseBody(work.spec)
  const done = () => exists(gcp, work)
  await runSql(gcp, place, { method: 'POST', below: '/databases', body, done }, work.progress)
  return {}
}

/** Deletes a database for a step of a plan; fails while sessions are connected. */
const remove = async (work: Work, { gcp }: ApplyingPorts): Promise<void> => {
  const place = placeOf(work.spec)
  await awaitRunningSql(gcp, place, work.progress)
  if (!(await exists(gcp, work))) return
  work.signal.throwIfAborted()
  const below = `/databases/${encodeURIComponent(text(work.spec, 'name'))}`
  const done = async () => !(await exists(gcp, work))
  await runSql(gcp, place, { method: 'DELETE', below, done }, work.progress)
}

/** A database of a Cloud SQL for PostgreSQL instance (sqladmin v1). */
export const sqlDatabase = defineKind<SqlDatabaseSettings>({
  kind,
  schema: sqlDatabaseSchema,
  rules: sqlDatabaseRules,
  holdsData: true,
  takes: [2, 20],
  reads: [instancesRead, databasesRead],
  resource,
  observe: async (resources, { gcp }) =>
    new Map(await Promise.all(resources.map(wanted => observeOne(wanted, gcp)))),
  lane: spec => sqlLane(placeOf(spec)),
  create: (works, ports) => inTurn(works, work => create(work, ports)),
  // Nothing of it can change in place: every rule refuses, so there is nothing to send.
  update: async works => new Map(works.map(({ address }) => [address, {}])),
  remove: async (works, ports) => {
    await inTurn(works, work => remove(work, ports))
  },
})
