import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type JsonObject, valueAt, withValueAt } from '../../src/core/json.ts'
import { effectOf, ruleFor } from '../../src/core/rules.ts'
import { listOf, objectOf } from '../../src/kinds/shared/codecs.ts'
import { instanceBody, instanceSpecOf } from '../../src/kinds/sql-instance/api.ts'
import { patchBody, phasesOf } from '../../src/kinds/sql-instance/calls.ts'
import { sqlInstance } from '../../src/kinds/sql-instance/index.ts'
import { sqlInstanceRules } from '../../src/kinds/sql-instance/rules.ts'
import { type SqlInstanceSettings, sqlInstanceSchema } from '../../src/kinds/sql-instance/schema.ts'
import { checkTier } from '../../src/kinds/sql-instance/tiers.ts'
import { against, differs, keysOf, leavesOf, unruled } from './cluster-support/checks.ts'
import { fullInstance } from './cluster-support/settings.ts'
import { item, startWorld, type World, workOf } from './cluster-support/world.ts'

const wanted = (settings: SqlInstanceSettings) =>
  sqlInstance.resource(item(sqlInstanceSchema.parse(settings)))

const { spec } = wanted(fullInstance)
const liveOf = (from: JsonObject) => {
  const body = instanceBody(from, 'staging-skypilot')
  return {
    ...body,
    name: 'staging-skypilot',
    settings: { ...(body.settings as JsonObject), settingsVersion: '41' },
  }
}
const leaves = leavesOf(spec)

describe('the table of an instance', () => {
  test('the sample holds every setting of the schema', () => {
    expect(keysOf(sqlInstanceSchema).filter(key => !(key in fullInstance))).toEqual([])
  })

  test('every path that the schema can produce has a rule', () => {
    expect(unruled(spec, sqlInstanceRules)).toEqual([])
  })

  test('the body of an insert fits Google’s description', () => {
    expect(against('sql', 'sql.instances.insert', instanceBody(spec, 'staging-skypilot'))).toEqual([])
  })

  test('what is sent is read back, the whole of it and any part', () => {
    expect(differs(spec, instanceSpecOf(liveOf(spec), 'acme-ml'), sqlInstanceRules)).toEqual([])
    const whole = ['maintenanceWindow', 'denyMaintenance']
    fc.assert(
      fc.property(fc.subarray(leaves.filter(([first]) => !whole.includes(first ?? ''))), paths => {
        const part = paths.reduce<JsonObject>(
          (result, path) => withValueAt(result, path, valueAt(spec, path) ?? null),
          { project: 'acme-ml', name: 'staging-skypilot' },
        )
        expect(differs(part, instanceSpecOf(liveOf(part), 'acme-ml'), sqlInstanceRules)).toEqual([])
      }),
    )
  })

  test.each(
    leaves
      .filter(path => !['project', 'name'].includes(path[0] ?? ''))
      .filter(path => {
        const rule = ruleFor(sqlInstanceRules, path)
        return rule?.change.effect !== 'refused' || rule.cases !== undefined
      })
      .map(path => [path.join('.'), path] as const),
  )('a change of %s is one request that fits Google’s description', (_, path) => {
    const phases = phasesOf([{ path, to: valueAt(spec, path) ?? null }])
    expect(phases).toHaveLength(1)
    for (const phase of phases) {
      const body = patchBody(liveOf(spec), phase)
      expect(against('sql', 'sql.instances.patch', body)).toEqual([])
      expect(body.settings).toHaveProperty('settingsVersion', '41')
      expect(leavesOf(body).length).toBeGreaterThan(1)
    }
  })
})

describe('what protects the data', () => {
  test.each([
    ['backups.enabled', true, false],
    ['backups.pointInTime', true, false],
    ['backups.retained', 7, 1],
    ['backups.logDays', 7, 1],
    ['deletionProtection', true, false],
    ['retainBackupsOnDelete', true, false],
    ['finalBackupDays', 30, 0],
    ['diskAutoGrow', true, false],
    ['availability', 'REGIONAL', 'ZONAL'],
    ['sslMode', 'ENCRYPTED_ONLY', 'ALLOW_UNENCRYPTED_AND_ENCRYPTED'],
    ['connectorEnforcement', 'REQUIRED', 'NOT_REQUIRED'],
  ] as const)('is said to be less, and of the way back is not: %s', (path, more, less) => {
    const rule = ruleFor(sqlInstanceRules, path.split('.'))
    if (rule === undefined) throw new Error(`no rule for ${path}`)
    expect(effectOf(rule, more, less).weakens).toBe(true)
    expect(effectOf(rule, less, more).weakens).toBeUndefined()
  })
})

describe('a patch', () => {
  test('goes in phases that Cloud SQL takes', () => {
    const paths = ['activation', 'diskGb', 'edition', 'tier', 'version']
    const to: Record<string, string> = { activation: 'ALWAYS' }
    const phases = phasesOf(paths.map(path => ({ path: [path], to: to[path] ?? 'x' })))
    expect(phases.map(phase => phase.map(({ path }) => path[0]))).toEqual([
      ['activation'],
      ['version'],
      ['edition', 'tier'],
      ['diskGb'],
    ])
  })

  test('stops last', () => {
    const phases = phasesOf([
      { path: ['activation'], to: 'NEVER' },
      { path: ['tier'], to: 'x' },
    ])
    expect(phases.map(phase => phase.map(({ path }) => path[0]))).toEqual([['tier'], ['activation']])
  })

  test('sends a list whole, foreign members untouched, and nothing else', () => {
    const live = liveOf({ flags: { theirs: '1', work_mem: '4096' }, tier: 'db-custom-2-7680' })
    expect(patchBody(live, [{ path: ['flags', 'work_mem'], to: '8192' }])).toEqual({
      settings: {
        databaseFlags: [
          { name: 'theirs', value: '1' },
          { name: 'work_mem', value: '8192' },
        ],
        settingsVersion: '41',
      },
    })
  })

  test('sends the networks of others back with all that is known of them', () => {
    const live = liveOf({ authorizedNetworks: { '192.0.2.0/24': 'office' } })
    const theirs = { value: '198.51.100.7/32', name: 'jo', expirationTime: '2030-01-01T00:00:00Z' }
    const ipConfiguration = objectOf(objectOf(live.settings).ipConfiguration)
    const authorizedNetworks = [...listOf(ipConfiguration.authorizedNetworks), theirs]
    const settings = {
      ...objectOf(live.settings),
      ipConfiguration: { ...ipConfiguration, authorizedNetworks },
    }
    const body = patchBody({ ...live, settings }, [{ path: ['authorizedNetworks', '192.0.2.0/24'] }])
    expect(body).toEqual({
      settings: { ipConfiguration: { authorizedNetworks: [theirs] }, settingsVersion: '41' },
    })
  })

  test('takes a label away with null', () => {
    const live = liveOf({ labels: { team: 'ml', theirs: 'x' } })
    expect(patchBody(live, [{ path: ['labels', 'team'] }])).toEqual({
      settings: { userLabels: { team: null }, settingsVersion: '41' },
    })
  })

  test('clears a list with an empty one', () => {
    const live = liveOf({ flags: { work_mem: '4096' } })
    expect(patchBody(live, [{ path: ['flags', 'work_mem'] }])).toMatchObject({
      settings: { databaseFlags: [] },
    })
  })
})

test.each([
  ['ENTERPRISE', 'db-custom-2-7680', undefined],
  ['ENTERPRISE', 'db-custom-1-3840', undefined],
  ['ENTERPRISE', 'db-custom-96-638976', undefined],
  ['ENTERPRISE', 'db-f1-micro', undefined],
  ['ENTERPRISE_PLUS', 'db-perf-optimized-N-4', undefined],
  ['ENTERPRISE', 'db-custom-3-7680', 'Nearest: db-custom-2-7680, db-custom-4-7680.'],
  ['ENTERPRISE', 'db-custom-2-7700', 'Nearest: db-custom-2-7680.'],
  ['ENTERPRISE', 'db-custom-1-1024', 'Nearest: db-custom-1-3840.'],
  ['ENTERPRISE', 'db-custom-2-20480', 'Nearest: db-custom-2-13312.'],
  ['ENTERPRISE', 'db-custom-8-3840', 'Nearest: db-custom-8-7424.'],
  ['ENTERPRISE', 'db-custom-200-999936', 'Nearest: db-custom-96-638976.'],
  ['ENTERPRISE', 'db-perf-optimized-N-4', 'edition: ENTERPRISE_PLUS'],
  ['ENTERPRISE', 'n1-standard-1', 'db-custom-CPUS-MEMORY'],
  ['ENTERPRISE_PLUS', 'db-custom-6-15360', 'Nearest: db-perf-optimized-N-8, or say edition: ENTERPRISE.'],
  ['ENTERPRISE_PLUS', 'db-perf-optimized-N-3', 'Nearest: db-perf-optimized-N-4.'],
])('edition %s, tier %s', (edition, tier, problem) => {
  const found = checkTier(edition, tier)
  if (problem === undefined) expect(found).toBeUndefined()
  else expect(found).toContain(problem)
})

test('every tier that is named as nearest is one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2_000_000 }), (cpus, mb) => {
      const problem = checkTier('ENTERPRISE', `db-custom-${cpus}-${mb}`) ?? ''
      const named = problem.slice(problem.indexOf('Nearest')).match(/db-custom-\d+-\d+/g) ?? []
      for (const tier of named) expect(checkTier('ENTERPRISE', tier)).toBeUndefined()
    }),
  )
})

const base: SqlInstanceSettings = {
  name: 'staging-skypilot',
  region: 'us-central1',
  version: 'POSTGRES_16',
  tier: 'db-custom-2-7680',
  availability: 'ZONAL',
  diskType: 'PD_SSD',
  diskGb: 10,
  diskAutoGrow: true,
  publicIp: true,
  sslMode: 'ENCRYPTED_ONLY',
  connectorEnforcement: 'REQUIRED',
  authorizedNetworks: {},
  flags: { 'cloudsql.iam_authentication': 'on' },
  backups: { enabled: true, startTime: '03:00', retained: 7, pointInTime: true, logDays: 7 },
  deletionProtection: true,
  retainBackupsOnDelete: true,
  finalBackupDays: 30,
  labels: { team: 'ml' },
}

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

describe('an instance', () => {
  test('is made with its edition, and nothing is left to do', async () => {
    const { plan, left, outputs } = await world.converge(sqlInstance, wanted(base))
    expect(plan.steps[0]?.action).toBe('create')
    expect(valueAt(plan.steps[0]?.spec, ['edition'])).toBe('ENTERPRISE')
    expect([left.steps, left.problems]).toEqual([[], []])
    expect(outputs).toMatchObject({ connectionName: 'acme-ml:us-central1:staging-skypilot' })
  })

  test.each([
    'default',
    'projects/acme-ml/global/networks/default',
    '/projects/acme-ml/global/networks/default',
    'https://www.googleapis.com/compute/v1/projects/acme-ml/global/networks/default',
  ])('is in the network %s, and nothing is left to do', async privateNetwork => {
    const { left } = await world.converge(sqlInstance, wanted({ ...base, privateNetwork }))
    expect([left.steps, left.problems]).toEqual([[], []])
  })

  test.each([
    ['tier', { tier: 'db-custom-4-15360' }, 'restart'],
    ['version', { version: 'POSTGRES_17' }, 'restart'],
    ['edition', { edition: 'ENTERPRISE_PLUS', tier: 'db-perf-optimized-N-2' }, 'restart'],
    ['availability', { availability: 'REGIONAL' }, 'restart'],
    ['diskGb', { diskGb: 50 }, 'in-place'],
    ['flags', { flags: { 'cloudsql.iam_authentication': 'on', max_connections: 200 } }, 'restart'],
    ['flags in place', { flags: { 'cloudsql.iam_authentication': 'on', log_connections: true } }, 'in-place'],
    ['authorizedNetworks', { authorizedNetworks: { '203.0.113.7/32': 'office' } }, 'in-place'],
    ['sslMode', { sslMode: 'ALLOW_UNENCRYPTED_AND_ENCRYPTED' }, 'in-place'],
    ['maintenanceWindow', { maintenanceWindow: { day: 7, hour: 3 } }, 'in-place'],
    ['insights', { insights: { enabled: true } }, 'in-place'],
    ['labels', { labels: { team: 'data' } }, 'in-place'],
    ['deletionProtection', { deletionProtection: false }, 'in-place'],
    ['activation', { activation: 'NEVER' }, 'restart'],
  ] as const)('changes its %s', async (_, more, effect) => {
    await world.converge(sqlInstance, wanted(base))
    const next = wanted({ ...base, ...more } as SqlInstanceSettings)
    const { plan, left } = await world.converge(sqlInstance, next, wanted(base))
    expect(new Set(plan.steps.flatMap(step => step.changes.map(change => change.effect)))).toEqual(
      new Set([effect]),
    )
    expect([left.steps, left.problems]).toEqual([[], []])
  })

  test.each([
    ['denyMaintenance', { denyMaintenance: { start: '2026-12-20', end: '2027-01-04', time: '00:00:00' } }, 1],
    ['flags', { flags: { work_mem: '4096', max_connections: '200' } }, 2],
    ['passwordPolicy', { passwordPolicy: { enablePasswordPolicy: true, minLength: 12 } }, 0],
  ] as const)('whose %s leave the file is as it should be after that', async (path, more, count) => {
    const { flags: _, ...rest } = base
    const [before, after] = [wanted({ ...rest, ...more } as SqlInstanceSettings), wanted(rest)]
    await world.converge(sqlInstance, before)
    const { plan } = await world.converge(sqlInstance, after, before)
    const changes = plan.steps.flatMap(step => step.changes)
    expect(changes.filter(change => change.path[0] === path)).toHaveLength(count)
    expect(plan.notes.map(({ message }) => message.includes('no longer managed'))).toEqual(
      count === 0 ? [true] : [],
    )
    expect((await world.plan(sqlInstance, after, before)).steps).toEqual([])
  })

  test('switches point-in-time recovery on with a restart, and off without', async () => {
    const off = wanted({ ...base, backups: { enabled: true, pointInTime: false } })
    const on = wanted({ ...base, backups: { enabled: true, pointInTime: true } })
    await world.converge(sqlInstance, off)
    expect((await world.converge(sqlInstance, on, off)).plan.steps[0]?.changes[0]?.effect).toBe('restart')
    expect((await world.converge(sqlInstance, off, on)).plan.steps[0]?.changes[0]?.effect).toBe('in-place')
  })

  test.each([
    ['region', { region: 'us-east1' }, 'replica'],
    ['version', { version: 'POSTGRES_15' }, 'Restore'],
    ['diskType', { diskType: 'PD_HDD' }, 'second instance'],
  ] as const)('refuses another %s with the way there', async (path, more, advice) => {
    await world.converge(sqlInstance, wanted(base))
    const plan = await world.plan(sqlInstance, wanted({ ...base, ...more }), wanted(base))
    expect(plan.problems[0]?.message).toContain(path)
    expect(plan.problems[0]?.advice).toContain(advice)
  })

  test('whose disk has grown by itself is as it should be', async () => {
    await world.converge(sqlInstance, wanted({ ...base, diskGb: 50 }))
    expect((await world.plan(sqlInstance, wanted(base))).steps).toEqual([])
  })

  test('survives a foreign write between read and write', async () => {
    await world.converge(sqlInstance, wanted(base))
    const next = wanted({ ...base, diskGb: 20 })
    const plan = await world.plan(sqlInstance, next, wanted(base))
    const [step] = plan.steps
    if (step === undefined) throw new Error('no step')
    let foreign = false
    const { gcp } = world.applying
    const meddled: typeof gcp = {
      ...gcp,
      write: async write => {
        if (!foreign) {
          foreign = true
          await gcp.write({ ...write, body: { settings: { userLabels: { theirs: 'x' } } } })
          await world.emulator.finish()
        }
        return gcp.write(write)
      },
    }
    await sqlInstance.update([workOf(step)], { ...world.applying, gcp: meddled })
    expect((await world.plan(sqlInstance, next, next)).steps).toEqual([])
  })

  test('that exists unmarked is adopted, its foreign settings kept', async () => {
    await world.emulator.seed().sqlInstance('staging-skypilot', {
      region: 'us-central1',
      databaseVersion: 'POSTGRES_16',
      settings: {
        tier: 'db-custom-2-7680',
        edition: 'ENTERPRISE',
        userLabels: { theirs: 'x' },
        databaseFlags: [{ name: 'work_mem', value: '4096' }],
      },
    })
    const { plan, left } = await world.converge(sqlInstance, wanted(base))
    expect(plan.steps[0]?.action).toBe('adopt')
    expect([left.steps, left.problems]).toEqual([[], []])
    const live = await world.gcp.get<JsonObject>(
      'sqladmin',
      '/v1/projects/acme-ml/instances/staging-skypilot',
    )
    expect(valueAt(live, ['settings', 'userLabels', 'theirs'])).toBe('x')
    expect(JSON.stringify(valueAt(live, ['settings', 'databaseFlags']))).toContain('work_mem')
  })

  test('is deleted only without its protection', async () => {
    const resource = wanted(base)
    await world.converge(sqlInstance, resource)
    const work = workOf({ ...resource, action: 'remove', changes: [], after: [], takes: [0, 0] })
    await expect(sqlInstance.remove?.([work], world.applying)).rejects.toThrow('protected')
    await world.converge(sqlInstance, wanted({ ...base, deletionProtection: false }), resource)
    await sqlInstance.remove?.([work], world.applying)
    expect(await world.observe(sqlInstance, resource)).toEqual({ state: 'absent' })
  })

  test('whose name Cloud SQL still keeps from one that was deleted says so', async () => {
    const keeping = await startWorld({ reserveSqlNames: true })
    try {
      const open = wanted({ ...base, deletionProtection: false })
      await keeping.converge(sqlInstance, open)
      await sqlInstance.remove?.(
        [workOf({ ...open, action: 'remove', changes: [], after: [], takes: [0, 0] })],
        keeping.applying,
      )
      const problem = await keeping.converge(sqlInstance, open).catch((error: unknown) => error)
      expect(problem).toMatchObject({
        message: expect.stringContaining('until one week from the deletion date'),
        advice: expect.stringContaining('another name'),
      })
      expect(String(problem)).not.toContain('not there any more')
    } finally {
      await keeping.close()
    }
  })

  test('is changed although a backup that ran just before failed', async () => {
    const slow = await startWorld({ speed: 1, clock: 'manual' })
    try {
      await slow.converge(sqlInstance, wanted(base))
      const failure = { code: 'INTERNAL', message: 'the backup failed' }
      slow.emulator.faults.add({ match: { path: /backupRuns$/ }, kind: 'operation-error', failure })
      const path = '/v1/projects/acme-ml/instances/staging-skypilot/backupRuns'
      await slow.gcp.write({ method: 'POST', api: 'sqladmin', path, body: {} })
      const { left } = await slow.converge(sqlInstance, wanted({ ...base, diskGb: 20 }), wanted(base))
      expect([left.steps, left.problems]).toEqual([[], []])
    } finally {
      await slow.close()
    }
  })

  test('whose creation fails after the run that began it says why', async () => {
    const slow = await startWorld({ speed: 1, clock: 'manual' })
    try {
      const failure = { code: 'INTERNAL', message: 'no address is left' }
      slow.emulator.faults.add({
        match: { path: /instances$/, method: 'POST' },
        kind: 'operation-error',
        failure,
      })
      const work = workOf({ ...wanted(base), action: 'create', changes: [], after: [], takes: [0, 0] })
      const gcp = { ...slow.gcp, wait: () => Promise.reject(new Error('killed')) }
      await expect(sqlInstance.create([work], { ...slow.applying, gcp })).rejects.toThrow('killed')
      await expect(sqlInstance.create([work], slow.applying)).rejects.toThrow('no address is left')
    } finally {
      await slow.close()
    }
  })

  test.each([
    ['kept for as long as the file says', 7, { finalBackupDays: 7 }],
    ['kept for as long as somebody has set by hand, where the file says nothing', 30, {}],
    ['not made where the file says so', null, { finalBackupDays: 0 }],
  ] as const)('is deleted, its last backup %s', async (_, days, more) => {
    const { finalBackupDays: __, ...rest } = { ...base, deletionProtection: false }
    const resource = wanted({ ...rest, ...more })
    await world.emulator.seed().sqlInstance('staging-skypilot', {
      region: 'us-central1',
      databaseVersion: 'POSTGRES_16',
      settings: {
        tier: 'db-custom-2-7680',
        edition: 'ENTERPRISE',
        userLabels: { 'slipway-environment': 'staging' },
        finalBackupConfig: { enabled: true, retentionDays: 30 },
      },
    })
    const work = workOf({ ...resource, action: 'remove', changes: [], after: [], takes: [0, 0] })
    await sqlInstance.remove?.([work], world.applying)
    const [sent] = world.emulator.requests.writes.filter(({ httpMethod }) => httpMethod === 'DELETE')
    expect(new URL(sent?.url ?? '', 'http://x').searchParams.get('finalBackupTtlDays')).toBe(
      days === null ? null : String(days),
    )
  })

  test('is deleted, although Cloud SQL forgets the operation with it', async () => {
    const forgetful = await startWorld({ forgetSqlDeletes: true })
    try {
      const resource = wanted({ ...base, deletionProtection: false })
      await forgetful.converge(sqlInstance, resource)
      const work = workOf({ ...resource, action: 'remove', changes: [], after: [], takes: [0, 0] })
      await sqlInstance.remove?.([work], forgetful.applying)
      expect(await forgetful.observe(sqlInstance, resource)).toEqual({ state: 'absent' })
    } finally {
      await forgetful.close()
    }
  })

  test('that a killed run began is picked up', async () => {
    const resource = wanted(base)
    const work = workOf({ ...resource, action: 'create', changes: [], after: [], takes: [0, 0] })
    const gcp = { ...world.gcp, wait: () => Promise.reject(new Error('killed')) }
    await expect(sqlInstance.create([work], { ...world.applying, gcp })).rejects.toThrow('killed')
    await sqlInstance.create([work], world.applying)
    expect((await world.plan(sqlInstance, resource, resource)).steps).toEqual([])
  })
})

test.each([
  ['PENDING_CREATE', { state: 'present', settling: 'being created' }],
  ['MAINTENANCE', { state: 'present', settling: 'in maintenance' }],
  ['FAILED', { state: 'unknown' }],
  ['SUSPENDED', { state: 'unknown' }],
  ['PENDING_DELETE', { state: 'unknown' }],
])('an instance in state %s', async (state, expected) => {
  const answer = { items: [{ name: 'staging-skypilot', state, suspensionReason: ['BILLING_ISSUE'] }] }
  const gcp = { get: async () => answer as never, list: async () => [], read: async () => ({}) as never }
  const resource = wanted(base)
  const found = await sqlInstance.observe([resource], { gcp, kubernetes: {} as never, helm: {} as never })
  expect(found.get(resource.address)).toMatchObject(expected)
})

test.each([
  ['REGION_UNREACHABLE', 'unknown'],
  ['SQL_API_WARNING_CODE_UNSPECIFIED', 'unknown'],
  ['COMPROMISED_CREDENTIALS', 'absent'],
  ['INTERNAL_STATE_FAILURE', 'absent'],
  ['MAX_RESULTS_EXCEEDS_LIMIT', 'absent'],
])('beside the warning %s, an instance that is not listed is %s', async (code, state) => {
  const answer = { warnings: [{ code, message: 'said so' }] }
  const gcp = { get: async () => answer as never, list: async () => [], read: async () => ({}) as never }
  const resource = wanted(base)
  const found = await sqlInstance.observe([resource], { gcp, kubernetes: {} as never, helm: {} as never })
  expect(found.get(resource.address)?.state).toBe(state)
})

test('a region without an answer makes an instance unknown', async () => {
  const answer = { warnings: [{ code: 'REGION_UNREACHABLE', region: 'us-central1' }] }
  const gcp = { get: async () => answer as never, list: async () => [], read: async () => ({}) as never }
  const resource = wanted(base)
  const found = await sqlInstance.observe([resource], { gcp, kubernetes: {} as never, helm: {} as never })
  expect(found.get(resource.address)?.state).toBe('unknown')
})
