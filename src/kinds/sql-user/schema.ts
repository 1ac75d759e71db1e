import { z } from 'zod'
import { after, members, reference } from '../shared/settings.ts'

/** A version is part of a label's value, see note.ts. */
const plainVersion = z
  .string()
  .regex(/^[a-z0-9-]{1,30}$/, 'a version is at most 30 lower-case letters, digits and hyphens')

/** Where a password comes from, by name; the payload is the bare password. */
const password = z.discriminatedUnion('from', [
  z.strictObject({
    from: z.literal('secret'),
    secret: z.string(),
    version: z.union([plainVersion, reference]),
  }),
  z.strictObject({ from: z.literal('env'), name: z.string(), version: plainVersion }),
])

const suffix = '.gserviceaccount.com'

/** The name that PostgreSQL knows a user by: a service account's e-mail loses its suffix. */
export const databaseName = ({ name, type }: { readonly name: string; readonly type: string }): string =>
  type === 'iam-service-account' && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name

/** What one entry of `database.users` may say. */
export const sqlUserSchema = z
  .strictObject({
    /** A PostgreSQL name, or the e-mail of an IAM identity. */
    name: z.string().min(1),
    type: z.enum(['iam-service-account', 'iam-user', 'iam-group', 'built-in']),
    /** The instance’s name at Google. */
    instance: z.string(),
    /** Given when it is made or taken over; no read shows them, so they are never compared. */
    roles: members.optional(),
    password: password.optional(),
    after: after.optional(),
  })
  .superRefine((user, context) => {
    for (const { message, path } of problemsOf(user))
      context.addIssue({ code: 'custom', message, path: [path] })
  })

interface User {
  readonly name: string
  readonly type: string
  readonly password?: object | undefined
}

const problemsOf = (user: User): readonly { readonly message: string; readonly path: string }[] => {
  const name = databaseName(user)
  const bytes = Buffer.byteLength(name)
  const builtIn = user.type === 'built-in'
  return [
    ...(bytes > 63
      ? [
          {
            path: 'name',
            message: `${name} has ${bytes} bytes; PostgreSQL takes 63: choose a shorter account id`,
          },
        ]
      : []),
    ...(!builtIn && name !== name.toLowerCase()
      ? [{ path: 'name', message: `the name of an IAM user is in lower case: ${name.toLowerCase()}` }]
      : []),
    ...(!builtIn && !name.includes('@')
      ? [{ path: 'name', message: `the name of an IAM user is an e-mail; ${name} is none` }]
      : []),
    ...(builtIn && user.password === undefined
      ? [{ path: 'password', message: 'a built-in user needs a password: say where it comes from' }]
      : []),
    ...(!builtIn && user.password !== undefined
      ? [{ path: 'password', message: 'an IAM user logs in with its token; it has no password' }]
      : []),
  ]
}

/** A user in the words of the file. */
export type SqlUserSettings = z.infer<typeof sqlUserSchema>
