import type { Json, JsonObject } from '../../core/json.ts'
import { objectOf, words } from '../shared/codecs.ts'
import { type Field, field, fromApi, toApi } from '../shared/fields.ts'
import type { ApiMember } from '../shared/sql/inside.ts'
import type { InstancePlace } from '../shared/sql/instances.ts'

/** The one request that reads all users of an instance, as `Kind.reads` takes it. */
export const usersRead = 'GET sqladmin /v1/projects/{}/instances/{}/users'

const types = words({
  'iam-service-account': 'CLOUD_IAM_SERVICE_ACCOUNT',
  'iam-user': 'CLOUD_IAM_USER',
  'iam-group': 'CLOUD_IAM_GROUP',
  'built-in': 'BUILT_IN',
})

/** A user without a type is a built-in one: `postgres` is listed so. */
const fields: readonly Field[] = [field('name', 'name'), field('type', 'type', types, 'built-in')]

/** The roles that a spec names, in the order of their names. */
export const rolesOf = (spec: JsonObject): readonly string[] => Object.keys(objectOf(spec.roles)).sort()

/** The body of sqladmin v1 users.insert, without the password. */
export const userBody = (spec: JsonObject): JsonObject => {
  const roles: Json = rolesOf(spec)
  return { ...toApi(fields, spec), ...(roles.length === 0 ? {} : { databaseRoles: roles }) }
}

/** What a live user says, in the words of the file. */
export const userSpecOf = (user: ApiMember, { project, name }: InstancePlace): JsonObject => ({
  ...fromApi(fields, user),
  project,
  instance: name,
})
