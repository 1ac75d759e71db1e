import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { databaseBody } from '../../src/kinds/sql-database/api.ts'
import { sqlDatabase } from '../../src/kinds/sql-database/index.ts'
import { sqlDatabaseRules } from '../../src/kinds/sql-database/rules.ts'
import { type SqlDatabaseSettings, sqlDatabaseSchema } from '../../src/kinds/sql-database/schema.ts'
import { against, keysOf, unruled } from './cluster-support/checks.ts'
import { item, startWorld, type World, workOf } from './cluster-support/world.ts'

const full: SqlDatabaseSettings = {
  name: 'skypilot',
  instance: 'staging-skypilot',
  charset: 'UTF8',
  collation: 'en_US.UTF8',
  after: [],
}
const wanted = (more: Partial<SqlDatabaseSettings> = {}) =>
  sqlDatabase.resource(item(sqlDatabaseSchema.parse({ ...full, ...more }), 'skypilot'))

describe('the table of a database', () => {
  test('every setting has a rule, and the body fits Google’s description', () => {
    expect(keysOf(sqlDatabaseSchema).filter(key => !(key in full))).toEqual([])
    expect(unruled(wanted().spec, sqlDatabaseRules)).toEqual([])
    expect(against('sql', 'sql.databases.insert', databaseBody(wanted().spec))).toEqual([])
  })

  test.each(['postgres', 'cloudsqladmin', 'a/b', ''])('the name %j is refused', name => {
    expect(sqlDatabaseSchema.safeParse({ ...full, name }).success).toBe(false)
  })
})

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const seedInstance = (more: object = {}) =>
  world.emulator.seed().sqlInstance('staging-skypilot', {
    region: 'us-central1',
    databaseVersion: 'POSTGRES_16',
    settings: { tier: 'db-custom-2-7680', edition: 'ENTERPRISE', ...more },
  })

describe('a database', () => {
  test('of an instance to come is absent', async () => {
    expect(await world.observe(sqlDatabase, wanted())).toEqual({ state: 'absent' })
  })

  test('is made once, and nothing is left to do', async () => {
    await seedInstance()
    const { plan, left } = await world.converge(sqlDatabase, wanted())
    expect(plan.steps[0]?.action).toBe('create')
    expect([left.steps, left.problems]).toEqual([[], []])
    const work = workOf({ ...wanted(), action: 'create', changes: [], after: [], takes: [0, 0] })
    await sqlDatabase.create([work], world.applying)
    expect(world.emulator.requests.writes).toHaveLength(1)
  })

  test.each(['utf8', 'UTF-8', 'Utf8'])('in charset %s is in UTF8', async charset => {
    await seedInstance()
    const { left } = await world.converge(sqlDatabase, wanted({ charset }))
    expect([left.steps, left.problems]).toEqual([[], []])
  })

  test.each([
    ['charset', { charset: 'SQL_ASCII' }],
    ['collation', { collation: 'C' }],
  ])('refuses another %s', async (path, more) => {
    await seedInstance()
    await world.converge(sqlDatabase, wanted())
    const plan = await world.plan(sqlDatabase, wanted(more), wanted())
    expect(plan.problems[0]?.message).toContain(path)
    expect(plan.problems[0]?.advice).toContain('pg_dump')
  })

  test('is deleted, and deleting it again is fine', async () => {
    await seedInstance()
    await world.converge(sqlDatabase, wanted())
    const work = workOf({ ...wanted(), action: 'remove', changes: [], after: [], takes: [0, 0] })
    await sqlDatabase.remove?.([work], world.applying)
    await sqlDatabase.remove?.([work], world.applying)
    expect(await world.observe(sqlDatabase, wanted())).toEqual({ state: 'absent' })
  })

  test('of a stopped instance is unknown, with that reason', async () => {
    await seedInstance({ activationPolicy: 'NEVER' })
    const found = await world.observe(sqlDatabase, wanted())
    expect(found).toMatchObject({ state: 'unknown' })
    expect(JSON.stringify(found)).toContain('is stopped')
  })

  test('shares its lane with its instance', () => {
    expect(sqlDatabase.lane?.(wanted().spec, '')).toBe('sql acme-ml:staging-skypilot')
  })
})
