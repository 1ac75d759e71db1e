import type { Problem } from '../../core/problem.ts'
import { type Check, type Checked, entriesAt, objectAt, placeIn } from './check.ts'

/** Names that Cloud SQL takes only in one form, and a stop after which nobody sees what the file has in it. */
export const checkDatabase: Check = checked => ({
  problems: [
    ...stopped(checked),
    ...entriesAt(checked.document, ['database', 'users']).flatMap(([key, { name, type }]) =>
      userProblems(checked, ['database', 'users', key, 'name'], String(name), String(type)),
    ),
  ],
})

/** A stopped instance shows neither databases nor users (sqladmin v1), so no plan would be made again, to start it either. */
const stopped = (checked: Checked): readonly Problem[] => {
  const { activation } = objectAt(checked.document, ['database'])
  const inside = ['databases', 'users'].filter(
    key => entriesAt(checked.document, ['database', key]).length > 0,
  )
  return activation !== 'NEVER' || inside.length === 0
    ? []
    : [
        {
          message: `activation: a stopped instance does not show its ${inside.join(' and ')}, so nothing of this file could be planned until it runs.`,
          advice:
            'Take the line out. To stop it for a while: gcloud sql instances patch NAME --activation-policy=NEVER, and ALWAYS before the next plan.',
          position: placeIn(checked, ['database', 'activation']),
        },
      ]
}

/** Longest name of a user of PostgreSQL, bytes. */
const maxUser = 63

const userProblems = (
  checked: Checked,
  path: readonly string[],
  name: string,
  type: string,
): readonly Problem[] => {
  const position = placeIn(checked, path)
  const bytes = Buffer.byteLength(name.replace(/\.gserviceaccount\.com$/, ''))
  if (bytes > maxUser) {
    return [
      {
        message: `name: the database user "${name}" has ${bytes} bytes; PostgreSQL takes ${maxUser}.`,
        advice: 'Use a shorter account: `names: {serviceAccount: …}`.',
        position,
      },
    ]
  }
  return type === 'iam-service-account'
    ? [...formProblems(name, position), ...flagProblems(checked, position)]
    : []
}

const formProblems = (name: string, position: NonNullable<Problem['position']>): readonly Problem[] =>
  /^[^@\s]+@[^@\s]+\.iam(?:\.gserviceaccount\.com)?$/.test(name)
    ? []
    : [
        {
          message: `name: "${name}" is not how Cloud SQL calls a service account.`,
          advice: 'Write NAME@PROJECT.iam.',
          position,
        },
      ]

const flagProblems = (checked: Checked, position: NonNullable<Problem['position']>): readonly Problem[] =>
  isOn(objectAt(checked.document, ['database', 'flags'])['cloudsql.iam_authentication'])
    ? []
    : [
        {
          message: 'users: an IAM user cannot sign in while the flag cloudsql.iam_authentication is not on.',
          advice: 'Add `database.flags: {cloudsql.iam_authentication: "on"}`.',
          position,
        },
      ]

const isOn = (flag: unknown): boolean => flag === 'on' || flag === true
