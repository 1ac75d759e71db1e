import { createHash } from 'node:crypto'
import { type JsonObject, listAt, textAt, withoutNulls } from '../json.ts'
import { type Call, param } from '../route.ts'
import type { SqlInstance } from '../store.ts'
import { invalid, sqlError } from './errors.ts'
import { runningInstance, start } from './operations.ts'

/** A user as it is kept and shown; of its password a digest is kept beside it. */
export function newUser({ world, project }: Call, instance: string, sent: JsonObject): JsonObject {
  const roles = listAt(sent, 'databaseRoles')
  return withoutNulls({
    kind: 'sql#user',
    etag: world.ids.hex(64),
    name: textAt(sent, 'name') ?? '',
    host: '',
    instance,
    project: project.id,
    type: textAt(sent, 'type') ?? 'BUILT_IN',
    iamStatus: 'IAM_STATUS_UNSPECIFIED',
    passwordPolicy: { status: {} },
    ...(roles.length > 0 && { databaseRoles: roles }),
  })
}

const iamAuthentication = ({ resource }: SqlInstance): boolean =>
  listAt(resource, 'settings', 'databaseFlags').some(
    flag => textAt(flag, 'name') === 'cloudsql.iam_authentication' && textAt(flag, 'value') === 'on',
  )

/** Throws 400 for a user that PostgreSQL on Cloud SQL would refuse. */
function checkUser(instance: SqlInstance, body: JsonObject): void {
  const name = textAt(body, 'name') ?? ''
  const type = textAt(body, 'type') ?? 'BUILT_IN'
  if (name === '') throw invalid('User name must not be empty.')
  if (Buffer.byteLength(name) > 63) throw invalid(`User name "${name}" to be created is too long (max 63).`)
  if (!type.startsWith('CLOUD_IAM_')) return
  if (!iamAuthentication(instance)) {
    throw invalid(
      'IAM authentication is not enabled on the instance: set the flag cloudsql.iam_authentication to on.',
    )
  }
  if (name !== name.toLowerCase()) throw invalid(`User name "${name}" must be in lower case.`)
  if (!name.includes('@')) throw invalid(`User name "${name}" must be an email address.`)
  if (type === 'CLOUD_IAM_SERVICE_ACCOUNT' && name.endsWith('.gserviceaccount.com')) {
    throw invalid(`User name "${name}" must be given without the suffix .gserviceaccount.com.`)
  }
  if (textAt(body, 'password') !== undefined) throw invalid('An IAM user cannot have a password.')
}

/** sqladmin v1, users.list: without `databaseRoles`. */
export function listUsers(call: Call): JsonObject {
  const items = [...runningInstance(call).users.values()].map(({ databaseRoles: _, ...user }) => user)
  return { kind: 'sql#usersList', ...(items.length > 0 && { items }) }
}

function find(call: Call, name: string): JsonObject {
  const found = runningInstance(call).users.get(name)
  if (found === undefined) throw sqlError(404, 'notFound', `User "${name}" does not exist.`)
  return found
}

/** sqladmin v1, users.get: with `databaseRoles`. */
export const getUser = (call: Call): JsonObject => find(call, param(call, 'name'))

/** sqladmin v1, users.insert. */
export function insertUser(call: Call): JsonObject {
  const instance = runningInstance(call)
  checkUser(instance, call.body)
  const id = param(call, 'instance')
  const user = newUser(call, id, call.body)
  const name = String(user.name)
  if (instance.users.has(name)) throw invalid(`User "${name}" already exists.`)
  return start(call, {
    type: 'CREATE_USER',
    instance: id,
    apply() {
      instance.users.set(name, user)
      keepPassword(call, instance, name)
    },
  })
}

/** Keeps the digest of the password that was sent, if one was. */
function keepPassword({ body }: Call, { passwords }: SqlInstance, name: string): void {
  const password = textAt(body, 'password')
  if (password !== undefined) passwords.set(name, createHash('sha256').update(password).digest('hex'))
}

/** sqladmin v1, users.update: roles come in the query, a list of them in the body has no effect. */
export function updateUser(call: Call): JsonObject {
  const name = call.query.get('name') ?? textAt(call.body, 'name') ?? ''
  const before = find(call, name)
  const sqlInstance = runningInstance(call)
  const asked = call.query.getAll('databaseRoles')
  const kept =
    call.query.get('revokeExistingRoles')?.toLowerCase() === 'true' ? [] : listAt(before, 'databaseRoles')
  const roles = [...new Set([...kept.map(String), ...asked])]
  const { databaseRoles: _, ...rest } = before
  const after = { ...rest, etag: call.world.ids.hex(64), ...(roles.length > 0 && { databaseRoles: roles }) }
  const instance = param(call, 'instance')
  return start(call, {
    type: 'UPDATE_USER',
    instance,
    apply() {
      sqlInstance.users.set(name, after)
      keepPassword(call, sqlInstance, name)
    },
  })
}

/** sqladmin v1, users.delete. */
export function deleteUser(call: Call): JsonObject {
  const name = call.query.get('name') ?? ''
  find(call, name)
  const { users, passwords } = runningInstance(call)
  return start(call, {
    type: 'DELETE_USER',
    instance: param(call, 'instance'),
    apply() {
      users.delete(name)
      passwords.delete(name)
    },
  })
}
