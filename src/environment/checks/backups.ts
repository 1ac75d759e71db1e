import type { Note } from '../../core/plan.ts'
import type { Problem } from '../../core/problem.ts'
import { type Check, type Checked, objectAt, placeIn } from './check.ts'

/** Settings of a database that do not go together, and one that opens it to everybody. */
export const checkBackups: Check = checked => ({
  problems: tooManyDays(checked),
  notes: [...withoutBackups(checked), ...open(checked)],
})

/**
 * Point-in-time recovery begins at a backup, and a standby needs both (Terraform's documentation of
 * google_sql_database_instance, `availability_type`). A warning: an instance that somebody made may be so, and can be taken over.
 */
const withoutBackups = (checked: Checked): readonly Note[] => {
  const { availability } = objectAt(checked.document, ['database'])
  const { enabled, pointInTime } = objectAt(checked.document, ['database', 'backups'])
  const warning = (key: string, message: string, advice: string): readonly Note[] => [
    { level: 'warning', message, advice, source: placeIn(checked, ['database', 'backups', key]) },
  ]
  if (enabled === false && pointInTime === true)
    return warning(
      'enabled',
      'database.backups: point-in-time recovery needs backups, and they are off. Cloud SQL may refuse that.',
      'Leave them on, or say `pointInTime: false` as well.',
    )
  const off = [
    ...(enabled === false ? ['enabled'] : []),
    ...(pointInTime === false ? ['pointInTime'] : []),
  ][0]
  return availability === 'REGIONAL' && off !== undefined
    ? warning(
        off,
        'database.backups: a standby (`availability: REGIONAL`) needs backups and point-in-time recovery. Cloud SQL may refuse it without.',
        'Leave both on, or say `availability: ZONAL`.',
      )
    : []
}

/** Days of logs that edition ENTERPRISE keeps (sqladmin v1, transactionLogRetentionDays). */
const enterpriseDays = 7

const tooManyDays = (checked: Checked): readonly Problem[] => {
  const { edition } = objectAt(checked.document, ['database'])
  const { logDays } = objectAt(checked.document, ['database', 'backups'])
  return edition !== 'ENTERPRISE' || typeof logDays !== 'number' || logDays <= enterpriseDays
    ? []
    : [
        {
          message: `logDays: edition ENTERPRISE keeps at most ${enterpriseDays} days.`,
          advice: `Write ${enterpriseDays} or less. \`backups.retained\` says how many daily backups are kept.`,
          position: placeIn(checked, ['database', 'backups', 'logDays']),
        },
      ]
}

const open = (checked: Checked): readonly Note[] => {
  const { connectorEnforcement } = objectAt(checked.document, ['database'])
  const everybody = Object.keys(objectAt(checked.document, ['database', 'authorizedNetworks'])).filter(
    range => range.endsWith('/0'),
  )
  if (connectorEnforcement === 'REQUIRED') return []
  return everybody.map(range => ({
    level: 'warning',
    message: `database.authorizedNetworks: ${range} lets the whole internet try to sign in to the database.`,
    advice: 'Name the ranges that need it, or let only connectors in: `connectorEnforcement: REQUIRED`.',
    source: placeIn(checked, ['database', 'authorizedNetworks', range]),
  }))
}
