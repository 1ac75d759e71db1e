import type { Resource } from '../../core/resource.ts'
import { defineKind, type Item } from '../kind.ts'
import { each } from '../shared/calls.ts'
import { bareResource, partsOf } from '../shared/identity.ts'
import { plain } from '../shared/settings.ts'
import { observeInside } from '../shared/sql/inside.ts'
import {
  instanceIdentity,
  instancesRead,
  instanceTemplate,
  placeOf,
  sqlLane,
} from '../shared/sql/instances.ts'
import { databaseSpecOf, databasesRead, encodingOf } from './api.ts'
import { sqlDatabaseRules } from './rules.ts'
import { type SqlDatabaseSettings, sqlDatabaseSchema } from './schema.ts'
import { createDatabase, removeDatabase } from './write.ts'

const kind = 'sql-database'

const resource = ({ name, settings, scope, sources }: Item<SqlDatabaseSettings>): Resource => {
  const { after = [], charset, ...others } = settings
  const { project, environment } = scope
  return {
    kind,
    name,
    address: `${kind}/${name}`,
    identity: `${instanceIdentity({ project, name: settings.instance })}/databases/${settings.name}`,
    spec: plain({ ...others, charset: charset && encodingOf(charset), project }),
    dependsOn: [`sql-instance/${environment}`, ...after],
    sources,
  }
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
  observe: (resources, { gcp }) =>
    observeInside(resources, gcp, 'databases', (place, database) => ({
      state: 'present',
      spec: databaseSpecOf(database, place),
      outputs: {},
    })),
  named: identity => {
    const parts = partsOf(`${instanceTemplate}/databases/{database}`, identity)
    if (parts === undefined) return undefined
    const { project = '', name: instance = '', database: name = '' } = parts
    return bareResource(kind, name, identity, { project, instance, name })
  },
  lane: spec => sqlLane(placeOf(spec)),
  create: (works, { gcp }) => each(works, work => createDatabase(work, gcp)),
  // Nothing of it can change in place: every rule refuses, so there is nothing to send.
  update: async works => new Map(works.map(({ address }) => [address, {}])),
  remove: async (works, { gcp }) => {
    await each(works, work => removeDatabase(work, gcp))
  },
})
