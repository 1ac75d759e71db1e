import fc from 'fast-check'
import { flag, labels, mapOf, settings, zone } from './draw.ts'

const flags = mapOf(
  ['max_connections', 'work_mem', 'log_min_duration_statement', 'statement_timeout'],
  fc.integer({ min: 100, max: 900 }).map(String),
)

const backups = fc.oneof(
  fc.constant({ enabled: false }),
  settings(
    {
      enabled: fc.constant(true),
      startTime: fc.constantFrom('04:00', '23:00'),
      retained: fc.integer({ min: 2, max: 30 }),
      pointInTime: flag,
      logDays: fc.integer({ min: 1, max: 7 }),
      location: fc.constantFrom('us', 'us-central1'),
    },
    ['enabled'],
  ),
)

const users = mapOf(
  ['app', 'report'],
  fc.constant({
    type: 'built-in',
    password: { from: 'secret', secret: 'lab-db', version: { $ref: 'secret/db#version' } },
  }),
)

/** An instance with databases and users. */
export const databaseSettings = settings(
  {
    name: fc.constant('lab-main'),
    version: fc.constantFrom('POSTGRES_15', 'POSTGRES_16'),
    edition: fc.constant('ENTERPRISE'),
    tier: fc.constantFrom('db-custom-2-7680', 'db-custom-4-15360', 'db-f1-micro'),
    zone: fc.constant(zone),
    availability: fc.constantFrom('ZONAL'),
    diskType: fc.constantFrom('PD_SSD', 'PD_HDD'),
    diskGb: fc.integer({ min: 10, max: 100 }),
    diskAutoGrow: flag,
    diskLimitGb: fc.constantFrom(0, 500),
    publicIp: fc.constant(true),
    sslMode: fc.constantFrom('ENCRYPTED_ONLY', 'ALLOW_UNENCRYPTED_AND_ENCRYPTED'),
    connectorEnforcement: fc.constantFrom('REQUIRED', 'NOT_REQUIRED'),
    authorizedNetworks: mapOf(['203.0.113.0/24', '198.51.100.7/32'], fc.constantFrom('office', 'vpn')),
    flags,
    backups,
    maintenanceWindow: settings(
      {
        day: fc.integer({ min: 1, max: 7 }),
        hour: fc.integer({ min: 0, max: 23 }),
        track: fc.constantFrom('canary', 'stable', 'week5'),
      },
      ['day', 'hour'],
    ),
    deletionProtection: flag,
    retainBackupsOnDelete: flag,
    finalBackupDays: fc.constantFrom(0, 7),
    insights: settings(
      {
        enabled: fc.constant(true),
        queryStringLength: fc.constantFrom(256, 4500),
        recordApplicationTags: flag,
        recordClientAddress: flag,
        plansPerMinute: fc.integer({ min: 0, max: 20 }),
      },
      ['enabled'],
    ),
    labels,
    databases: mapOf(['sky', 'extra'], fc.constantFrom({}, { charset: 'UTF8' })),
    users,
  },
  ['name', 'version', 'tier'],
)
