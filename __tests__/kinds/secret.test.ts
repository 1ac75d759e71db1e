import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isEmpty } from '../../src/core/plan.ts'
import { Redactor } from '../../src/core/secret.ts'
import { generateValue } from '../../src/kinds/secret/generate.ts'
import { secret } from '../../src/kinds/secret/index.ts'
import { type Emulated, emulated } from './service-support/emulated.ts'
import { failing, fakeGcp } from './service-support/fake-gcp.ts'
import {
  applied,
  applying,
  bareWork,
  planning,
  planOf,
  resourceOf,
  workOf,
} from './service-support/worlds.ts'

const login = resourceOf(secret, 'login', {
  name: 'staging-skypilot-login',
  generate: { user: 'skypilot', length: 32 },
  labels: { team: 'ml' },
})
const brought = resourceOf(secret, 'login', { name: 'my-login' })

describe('a generated value', () => {
  test('has the length and the alphabet that were asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 256 }), length => {
        const { payload, password } = generateValue({ length })
        expect(password.reveal()).toMatch(new RegExp(`^[A-Za-z0-9]{${length}}$`))
        expect(payload.reveal()).toBe(password.reveal())
      }),
    )
  })

  test('has the user before a colon', () => {
    const { payload, password } = generateValue({ user: 'skypilot', length: 32 })
    expect(payload.reveal()).toBe(`skypilot:${password.reveal()}`)
  })

  test('uses the whole alphabet and is never the same', () => {
    const values = Array.from({ length: 200 }, () => generateValue({ length: 32 }).password.reveal())
    expect(new Set(values).size).toBe(200)
    expect(new Set(values.join('')).size).toBe(62)
  })

  test('cannot be printed', () => {
    const value = generateValue({ user: 'u', length: 16 })
    expect(JSON.stringify(value)).toBe('{"payload":"***","password":"***"}')
  })
})

describe('a secret that its owner brings', () => {
  const cases = [
    ['is not there', {}, /has no secret my-login/, /gcloud secrets create my-login .*--data-file -$/],
    [
      'has no enabled version',
      { 'my-login': ['DISABLED'] },
      /no enabled version/,
      /gcloud secrets versions add my-login .*--data-file -$/,
    ],
  ] as const
  test.each(cases)('that %s is a problem, with the command', async (_, secrets, message, advice) => {
    const gcp = fakeGcp(({ path }) =>
      path.endsWith('/versions')
        ? {
            versions: Object.values(secrets)[0]?.map((state, at) => ({
              name: `x/versions/${at + 1}`,
              state,
            })),
          }
        : { secrets: Object.keys(secrets).map(name => ({ name: `projects/1/secrets/${name}` })) },
    )
    const seen = (await secret.observe([brought], planning(gcp))).get(brought.address)
    expect(seen).toMatchObject({
      state: 'unknown',
      problem: { message: expect.stringMatching(message), advice: expect.stringMatching(advice) },
    })
  })

  test('behind an API that is off, too', async () => {
    const gcp = fakeGcp(() => {
      throw failing('secretmanager', 'disabled', 'off', 403)
    })
    const seen = await secret.observe([brought, { ...login, address: 'secret/other' }], planning(gcp))
    expect(seen.get(brought.address)).toMatchObject({
      state: 'unknown',
      problem: { advice: expect.stringContaining('gcloud services enable secretmanager.googleapis.com') },
    })
    expect(seen.get('secret/other')).toEqual({
      state: 'absent',
      assumed: 'secretmanager.googleapis.com is off',
    })
  })

  test('is neither marked nor labelled, whoever marked it', async () => {
    const gcp = fakeGcp(({ path }) =>
      path.endsWith('/versions')
        ? { versions: [{ name: 'x/versions/9' }, { name: 'x/versions/10' }] }
        : { secrets: [{ name: 'projects/1/secrets/my-login', labels: { 'slipway-environment': 'prod' } }] },
    )
    const observed = await secret.observe([brought], planning(gcp))
    const plan = planOf(secret, [brought], observed)
    expect(isEmpty(plan)).toBe(true)
    expect(plan.outputs).toEqual({
      'secret/login': { name: 'my-login', version: '10', enabled: ['9', '10'] },
    })
  })
})

describe('what planning may see', () => {
  test('neither a payload nor a way to one', () => {
    expect(secret.reads.filter(read => /access|payload|versions\/\{\}/.test(read))).toEqual([])
  })

  test('versions of one secret that are forbidden leave the others seen', async () => {
    const gcp = fakeGcp(({ path }) => {
      if (path.includes('my-login/versions'))
        throw failing('secretmanager', 'forbidden', "Permission 'secretmanager.versions.list' denied", 403)
      if (path.endsWith('/versions')) return { versions: [{ name: 'x/versions/1' }] }
      return {
        secrets: ['my-login', 'staging-skypilot-login'].map(name => ({ name: `projects/1/secrets/${name}` })),
      }
    })
    const seen = await secret.observe([brought, { ...login, address: 'secret/other' }], planning(gcp))
    expect(seen.get('secret/login')).toMatchObject({
      state: 'unknown',
      problem: { message: expect.stringContaining('lacks secretmanager.versions.list') },
    })
    expect(seen.get('secret/other')).toMatchObject({ state: 'present' })
  })
})

describe('secrets, against the emulator', () => {
  let world: Emulated
  beforeEach(async () => {
    world = await emulated()
  })
  afterEach(() => world.emulator.close())

  const observe = () => secret.observe([login], planning(world.reader(secret.reads)))
  const stored = () => {
    const versions = world.emulator.state.find('acme-ml')?.secrets.get('staging-skypilot-login')?.versions
    return [...(versions?.values() ?? [])].map(({ payload = '' }) =>
      Buffer.from(payload, 'base64').toString(),
    )
  }

  test('made once, labelled, and the value is known to the redactor', async () => {
    await applied(secret, planOf(secret, [login], await observe()), applying(world.gcp, world.redactor))
    expect(stored()).toEqual([expect.stringMatching(/^skypilot:[A-Za-z0-9]{32}$/)])
    expect(world.redactor.scrub(`x ${stored()[0]} y`)).toBe('x *** y')
    const observed = await observe()
    expect(isEmpty(planOf(secret, [login], observed))).toBe(true)
    expect(observed.get('secret/login')).toMatchObject({
      mark: 'staging',
      outputs: { name: 'staging-skypilot-login', version: '1' },
    })
  })

  test('every form of the value is masked before it is sent', async () => {
    const masked: string[] = []
    const redactor = new Redactor(form => void masked.push(form))
    let before = -1
    world.emulator.faults.add({
      match: ({ path }) => {
        if (path.endsWith(':addVersion')) before = masked.length
        return false
      },
      kind: 500,
    })
    await secret.create([bareWork(login)], applying(world.gcp, redactor))
    expect(before).toBe(masked.length)
    expect(masked).toContain(stored()[0])
  })

  test.each(['secrets$', ':addVersion$'])(
    'an answer lost at %s leaves one secret with one value',
    async path => {
      world.emulator.faults.add({
        match: { method: 'POST', path: new RegExp(path) },
        kind: 'reset-after-success',
      })
      await applied(secret, planOf(secret, [login], await observe()), applying(world.gcp, world.redactor))
      expect(stored()).toHaveLength(1)
      expect(isEmpty(planOf(secret, [login], await observe()))).toBe(true)
    },
  )

  test('killed between secret and value: the next plan says so and adds one', async () => {
    const labels = { 'slipway-environment': 'staging', team: 'ml' }
    world.emulator.seed().secret('staging-skypilot-login', [], { labels })
    const plan = planOf(secret, [login], await observe())
    expect(plan.steps).toMatchObject([{ action: 'update', changes: [{ path: ['value'], to: 'stored' }] }])
    await applied(secret, plan, applying(world.gcp, world.redactor))
    expect(stored()).toHaveLength(1)
    expect(isEmpty(planOf(secret, [login], await observe()))).toBe(true)
  })

  test('created again over a value: the value stays', async () => {
    const ports = applying(world.gcp, world.redactor)
    await secret.create([bareWork(login)], ports)
    const [value] = stored()
    const outputs = await secret.create([bareWork(login)], ports)
    expect(stored()).toEqual([value])
    expect(outputs.get('secret/login')).toEqual({ name: 'staging-skypilot-login', version: '1' })
  })

  test('adopted: mark and labels are added, foreign labels and the value stay', async () => {
    world.emulator.seed().secret('staging-skypilot-login', ['skypilot:theirs'], { labels: { owner: 'ann' } })
    const plan = planOf(secret, [login], await observe())
    expect(plan.steps).toMatchObject([{ action: 'adopt' }])
    await applied(secret, plan, applying(world.gcp, world.redactor))
    const resource = world.emulator.state.find('acme-ml')?.secrets.get('staging-skypilot-login')?.resource
    expect(resource?.labels).toEqual({ owner: 'ann', team: 'ml', 'slipway-environment': 'staging' })
    expect(stored()).toEqual(['skypilot:theirs'])
  })

  test('labels under an etag: a change in between is kept', async () => {
    world.emulator.seed().secret('staging-skypilot-login', ['v'], { labels: {} })
    const [step] = planOf(secret, [login], await observe()).steps
    if (step === undefined) throw new Error('there is a step')
    const found = world.emulator.state.find('acme-ml')?.secrets.get('staging-skypilot-login')
    world.emulator.faults.add({
      match: ({ httpMethod }) => {
        if (httpMethod === 'PATCH' && found !== undefined && found.resource.etag !== '"rival"')
          found.resource = { ...found.resource, labels: { rival: 'yes' }, etag: '"rival"' }
        return false
      },
      kind: 500,
    })
    await secret.update([workOf(step)], applying(world.gcp, world.redactor))
    expect(found?.resource.labels).toEqual({ rival: 'yes', team: 'ml', 'slipway-environment': 'staging' })
  })

  test('one of another environment is refused', async () => {
    world.emulator
      .seed()
      .secret('staging-skypilot-login', ['v'], { labels: { 'slipway-environment': 'prod' } })
    expect(planOf(secret, [login], await observe()).problems).toMatchObject([
      { message: expect.stringContaining('belongs to environment prod') },
    ])
    const ports = applying(world.gcp, world.redactor)
    await expect(secret.create([bareWork(login)], ports)).rejects.toThrow(/belongs to environment prod/)
    expect(stored()).toEqual(['v'])
  })
})
