import type { JsonObject } from '../../core/json.ts'
import type { Codec } from '../shared/codecs.ts'
import { type Field, field, fromApi, toApi } from '../shared/fields.ts'
import type { ApiMember } from '../shared/sql/inside.ts'
import type { InstancePlace } from '../shared/sql/instances.ts'

/** The one request that reads all databases of an instance, as `Kind.reads` takes it. */
export const databasesRead = 'GET sqladmin /v1/projects/{}/instances/{}/databases'

/**
 * The name of an encoding as PostgreSQL shows it: it takes them in any case, and UTF-8 with its hyphen (postgresql.org,
 * "Character Set Support").
 */
export const encodingOf = (charset: string): string => charset.toUpperCase().replace(/^UTF-8$/, 'UTF8')

const encoding: Codec = { toApi: value => value, fromApi: value => encodingOf(String(value)) }

const fields: readonly Field[] = [
  field('name', 'name'),
  field('charset', 'charset', encoding),
  field('collation', 'collation'),
]

/** The body of sqladmin v1 databases.insert. */
export const databaseBody = (spec: JsonObject): JsonObject => toApi(fields, spec)

/** What a live database says, in the words of the file. */
export const databaseSpecOf = (database: ApiMember, { project, name }: InstancePlace): JsonObject => ({
  ...fromApi(fields, database),
  project,
  instance: name,
})
