import type { JsonObject } from '../../core/json.ts'
import { type Field, field, fromApi, toApi } from '../../gcp/container/fields.ts'
import type { InstancePlace } from '../../gcp/container/sql-instances.ts'
import { text } from '../kind.ts'

/** The slice of sqladmin v1 `Database` that is read. */
export interface ApiDatabase extends JsonObject {
  readonly name: string
}

/** The one request that reads all databases of an instance, as `Kind.reads` takes it. */
export const databasesRead = 'GET sqladmin /v1/projects/{}/instances/{}/databases'

const fields: readonly Field[] = [
  field('name', 'name'),
  field('charset', 'charset'),
  field('collation', 'collation'),
]

/** The instance that a database's or user's spec names. */
export const placeOf = (spec: JsonObject): InstancePlace => ({
  project: text(spec, 'project'),
  name: text(spec, 'instance'),
})

/** The body of sqladmin v1 databases.insert. */
export const databaseBody = (spec: JsonObject): JsonObject => toApi(fields, spec)

/** What a live database says, in the words of the file. */
export const databaseSpecOf = (database: ApiDatabase, { project, name }: InstancePlace): JsonObject => ({
  ...fromApi(fields, database),
  project,
  instance: name,
})
