import { type JsonObject, textAt } from '../json.ts'
import { type Call, param } from '../route.ts'
import { invalid, sqlError } from './errors.ts'
import { runningInstance, sqlBase, start } from './operations.ts'

/** A database with what PostgreSQL on Cloud SQL fills in. */
export function newDatabase({ world, project }: Call, instance: string, sent: JsonObject): JsonObject {
  const name = textAt(sent, 'name') ?? ''
  return {
    kind: 'sql#database',
    // PostgreSQL takes the names of encodings in any case, and shows them in capitals.
    charset: (textAt(sent, 'charset') ?? 'UTF8').toUpperCase().replace(/^UTF-8$/, 'UTF8'),
    collation: textAt(sent, 'collation') ?? 'en_US.UTF8',
    etag: world.ids.hex(64),
    name,
    instance,
    selfLink: `${sqlBase}projects/${project.id}/instances/${instance}/databases/${name}`,
    project: project.id,
  }
}

function find(call: Call): JsonObject {
  const found = runningInstance(call).databases.get(param(call, 'database'))
  if (found === undefined) throw sqlError(404, 'notFound', 'Not Found')
  return found
}

/** sqladmin v1, databases.list. */
export const listDatabases = (call: Call): JsonObject => {
  const items = [...runningInstance(call).databases.values()]
  return { kind: 'sql#databasesList', ...(items.length > 0 && { items }) }
}

/** sqladmin v1, databases.get. */
export const getDatabase = (call: Call): JsonObject => find(call)

/** sqladmin v1, databases.insert. */
export function insertDatabase(call: Call): JsonObject {
  const { databases } = runningInstance(call)
  const instance = param(call, 'instance')
  const name = textAt(call.body, 'name') ?? ''
  if (name === '' || name.length > 63) throw invalid(`Invalid database name (${name}).`)
  if (databases.has(name))
    throw invalid(`failed to create database ${name}. Detail: pq: database "${name}" already exists.`)
  const database = newDatabase(call, instance, call.body)
  const apply = () => void databases.set(name, database)
  return start(call, { type: 'CREATE_DATABASE', instance, below: `/databases/${name}`, apply })
}

/** sqladmin v1, databases.patch: PostgreSQL cannot change charset or collation of a database. */
export function patchDatabase(call: Call): JsonObject {
  const before = find(call)
  const name = param(call, 'database')
  const differs = ['charset', 'collation', 'name'].find(
    key => call.body[key] !== undefined && call.body[key] !== before[key],
  )
  if (differs !== undefined) throw invalid(`The ${differs} of database ${name} cannot be changed.`)
  const instance = param(call, 'instance')
  return start(call, {
    type: 'UPDATE_DATABASE',
    instance,
    below: `/databases/${name}`,
    apply: () => undefined,
  })
}

/** sqladmin v1, databases.delete. */
export function deleteDatabase(call: Call): JsonObject {
  find(call)
  const { databases } = runningInstance(call)
  const name = param(call, 'database')
  if (name === 'postgres') throw invalid('The database postgres cannot be deleted.')
  const apply = () => void databases.delete(name)
  return start(call, {
    type: 'DELETE_DATABASE',
    instance: param(call, 'instance'),
    below: `/databases/${name}`,
    apply,
  })
}
