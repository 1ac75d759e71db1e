import type { Note } from '../../core/plan.ts'
import type { Problem } from '../../core/problem.ts'
import { type Check, type Checked, objectAt, placeIn } from './check.ts'

/** Settings of a database that Cloud SQL refuses together, and one that opens it to everybody. */
export const checkBackups: Check = checked => ({
  problems: [...withoutBackups(checked), ...tooManyDays(checked)],
  notes: open(checked),
})

/**
 * Point-in-time recovery begins at a backup, and a standby needs both (Terraform's documentation of
 * google_sql_database_instance, `availability_type`).
 */
const withoutBackups = (checked: Checked): readonly Problem[] => {
  const { availability } = objectAt(checked.document, ['database'])
  const { enabled, pointInTime } = objectAt(checked.document, ['database', 'backups'])
  const problem = (key: string, message: string, advice: string): readonly Problem[] => [
    { message, advice, position: placeIn(checked, ['database', 'backups', key]) },
  ]
  if (enabled === false && pointInTime === true)
    return problem(
      'enabled',
      'enabled: point-in-time recovery needs backups, and they are off.',
      'Leave them on, or say `pointInTime: false` as well.',
    )
  const off = [
    ...(enabled === false ? ['enabled'] : []),
    ...(pointInTime === false ? ['pointInTime'] : []),
  ][0]
  return availability === 'REGIONAL' && off !== undefined
    ? problem(
        off,
        `${off}: a standby (\`availability: REGIONAL\`) needs backups and point-in-time recovery.`,
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
