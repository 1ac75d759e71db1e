import type { JsonObject } from '../json.ts'
import { regions } from '../places.ts'
import type { Call } from '../route.ts'

interface Flag {
  readonly type: 'BOOLEAN' | 'INTEGER' | 'STRING'
  readonly requiresRestart: boolean
}

/** PostgreSQL flags of Cloud SQL: a selection. */
const flags: Readonly<Record<string, Flag>> = {
  'cloudsql.enable_pgaudit': { type: 'BOOLEAN', requiresRestart: true },
  'cloudsql.iam_authentication': { type: 'BOOLEAN', requiresRestart: false },
  'cloudsql.logical_decoding': { type: 'BOOLEAN', requiresRestart: true },
  autovacuum: { type: 'BOOLEAN', requiresRestart: false },
  log_connections: { type: 'BOOLEAN', requiresRestart: false },
  log_disconnections: { type: 'BOOLEAN', requiresRestart: false },
  log_min_duration_statement: { type: 'INTEGER', requiresRestart: false },
  maintenance_work_mem: { type: 'INTEGER', requiresRestart: false },
  max_connections: { type: 'INTEGER', requiresRestart: true },
  max_parallel_workers: { type: 'INTEGER', requiresRestart: false },
  max_wal_size: { type: 'INTEGER', requiresRestart: false },
  max_worker_processes: { type: 'INTEGER', requiresRestart: true },
  shared_buffers: { type: 'INTEGER', requiresRestart: true },
  statement_timeout: { type: 'INTEGER', requiresRestart: false },
  work_mem: { type: 'INTEGER', requiresRestart: false },
}

/** Names of all flags. */
export const knownFlags: ReadonlySet<string> = new Set(Object.keys(flags))

const majors = [15, 16, 17, 18].map(major => `POSTGRES_${major}`)

/** sqladmin v1, flags.list: of one version when asked so. */
export function listFlags({ query }: Call): JsonObject {
  const version = query.get('databaseVersion')
  const applies = version === null || majors.includes(version)
  const items = Object.entries(flags).map(([name, { type, requiresRestart }]) => ({
    kind: 'sql#flag',
    name,
    type,
    appliesTo: majors,
    requiresRestart,
    flagScope: 'SQL_FLAG_SCOPE_DATABASE',
  }))
  return { kind: 'sql#flagsList', ...(applies && { items }) }
}

const tier = (name: string, ramMb: number): JsonObject => ({
  kind: 'sql#tier',
  tier: name,
  RAM: String(ramMb * 2 ** 20),
  DiskQuota: '70368744177664',
  region: regions,
})

/** sqladmin v1, tiers.list: predefined tiers only, `db-custom-…` is in no list. */
export const listTiers = (): JsonObject => ({
  kind: 'sql#tiersList',
  items: [
    tier('db-f1-micro', 614),
    tier('db-g1-small', 1740),
    ...[2, 4, 8, 16].map(cpus => tier(`db-perf-optimized-N-${cpus}`, cpus * 8192)),
  ],
})
