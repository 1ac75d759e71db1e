import { around, joined, type SpecReader } from '../spec.ts'
import { counted } from '../text.ts'
import { showValue } from '../values.ts'
import type { Summaries } from './summary.ts'

const products: Readonly<Record<string, string>> = {
  POSTGRES: 'PostgreSQL',
  MYSQL: 'MySQL',
  SQLSERVER: 'SQL Server',
}

/** `POSTGRES_16` as `PostgreSQL 16`. */
const product = (version: string): string => {
  const [name = '', ...rest] = version.split('_')
  return `${products[name] ?? name} ${rest.join('.')}`.trim()
}

const availability = (spec: SpecReader): string => {
  const word = spec.word('availability').toUpperCase()
  return word === 'REGIONAL' ? 'regional: a standby in another zone' : word.toLowerCase()
}

const openings = (spec: SpecReader): string => {
  const networks = spec.members('authorizedNetworks').map(([network]) => network)
  return networks.length === 0 ? '' : `OPEN TO ${networks.join(', ')}`
}

const instance = (spec: SpecReader): string =>
  joined(
    [product(spec.word('version')), spec.word('edition')].filter(word => word !== '').join(' '),
    spec.word('tier'),
    spec.word('region'),
    availability(spec),
  )

const disk = (spec: SpecReader): string =>
  joined(
    around('', spec.word('diskGb'), ' GB') + (spec.raw('diskAutoGrow') === true ? ' growing' : ''),
    spec.raw('publicIp') === true && 'public IP',
    openings(spec),
    // What a new instance is not given, it does not have (sqladmin v1: both are off by default).
    spec.raw('deletionProtection') === true ? 'deletion protection on' : 'deletion protection OFF',
  )

const backups = (spec: SpecReader): string => {
  const backups = spec.inner('backups')
  if (backups.raw('enabled') !== true) return 'NO backups'
  return joined(
    `backups daily${around(' ', backups.word('startTime'), ' UTC')}`,
    around('', backups.word('retained'), ' kept'),
    backups.raw('pointInTime') === true && `point in time${around(' ', backups.word('logDays'), ' days')}`,
  )
}

const userTypes: Readonly<Record<string, string>> = {
  'iam-service-account': 'IAM service account',
  'iam-user': 'IAM user',
  'iam-group': 'IAM group',
  'built-in': 'built-in user with a password',
}

const user = (spec: SpecReader): string => {
  const roles = spec.raw('roles')
  const list = Array.isArray(roles)
    ? roles.map(role => showValue(role))
    : spec.members('roles').map(([role]) => role)
  const type = spec.word('type')
  return joined(
    spec.word('name'),
    userTypes[type] ?? type,
    list.length > 0 && `${list.length === 1 ? 'role' : 'roles'} ${list.join(', ')}`,
  )
}

/** One line a kind of Cloud SQL. */
export const sqlSummaries: Summaries = {
  'sql-instance': spec => {
    const flags = spec.members('flags')
    const named =
      flags.length > 0 &&
      `${counted(flags.length, 'flag')}: ${flags.map(([f, v]) => `${f}=${showValue(v)}`).join(', ')}`
    return [instance(spec), disk(spec), backups(spec), named || ''].filter(line => line !== '')
  },
  'sql-database': spec => [joined(spec.word('name'), spec.word('charset'), spec.word('collation'))],
  'sql-user': spec => [user(spec)],
}
