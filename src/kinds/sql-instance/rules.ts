import type { EffectRule, FieldRule, Rules } from '../../core/rules.ts'

const drops = 'connections drop for about a minute'

const restart = (words = drops, seconds = 180): EffectRule => ({ effect: 'restart', words, seconds })
const inPlace = (words: string, seconds = 60): EffectRule => ({ effect: 'in-place', words, seconds })

/** Nobody feels it; what the data is protected by is less. */
const weaker = (words: string): EffectRule => ({ ...inPlace(words), weakens: true })

const copyOver =
  'Make a second instance with this setting, move the data by backup and restore, then point the environment to it: see docs/recipes/move-database.md of Slipway.'

const refused = (words: string, recipe = copyOver): EffectRule => ({ effect: 'refused', words, recipe })

const immutable: readonly FieldRule[] = [
  ...['project', 'name'].map((path): FieldRule => ({ path, change: refused('it is the instance’s name') })),
  {
    path: 'region',
    change: refused(
      'Cloud SQL cannot move an instance; replacing it would delete the data',
      'Add a replica in the new region, promote it, then change this line: see docs/recipes/move-database.md of Slipway.',
    ),
  },
  ...['diskType', 'diskKey', 'collation', 'serverCaMode'].map(
    (path): FieldRule => ({ path, change: refused('Cloud SQL sets it when the instance is made') }),
  ),
]

const machine: readonly FieldRule[] = [
  {
    path: 'version',
    change: refused('only another major version of PostgreSQL can be asked for'),
    cases: {
      increase: restart(
        'a major upgrade: the database is down for about 10 minutes, and it cannot go back',
        1200,
      ),
      decrease: refused(
        'PostgreSQL cannot go back to an older major version',
        'Restore a backup from before the upgrade into a new instance.',
      ),
    },
  },
  { path: 'edition', change: restart('the machine is replaced: connections drop for some minutes', 600) },
  { path: 'tier', change: restart() },
  { path: 'dataCache', change: restart() },
  {
    path: 'availability',
    change: restart('a standby in another zone comes; connections may drop for some seconds', 600),
    toward: {
      ZONAL: {
        ...restart(
          'the standby goes: while its zone is away, the database is away; connections may drop for some seconds',
          600,
        ),
        weakens: true,
      },
    },
  },
  { path: 'zone', change: restart(`the database moves to that zone: ${drops}`) },
  {
    path: 'secondaryZone',
    change: restart('the standby moves to that zone; connections may drop for some seconds'),
  },
  { path: 'diskGb', compare: 'floor', change: inPlace('the disk grows; it cannot shrink again') },
  {
    path: 'diskAutoGrow',
    change: inPlace('the disk grows by itself'),
    cases: { disable: weaker('the disk no longer grows by itself: the database stops when it is full') },
  },
  { path: 'diskLimitGb', change: inPlace('how far the disk may grow by itself') },
  { path: 'provisionedIops', change: inPlace('the disk gets this many operations a second', 300) },
  { path: 'provisionedThroughput', change: inPlace('the disk gets this throughput', 300) },
]

const network: readonly FieldRule[] = [
  {
    path: 'publicIp',
    change: restart('clients that use the public address are cut off'),
    cases: { enable: inPlace('the instance gets a public address', 180) },
  },
  {
    path: 'privateNetwork',
    change: refused('Cloud SQL cannot move an instance to another network'),
    cases: { add: restart(`the instance gets a private address: ${drops}`, 300) },
  },
  {
    path: 'allocatedIpRange',
    change: refused('the range is taken when the private address is made'),
  },
  {
    path: 'googlePrivatePath',
    change: inPlace('other Google services may use the private address, or no longer'),
  },
  {
    path: 'sslMode',
    change: inPlace('new connections must be made this way; clients that cannot are refused'),
    toward: {
      ALLOW_UNENCRYPTED_AND_ENCRYPTED: weaker(
        'connections without encryption are taken: passwords and data can be read on the way',
      ),
    },
  },
  {
    path: 'connectorEnforcement',
    change: inPlace('only connectors and the proxy get in; direct clients are refused'),
    toward: {
      NOT_REQUIRED: weaker('clients get in without a connector, from the networks that are authorized'),
    },
  },
  { path: 'authorizedNetworks.*', change: inPlace('who may connect to the public address changes at once') },
  { path: 'psc.enabled', change: refused('Private Service Connect is chosen when the instance is made') },
  { path: 'psc.consumerProjects.*', exclusive: true, change: inPlace('which projects may connect changes') },
]

const protection: readonly FieldRule[] = [
  {
    path: 'backups.enabled',
    change: inPlace('backups are taken every day'),
    cases: { disable: weaker('no more backups are taken: what is written from then on cannot be restored') },
  },
  {
    path: 'backups.pointInTime',
    change: restart(`point-in-time recovery begins: ${drops}`),
    // "Disabling" in Google's page on point-in-time recovery: the logs are deleted, and a new window begins later.
    cases: {
      disable: weaker(
        'the database can no longer be restored to a point in time: the logs kept so far are deleted at once',
      ),
    },
  },
  {
    path: 'backups.retained',
    unset: 'release',
    change: inPlace('more backups are kept from now on'),
    cases: { decrease: weaker('fewer backups are kept: the oldest go') },
  },
  {
    path: 'backups.logDays',
    unset: 'release',
    change: inPlace('it can be restored to more days back, day by day from now on'),
    cases: { decrease: weaker('it can be restored to fewer days back, at once') },
  },
  { path: 'backups.*', unset: 'release', change: inPlace('counts for backups from now on') },
  { path: 'maintenanceWindow.*', unset: 'release', change: inPlace('when Google maintains the instance') },
  { path: 'maintenanceWindow', change: inPlace('when Google maintains the instance') },
  { path: 'denyMaintenance.**', change: inPlace('when Google does not maintain the instance') },
  {
    path: 'deletionProtection',
    change: inPlace('the instance cannot be deleted'),
    cases: { disable: weaker('the instance can be deleted from now on') },
  },
  {
    path: 'retainBackupsOnDelete',
    change: inPlace('backups outlive the instance'),
    cases: { disable: weaker('all backups go with the instance when it is deleted') },
  },
  {
    path: 'finalBackupDays',
    change: inPlace('how long a final backup is kept after a delete'),
    cases: {
      decrease: weaker('a final backup is kept for less time after a delete; for 0 days none is made'),
    },
  },
  {
    path: 'activation',
    change: restart('the instance starts', 300),
    toward: { NEVER: restart('the instance stops: nothing can connect until it is started again', 300) },
  },
]

/** Flags that PostgreSQL takes up by itself (postgresql.org, "Server Configuration": contexts sighup, superuser, user). */
const liveFlags = [
  'log_*',
  'auto_explain*',
  'work_mem',
  'maintenance_work_mem',
  'temp_file_limit',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'idle_session_timeout',
  'default_statistics_target',
  'effective_cache_size',
  'random_page_cost',
  'checkpoint_timeout',
  'max_wal_size',
  'min_wal_size',
  'autovacuum_naptime',
  'autovacuum_vacuum_*',
  'autovacuum_analyze_*',
].map(
  (name): FieldRule => ({
    path: `flags.${name}`,
    change: inPlace('the flag takes effect without a restart'),
    unset: 'remove',
  }),
)

const engine: readonly FieldRule[] = [
  ...liveFlags,
  { path: 'flags.*', change: restart(`a flag may need a restart: ${drops}`) },
  { path: 'insights.queryStringLength', change: restart() },
  { path: 'insights.*', unset: 'release', change: inPlace('query insights follow') },
  {
    path: 'passwordPolicy.**',
    change: inPlace('counts for passwords that are set from now on'),
    unset: 'release',
  },
  { path: 'dataApi', change: inPlace('SQL can be run through Google’s API by those who may, or no longer') },
  { path: 'connectionPooling', change: restart('connections drop while the pooler comes or goes') },
  { path: 'googleMl', change: restart() },
  { path: 'labels.*', change: inPlace('labels of the instance change', 20) },
  { path: 'mark', change: inPlace('a label says which environment it belongs to', 20) },
]

/** What a change of each setting does (facts on instances; sqladmin v1 and Terraform's documentation). */
export const sqlInstanceRules: Rules = [...immutable, ...machine, ...network, ...protection, ...engine]
