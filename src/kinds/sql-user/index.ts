import type { JsonObject } from '../../core/json.ts'
import type { Resource } from '../../core/resource.ts'
import { defineKind, type Item } from '../kind.ts'
import { each } from '../shared/calls.ts'
import { bareResource, partsOf } from '../shared/identity.ts'
import { asMap } from '../shared/settings.ts'
import {
  instanceIdentity,
  instancesRead,
  instanceTemplate,
  placeOf,
  sqlLane,
} from '../shared/sql/instances.ts'
import { usersRead } from './api.ts'
import { observeUsers, userMarks } from './observe.ts'
import { sqlUserRules } from './rules.ts'
import { databaseName, type SqlUserSettings, sqlUserSchema } from './schema.ts'
import { createUser, removeUser, updateUser } from './write.ts'

const kind = 'sql-user'

const resource = ({ name, settings, scope, sources }: Item<SqlUserSettings>): Resource => {
  const { instance, type, roles, password, after = [] } = settings
  const place = { project: scope.project, name: instance }
  return {
    kind,
    name,
    address: `${kind}/${name}`,
    identity: `${instanceIdentity(place)}/users/${databaseName(settings)}`,
    spec: {
      project: scope.project,
      instance,
      name: databaseName(settings),
      type,
      ...(roles === undefined ? {} : { roles: asMap(roles) }),
      ...(password === undefined ? {} : passwordSpec(password)),
      mark: scope.environment,
    },
    dependsOn: [`sql-instance/${scope.environment}`, ...after],
    sources,
  }
}

/** The source by name, and apart from it the version, whose change sets the password. */
const passwordSpec = ({ version, ...source }: NonNullable<SqlUserSettings['password']>): JsonObject => ({
  password: source,
  passwordVersion: version,
})

/** A user of a Cloud SQL for PostgreSQL instance (sqladmin v1). It owns what it made, so it holds data. */
export const sqlUser = defineKind<SqlUserSettings>({
  kind,
  schema: sqlUserSchema,
  rules: sqlUserRules,
  holdsData: true,
  // PostgreSQL drops no role that owns a table; its tables go with their database.
  removedAfter: ['sql-database'],
  takes: [10, 60],
  reads: [instancesRead, usersRead],
  resource,
  observe: (resources, { gcp }) => observeUsers(resources, gcp),
  named: identity => {
    const parts = partsOf(`${instanceTemplate}/users/{user}`, identity)
    if (parts === undefined) return undefined
    const { project = '', name: instance = '', user: name = '' } = parts
    return bareResource(kind, name, identity, { project, instance, name })
  },
  marks: (project, { gcp }, resources) => userMarks(gcp, project, resources),
  lane: spec => sqlLane(placeOf(spec)),
  create: (works, ports) => each(works, work => createUser(work, ports)),
  update: (works, ports) => each(works, work => updateUser(work, ports)),
  remove: async (works, ports) => {
    await each(works, work => removeUser(work, ports))
  },
})
