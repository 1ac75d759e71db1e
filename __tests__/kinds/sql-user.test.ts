import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Secret } from '../../src/core/secret.ts'
import { userBody } from '../../src/kinds/sql-user/api.ts'
import { sqlUser } from '../../src/kinds/sql-user/index.ts'
import { noteKey, noteOf, notePatch } from '../../src/kinds/sql-user/note.ts'
import { sqlUserRules } from '../../src/kinds/sql-user/rules.ts'
import { type SqlUserSettings, sqlUserSchema } from '../../src/kinds/sql-user/schema.ts'
import { against, keysOf, unruled } from './cluster-support/checks.ts'
import { item, startWorld, type World, workOf } from './cluster-support/world.ts'

const iam: SqlUserSettings = {
  name: 'staging-skypilot@acme-ml.iam.gserviceaccount.com',
  type: 'iam-service-account',
  instance: 'staging-skypilot',
  roles: ['cloudsqlsuperuser'],
}
const builtIn = (version: string): SqlUserSettings => ({
  name: 'skypilot',
  type: 'built-in',
  instance: 'staging-skypilot',
  password: { from: 'secret', secret: 'staging-skypilot-database', version },
  after: ['secret/database'],
})
const wanted = (settings: SqlUserSettings) =>
  sqlUser.resource(item(sqlUserSchema.parse(settings), 'skypilot'))

describe('the table of a user', () => {
  test('every setting has a rule', () => {
    const full = { ...iam, ...builtIn('1') }
    expect(keysOf(sqlUserSchema).filter(key => !(key in full))).toEqual([])
    expect([
      ...unruled(wanted(iam).spec, sqlUserRules),
      ...unruled(wanted(builtIn('1')).spec, sqlUserRules),
    ]).toEqual([])
  })

  test('the body fits Google’s description, and the name loses its suffix', () => {
    const body = userBody(wanted(iam).spec)
    expect(against('sql', 'sql.users.insert', body)).toEqual([])
    expect(body).toEqual({
      name: 'staging-skypilot@acme-ml.iam',
      type: 'CLOUD_IAM_SERVICE_ACCOUNT',
      databaseRoles: ['cloudsqlsuperuser'],
    })
  })

  const long = `${'a'.repeat(30)}@${'p'.repeat(30)}.iam`
  test.each([
    ['63 bytes', { ...iam, name: `${'a'.repeat(29)}@${'p'.repeat(29)}.iam.gserviceaccount.com` }, undefined],
    ['65 bytes', { ...iam, name: long }, 'PostgreSQL takes 63'],
    ['capitals', { ...iam, name: 'Sky@acme-ml.iam' }, 'lower case'],
    ['no e-mail', { ...iam, name: 'sky' }, 'e-mail'],
    [
      'an IAM user with a password',
      { ...iam, password: { from: 'env', name: 'P', version: '1' } },
      'no password',
    ],
    ['a built-in user without one', { ...iam, type: 'built-in' }, 'needs a password'],
    ['a version that is no label', { ...builtIn('V_1') }, 'version'],
  ])('a name or password: %s', (_, settings, problem) => {
    const result = sqlUserSchema.safeParse(settings)
    expect(result.success).toBe(problem === undefined)
    if (problem !== undefined) expect(JSON.stringify(result.error?.issues)).toContain(problem)
  })
})

describe('the note on the instance', () => {
  test('fits a label whatever the user is called, and is read back', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 63 }),
        fc.option(fc.stringMatching(/^[a-z0-9-]{1,30}$/)),
        (user, version) => {
          const note = { environment: 'staging', ...(version === null ? {} : { passwordVersion: version }) }
          const { settings } = notePatch({ name: 'i' }, user, note)
          expect(noteKey(user)).toMatch(/^[a-z][a-z0-9_-]{0,62}$/)
          expect(noteOf({ name: 'i', settings: settings ?? {} }, user)).toEqual(note)
        },
      ),
    )
  })

  test('tells users apart whose names do not fit', () => {
    const names = ['a@p.iam', 'a_p.iam', 'A@p.iam', 'a'.repeat(60), `${'a'.repeat(60)}b`]
    expect(new Set(names.map(noteKey)).size).toBe(names.length)
  })
})

let world: World
const seedWorld = async () => {
  const seed = world.emulator.seed()
  await seed.sqlInstance('staging-skypilot', {
    region: 'us-central1',
    databaseVersion: 'POSTGRES_16',
    settings: {
      tier: 'db-custom-2-7680',
      edition: 'ENTERPRISE',
      databaseFlags: [{ name: 'cloudsql.iam_authentication', value: 'on' }],
      userLabels: { theirs: 'x' },
    },
  })
  seed.secret('staging-skypilot-database', ['correct-horse-1', 'correct-horse-2'])
}
beforeEach(async () => {
  world = await startWorld()
  await seedWorld()
})
afterEach(() => world.close())

const userWrites = () =>
  world.emulator.requests.writes
    .filter(({ path }) => path.endsWith('/users'))
    .map(({ httpMethod, url, body, status }) => ({ httpMethod, url, body, status }))

const liveUser = (name: string) =>
  world.gcp.get<{ databaseRoles?: string[] }>(
    'sqladmin',
    `/v1/projects/acme-ml/instances/staging-skypilot/users/${encodeURIComponent(name)}`,
  )

describe('an IAM user', () => {
  test('is made with its roles and noted, and nothing is left to do', async () => {
    const { plan, left } = await world.converge(sqlUser, wanted(iam))
    expect(plan.steps[0]?.action).toBe('create')
    expect([left.steps, left.problems]).toEqual([[], []])
    expect((await liveUser('staging-skypilot@acme-ml.iam')).databaseRoles).toEqual(['cloudsqlsuperuser'])
  })

  test('that exists is adopted: it gets its roles and keeps the others', async () => {
    await world.emulator.seed().sqlUser('staging-skypilot', {
      name: 'staging-skypilot@acme-ml.iam',
      type: 'CLOUD_IAM_SERVICE_ACCOUNT',
      databaseRoles: ['theirs'],
    })
    const { plan, left } = await world.converge(sqlUser, wanted(iam))
    expect(plan.steps[0]?.action).toBe('adopt')
    expect([left.steps, left.problems]).toEqual([[], []])
    const { databaseRoles } = await liveUser('staging-skypilot@acme-ml.iam')
    expect(databaseRoles?.sort()).toEqual(['cloudsqlsuperuser', 'theirs'])
    expect(userWrites()[0]?.url).not.toContain('revokeExistingRoles')
  })

  test('whose roles change in the file is no change: they are write-only', async () => {
    await world.converge(sqlUser, wanted(iam))
    const plan = await world.plan(sqlUser, wanted({ ...iam, roles: ['pg_monitor'] }), wanted(iam))
    expect(plan.steps).toEqual([])
  })

  test('of another type is refused', async () => {
    await world.converge(sqlUser, wanted(iam))
    const other = wanted({ ...iam, name: 'staging-skypilot@acme-ml.iam', type: 'iam-user' })
    const plan = await world.plan(sqlUser, other, wanted(iam))
    expect(plan.problems[0]?.message).toContain('type')
  })
})

describe('a built-in user', () => {
  test('is made with the password of the pinned version, which nobody prints', async () => {
    const { left, plan } = await world.converge(sqlUser, wanted(builtIn('1')))
    expect([left.steps, left.problems]).toEqual([[], []])
    expect(userWrites()[0]?.body).toMatchObject({
      name: 'skypilot',
      type: 'BUILT_IN',
      password: 'correct-horse-1',
    })
    expect(JSON.stringify([plan, left])).not.toContain('correct-horse')
    expect(world.applying.redactor.scrub('it is correct-horse-1')).toBe('it is ***')
  })

  test('gets a new password when the version changes, once', async () => {
    await world.converge(sqlUser, wanted(builtIn('1')))
    world.emulator.requests.clear()
    const { plan, left } = await world.converge(sqlUser, wanted(builtIn('2')), wanted(builtIn('1')))
    expect(plan.steps[0]?.changes).toMatchObject([
      { path: ['passwordVersion'], from: '1', to: '2', effect: 'in-place' },
    ])
    expect([left.steps, left.problems]).toEqual([[], []])
    expect(userWrites()).toMatchObject([
      { httpMethod: 'PUT', body: { name: 'skypilot', password: 'correct-horse-2' } },
    ])
  })

  test('takes its password from the runner too', async () => {
    const fromEnv = wanted({ ...builtIn('1'), password: { from: 'env', name: 'DB', version: '4' } })
    const ports = { ...world.applying, value: () => new Secret('from-the-runner') }
    await sqlUser.create(
      [workOf({ ...fromEnv, action: 'create', changes: [], after: [], takes: [0, 0] })],
      ports,
    )
    expect(userWrites()[0]?.body).toMatchObject({ password: 'from-the-runner' })
    expect(await world.observe(sqlUser, fromEnv)).toMatchObject({ spec: { passwordVersion: '4' } })
  })

  test('killed between its note and the user is made by the next run', async () => {
    const resource = wanted(builtIn('1'))
    let writes = 0
    const gcp: typeof world.gcp = {
      ...world.gcp,
      write: async write => {
        writes += 1
        if (writes === 2) throw new Error('killed')
        return world.gcp.write(write)
      },
    }
    const work = workOf({ ...resource, action: 'create', changes: [], after: [], takes: [0, 0] })
    await expect(sqlUser.create([work], { ...world.applying, gcp })).rejects.toThrow('killed')
    const { plan, left } = await world.converge(sqlUser, resource)
    expect(plan.steps[0]?.action).toBe('create')
    expect(left.steps).toEqual([])
  })

  test('that an earlier run left without an answer is taken up, with the password that is wanted now', async () => {
    const [first, second] = [wanted(builtIn('1')), wanted(builtIn('2'))]
    const makes = (resource: typeof first) =>
      workOf({ ...resource, action: 'create', changes: [], after: [], takes: [0, 0] })
    await sqlUser.create([makes(first)], world.applying)
    const sent: string[] = []
    const gcp: typeof world.gcp = {
      ...world.gcp,
      write: async write => {
        sent.push(write.method)
        return world.gcp.write(write)
      },
    }
    await sqlUser.create([makes(first)], { ...world.applying, gcp })
    expect(sent).not.toContain('POST')
    expect(sent).not.toContain('PUT')
    await sqlUser.create([makes(second)], { ...world.applying, gcp })
    expect(sent).toContain('PUT')
    const { plan } = await world.converge(sqlUser, second)
    expect(plan.steps).toEqual([])
  })

  test('keeps the labels of others on the instance, and loses its note when it goes', async () => {
    const resource = wanted(builtIn('1'))
    await world.converge(sqlUser, resource)
    const labels = async () =>
      (
        await world.gcp.get<{ settings: { userLabels: object } }>(
          'sqladmin',
          '/v1/projects/acme-ml/instances/staging-skypilot',
        )
      ).settings.userLabels
    expect(await labels()).toEqual({ theirs: 'x', 'slipway-user-skypilot': 'staging_1' })
    const work = workOf({ ...resource, action: 'remove', changes: [], after: [], takes: [0, 0] })
    await sqlUser.remove?.([work], world.applying)
    await sqlUser.remove?.([work], world.applying)
    expect(await labels()).toEqual({ theirs: 'x' })
    expect(await world.observe(sqlUser, resource)).toEqual({ state: 'absent' })
  })

  test('postgres is never deleted', async () => {
    const resource = wanted({ ...builtIn('1'), name: 'postgres' })
    const work = workOf({ ...resource, action: 'remove', changes: [], after: [], takes: [0, 0] })
    await expect(sqlUser.remove?.([work], world.applying)).rejects.toThrow('never deleted')
    expect(world.emulator.requests.writes).toEqual([])
  })

  test('without a type in the list is built-in', async () => {
    const found = await world.observe(sqlUser, wanted({ ...builtIn('1'), name: 'postgres' }))
    expect(found).toMatchObject({ state: 'present', spec: { type: 'built-in' }, mark: null })
  })
})

describe('a write whose request is lost while Cloud SQL takes its own backup', () => {
  const withBackup = (): typeof world.gcp => ({
    ...world.gcp,
    write: async write => {
      if (write.path.endsWith('/users')) {
        const path = '/v1/projects/acme-ml/instances/staging-skypilot/backupRuns'
        await world.gcp.write({ method: 'POST', api: 'sqladmin', path, body: {} })
        world.emulator.faults.add({ match: { path: /\/users$/, method: write.method }, kind: 'reset' })
      }
      return world.gcp.write(write)
    },
  })
  const answered = () => userWrites().filter(({ status }) => status === 200)

  beforeEach(async () => {
    await world.close()
    world = await startWorld({ speed: 1, clock: 'manual' })
    await seedWorld()
  })

  test('sets a new password all the same: what runs is not taken for its answer', async () => {
    const [first, second] = [wanted(builtIn('1')), wanted(builtIn('2'))]
    await world.converge(sqlUser, first)
    const [step] = (await world.plan(sqlUser, second, first)).steps
    if (step === undefined) throw new Error('no step')
    await sqlUser.update([workOf(step)], { ...world.applying, gcp: withBackup() })
    expect(answered().at(-1)?.body).toEqual({ name: 'skypilot', password: 'correct-horse-2' })
  })

  test('makes a user all the same', async () => {
    const resource = wanted(builtIn('1'))
    const work = workOf({ ...resource, action: 'create', changes: [], after: [], takes: [0, 0] })
    await sqlUser.create([work], { ...world.applying, gcp: withBackup() })
    expect(await world.observe(sqlUser, resource)).toMatchObject({ state: 'present' })
    expect(answered()).toHaveLength(1)
  })
})

test('a user of a stopped instance is unknown, with that reason', async () => {
  await world.emulator.seed().sqlInstance('stopped', {
    region: 'us-central1',
    databaseVersion: 'POSTGRES_16',
    settings: { tier: 'db-custom-2-7680', edition: 'ENTERPRISE', activationPolicy: 'NEVER' },
  })
  const found = await world.observe(sqlUser, wanted({ ...iam, instance: 'stopped' }))
  expect(found).toMatchObject({ state: 'unknown' })
  expect(JSON.stringify(found)).toContain('is stopped')
})

test('a user of an instance that is just being made is absent', async () => {
  const slow = await startWorld({ speed: 1, clock: 'manual' })
  try {
    await slow.gcp.write({
      method: 'POST',
      api: 'sqladmin',
      path: '/v1/projects/acme-ml/instances',
      body: {
        name: 'staging-skypilot',
        region: 'us-central1',
        databaseVersion: 'POSTGRES_16',
        settings: { tier: 'db-custom-2-7680', edition: 'ENTERPRISE' },
      },
    })
    expect(await slow.observe(sqlUser, wanted(iam))).toMatchObject({ state: 'absent' })
  } finally {
    await slow.close()
  }
})
