import { describe, expect, test } from '@jest/globals'
import { base, created, instance } from './one-instance.ts'
import { checkEveryAnswer, emulate, messageOf, reasonOf } from './support.ts'

checkEveryAnswer()

describe('instances', () => {
  test('PENDING_CREATE, then RUNNABLE with an address, with what Google fills in', async () => {
    const { emulator, send } = await emulate({ clock: 'manual', speed: 200 })
    const { body: operation } = await send(`POST ${base}/instances`, instance)
    expect(operation).toMatchObject({ operationType: 'CREATE', status: 'PENDING', targetId: 'prod' })
    const before = await send(`GET ${base}/instances/prod`)
    expect([before.body.state, before.body.ipAddresses]).toEqual(['PENDING_CREATE', undefined])
    emulator.clock.advance((8 * 60_000) / 200)
    expect((await send(`GET ${base}/operations/${operation.name}`)).body.status).toBe('DONE')
    expect((await send(`GET sql/sql/v1beta4/projects/acme-ml/instances`)).body.items).toMatchObject([
      {
        state: 'RUNNABLE',
        connectionName: 'acme-ml:us-central1:prod',
        ipAddresses: [{ type: 'PRIMARY' }],
        settings: {
          dataDiskSizeGb: '10',
          availabilityType: 'ZONAL',
          storageAutoResize: true,
          backupConfiguration: { enabled: false, transactionLogRetentionDays: 7 },
          deletionProtectionEnabled: false,
        },
      },
    ])
  })

  test.each([
    [
      'the default edition of 16 with a custom tier',
      { settings: { tier: 'db-custom-2-7680' } },
      400,
      'Invalid Tier (db-custom-2-7680) for (ENTERPRISE_PLUS) Edition',
    ],
    ['a missing tier', { settings: {} }, 400, 'tier'],
    ['an impossible shape', { settings: { tier: 'db-custom-3-7680', edition: 'ENTERPRISE' } }, 400, 'shape'],
    [
      'an unknown flag',
      { settings: { ...instance.settings, databaseFlags: [{ name: 'no', value: '1' }] } },
      400,
      'Flag requested cannot be set',
    ],
    ['an unknown region', { region: 'mars-west1' }, 400, 'region'],
    [
      'an unknown network',
      {
        settings: {
          ...instance.settings,
          ipConfiguration: { privateNetwork: 'projects/acme-ml/global/networks/no' },
        },
      },
      400,
      'network',
    ],
    ['an unknown member', { setings: {} }, 400, 'Unknown name "setings": Cannot find field.'],
  ])('insert refuses %s', async (_, change, code, text) => {
    const { send } = await emulate()
    const refused = await send(`POST ${base}/instances`, { ...instance, ...change })
    expect([refused.status, messageOf(refused)]).toEqual([code, expect.stringContaining(text)])
  })

  test('insert says what it cannot make', async () => {
    const { send } = await emulate()
    const refused = await send(`POST ${base}/instances`, { ...instance, masterInstanceName: 'other' })
    expect([refused.status, messageOf(refused)]).toEqual([501, expect.stringContaining('masterInstanceName')])
  })

  test('absent, taken, busy', async () => {
    const { send } = await emulate({ clock: 'manual', speed: 1 })
    const absent = await send(`GET ${base}/instances/prod`)
    expect([absent.status, reasonOf(absent)]).toEqual([404, 'instanceDoesNotExist'])
    await send(`POST ${base}/instances`, instance)
    const taken = await send(`POST ${base}/instances`, instance)
    expect([taken.status, reasonOf(taken)]).toEqual([409, 'instanceAlreadyExists'])
    const busy = await send(`PATCH ${base}/instances/prod`, { settings: { tier: 'db-custom-4-15360' } })
    expect([busy.status, reasonOf(busy)]).toEqual([409, 'operationInProgress'])
  })

  test('patch merges, removes with null, and moves settingsVersion', async () => {
    const { send } = await created()
    const settings = { userLabels: { env: null, team: 'ml' }, dataDiskSizeGb: '20', settingsVersion: '1' }
    expect((await send(`PATCH ${base}/instances/prod`, { settings })).status).toBe(200)
    const { body } = await send(`GET ${base}/instances/prod`)
    expect(body.settings).toMatchObject({
      userLabels: { team: 'ml' },
      dataDiskSizeGb: '20',
      tier: 'db-custom-2-7680',
    })
    expect(Number((body.settings as { settingsVersion: string }).settingsVersion)).toBeGreaterThan(2)
    const stale = await send(`PATCH ${base}/instances/prod`, { settings })
    expect([stale.status, reasonOf(stale)]).toEqual([412, 'staleData'])
  })

  test('update replaces and needs the settingsVersion', async () => {
    const { send } = await created({ availabilityType: 'REGIONAL' })
    expect((await send(`PUT ${base}/instances/prod`, instance)).status).toBe(400)
    const settings = { ...instance.settings, settingsVersion: '1' }
    expect((await send(`PUT ${base}/instances/prod`, { ...instance, settings })).status).toBe(200)
    expect((await send(`GET ${base}/instances/prod`)).body.settings).toMatchObject({
      availabilityType: 'ZONAL',
    })
  })

  test('the database version travels alone', async () => {
    const { send } = await created()
    expect((await send(`PATCH ${base}/instances/prod`, { databaseVersion: 'POSTGRES_17' })).status).toBe(200)
    expect((await send(`GET ${base}/instances/prod`)).body).toMatchObject({
      databaseVersion: 'POSTGRES_17',
      databaseInstalledVersion: 'POSTGRES_17_4',
    })
  })

  test.each([
    ['a smaller disk', { settings: { dataDiskSizeGb: '9' } }, 'decreased'],
    ['a downgrade', { databaseVersion: 'POSTGRES_15' }, 'downgrade'],
    [
      'a version beside a tier',
      { databaseVersion: 'POSTGRES_17', settings: { tier: 'db-custom-4-15360' } },
      'together',
    ],
    [
      'an edition beside a flag',
      { settings: { edition: 'ENTERPRISE_PLUS', tier: 'db-perf-optimized-N-2', databaseFlags: [] } },
      'together',
    ],
    ['an edition without its tier', { settings: { edition: 'ENTERPRISE_PLUS' } }, 'Invalid Tier'],
    ['another region', { region: 'us-east1' }, 'region'],
  ])('patch refuses %s', async (_, body, text) => {
    const { send } = await created()
    const refused = await send(`PATCH ${base}/instances/prod`, body)
    expect([refused.status, messageOf(refused)]).toEqual([400, expect.stringContaining(text)])
  })

  test('a stopped instance takes nothing but its start', async () => {
    const { send } = await created({ activationPolicy: 'NEVER' })
    expect((await send(`GET ${base}/instances/prod/users`)).status).toBe(400)
    const settings = { tier: 'db-custom-4-15360' }
    expect((await send(`PATCH ${base}/instances/prod`, { settings })).status).toBe(400)
    await send(`PATCH ${base}/instances/prod`, { settings: { activationPolicy: 'ALWAYS' } })
    expect((await send(`PATCH ${base}/instances/prod`, { settings })).status).toBe(200)
  })

  test('delete is refused while protected', async () => {
    const { send } = await created({ deletionProtectionEnabled: true })
    const refused = await send(`DELETE ${base}/instances/prod`)
    expect([refused.status, messageOf(refused)]).toEqual([400, expect.stringContaining('protected')])
    await send(`PATCH ${base}/instances/prod`, { settings: { deletionProtectionEnabled: false } })
    expect((await send(`DELETE ${base}/instances/prod?enableFinalBackup=true`)).body.operationType).toBe(
      'DELETE',
    )
    expect((await send(`GET ${base}/instances/prod`)).status).toBe(404)
    expect((await send(`GET ${base}/operations?instance=prod`)).body.items).toHaveLength(3)
  })
})

test('databases', async () => {
  const { send } = await created()
  const databases = `${base}/instances/prod/databases`
  await send(`POST ${databases}`, { name: 'skypilot' })
  expect((await send(`GET ${databases}/skypilot`)).body).toMatchObject({
    charset: 'UTF8',
    collation: 'en_US.UTF8',
  })
  expect((await send(`POST ${databases}`, { name: 'skypilot' })).status).toBe(400)
  expect((await send(`PATCH ${databases}/skypilot`, { collation: 'C' })).status).toBe(400)
  expect((await send(`GET ${databases}`)).body.items).toHaveLength(2)
  await send(`DELETE ${databases}/skypilot`)
  expect((await send(`GET ${databases}/skypilot`)).status).toBe(404)
  expect((await send(`DELETE ${databases}/postgres`)).status).toBe(400)
})

test('backups, tiers, flags', async () => {
  const { send } = await created()
  await send(`POST ${base}/instances/prod/backupRuns`, { description: 'before upgrade' })
  const { items } = (await send(`GET ${base}/instances/prod/backupRuns`)).body as { items: { id: string }[] }
  expect(items).toMatchObject([{ status: 'SUCCESSFUL', type: 'ON_DEMAND', description: 'before upgrade' }])
  expect((await send(`GET ${base}/instances/prod/backupRuns/${items[0]?.id}`)).status).toBe(200)
  expect((await send(`GET ${base}/tiers`)).body.items).toContainEqual(
    expect.objectContaining({ tier: 'db-f1-micro' }),
  )
  expect((await send('GET sql/v1/flags?databaseVersion=MYSQL_8_0')).body.items).toBeUndefined()
  expect((await send('GET sql/v1/flags')).body.items).toContainEqual(
    expect.objectContaining({ name: 'max_connections', requiresRestart: true }),
  )
})
