import { z } from 'zod'
import { after } from '../shared/settings.ts'

/** Databases that Cloud SQL and PostgreSQL keep for themselves. */
export const systemDatabases: readonly string[] = ['postgres', 'cloudsqladmin', 'template0', 'template1']

/** What one entry of `database.databases` may say. */
export const sqlDatabaseSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[^/\s]{1,63}$/, 'a database’s name has at most 63 characters, no spaces and no slashes')
    .refine(
      name => !systemDatabases.includes(name),
      'this database belongs to the system; choose another name',
    ),
  /** The instance’s name at Google. */
  instance: z.string(),
  charset: z.string().optional(),
  collation: z.string().optional(),
  after: after.optional(),
})

/** A database in the words of the file. */
export type SqlDatabaseSettings = z.infer<typeof sqlDatabaseSchema>
