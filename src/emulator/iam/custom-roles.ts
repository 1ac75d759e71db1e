import { alreadyExists, badRequest, failedPrecondition, notFound } from '../errors.ts'
import { type JsonObject, listAt, objectAt, textAt, withoutNulls } from '../json.ts'
import { type Call, param } from '../route.ts'

const nameOf = ({ project }: Call, id: string): string => `projects/${project.id}/roles/${id}`

function find(call: Call): { readonly id: string; readonly role: JsonObject } {
  const id = param(call, 'rolesId')
  const role = call.project.roles.get(id)
  if (role === undefined) throw notFound(`The role named ${nameOf(call, id)} was not found.`)
  return { id, role }
}

function store(call: Call, id: string, role: JsonObject): JsonObject {
  const { deleted, ...rest } = role
  const stored = { ...rest, ...(deleted === true && { deleted }), etag: call.world.ids.etag() }
  call.project.roles.set(id, stored)
  return stored
}

function checked(role: JsonObject): JsonObject {
  const wrong = listAt(role, 'includedPermissions').find(
    each => !/^[a-z]+(\.[a-zA-Z]+){2}$/.test(String(each)),
  )
  if (wrong !== undefined) throw badRequest(`Permission ${String(wrong)} is not valid.`)
  return role
}

/** iam v1, projects.roles.create. The id of a deleted role stays taken. */
export function createRole(call: Call): JsonObject {
  const id = textAt(call.body, 'roleId') ?? ''
  if (!/^[a-zA-Z0-9_.]{3,64}$/.test(id)) throw badRequest(`The role_id ${id} is invalid.`)
  const before = call.project.roles.get(id)
  if (before?.deleted === true)
    throw failedPrecondition(
      `You can't create a role with role_id (${id}) where there is an existing role with that role_id in a deleted state.`,
    )
  if (before !== undefined)
    throw alreadyExists(`A role named ${id} in projects/${call.project.id} already exists.`)
  const { name: _, deleted: __, ...role } = withoutNulls(objectAt(call.body, 'role'))
  return store(call, id, checked({ name: nameOf(call, id), ...role }))
}

/** iam v1, projects.roles.get: deleted ones too, marked as such. */
export const getRole = (call: Call): JsonObject => find(call).role

/** iam v1, projects.roles.patch: what the mask names, or everything that is sent. */
export function patchRole(call: Call): JsonObject {
  const { id, role } = find(call)
  if (role.deleted === true) throw failedPrecondition(`The role named ${nameOf(call, id)} is deleted.`)
  const mask = call.query.get('updateMask')?.split(',') ?? Object.keys(call.body)
  const changes = Object.fromEntries(mask.map(field => [field, call.body[field]]))
  return store(call, id, checked(withoutNulls({ ...role, ...changes })))
}

/** iam v1, projects.roles.undelete. */
export function undeleteRole(call: Call): JsonObject {
  const { id, role } = find(call)
  if (role.deleted !== true) throw failedPrecondition(`The role named ${nameOf(call, id)} is not deleted.`)
  return store(call, id, { ...role, deleted: false })
}

/** iam v1, projects.roles.delete: the role is marked, and can be brought back for seven days. */
export function deleteRole(call: Call): JsonObject {
  const { id, role } = find(call)
  return store(call, id, { ...role, deleted: true })
}

/** Permissions that a custom role may hold, as far as anybody here asks for them. */
const testable = ['container.clusters.connect', 'container.clusters.get', 'container.clusters.list']

/** iam v1, permissions.queryTestablePermissions: gcloud asks before it makes or changes a role. */
export const testablePermissions = (): JsonObject => ({
  permissions: testable.map(name => ({ name, stage: 'GA' })),
})
