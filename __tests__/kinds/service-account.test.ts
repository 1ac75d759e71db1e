import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isEmpty } from '../../src/core/plan.ts'
import { emailOf, joinDescription, splitDescription } from '../../src/kinds/service-account/api.ts'
import { serviceAccount } from '../../src/kinds/service-account/index.ts'
import { type Emulated, emulated } from './service-support/emulated.ts'
import { failing, fakeGcp } from './service-support/fake-gcp.ts'
import { applied, applying, bareWork, planning, planOf, resourceOf } from './service-support/worlds.ts'

const nodes = resourceOf(serviceAccount, 'nodes', { id: 'staging-nodes', displayName: 'Nodes of staging' })
const email = 'staging-nodes@acme-ml.iam.gserviceaccount.com'

describe('the mark in a description', () => {
  test('splitting undoes joining', () => {
    const text = fc
      .string({ maxLength: 60 })
      .map(value => value.trim())
      .filter(value => !value.endsWith(']'))
    fc.assert(
      fc.property(text, fc.option(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)), (value, mark) => {
        expect(splitDescription(joinDescription({ text: value, mark }))).toEqual({ text: value, mark })
      }),
    )
  })

  test('200 bytes leave room for the longest mark', () => {
    expect(
      Buffer.byteLength(joinDescription({ text: 'x'.repeat(200), mark: 'e'.repeat(21) })),
    ).toBeLessThanOrEqual(256)
  })

  test('a foreign text that leaves no room is not cut', () => {
    expect(() => joinDescription({ text: 'x'.repeat(240), mark: 'staging' })).toThrow(/too long/)
  })

  test.each([
    ['acme-ml', 'nodes-1@acme-ml.iam.gserviceaccount.com'],
    ['example.com:ml', 'nodes-1@ml.example.com.iam.gserviceaccount.com'],
  ])('the e-mail in project %s', (project, expected) => {
    expect(emailOf('nodes-1', project)).toBe(expected)
  })
})

/** IAM with one account at most, whose reads answer by `script`: true shows it. */
const iam = (script: readonly boolean[], live: { account?: Record<string, unknown> } = {}) => {
  let read = 0
  return fakeGcp(({ method, path, body }) => {
    if (method === 'POST' && path.endsWith('/serviceAccounts')) {
      if (live.account !== undefined) throw failing('iam', 'exists', 'already exists', 409)
      live.account = { email, ...(body as { serviceAccount: object }).serviceAccount }
      return live.account
    }
    if (method === 'PATCH') {
      live.account = { ...live.account, ...(body as { serviceAccount: object }).serviceAccount }
      return {}
    }
    if (method === 'POST') {
      live.account = { ...live.account, disabled: path.endsWith(':disable') }
      return {}
    }
    if (live.account === undefined || script[read++] === false)
      throw failing('iam', 'absent', 'does not exist', 404)
    return live.account
  })
}

const create = (gcp: ReturnType<typeof fakeGcp>) =>
  serviceAccount.create([bareWork(nodes)], applying(gcp, undefined as never))

describe('service-account', () => {
  test('reads that flap are not believed until three in a row are good', async () => {
    const gcp = iam([true, false, true, true, false, true, true, true])
    expect((await create(gcp)).get(nodes.address)).toEqual({ email })
    expect(gcp.seen.filter(({ method }) => method === 'GET')).toHaveLength(8)
  })

  test('a 409 with our mark is taken up and brought to its spec', async () => {
    const live = {
      account: { email, description: '[slipway-environment=staging]' } as Record<string, unknown>,
    }
    const gcp = iam([], live)
    await create(gcp)
    expect(live.account).toEqual({
      email,
      description: '[slipway-environment=staging]',
      displayName: 'Nodes of staging',
    })
    expect(gcp.seen.find(({ method }) => method === 'PATCH')?.body).toEqual({
      serviceAccount: { displayName: 'Nodes of staging' },
      updateMask: 'displayName',
    })
  })

  test.each([
    ['by hand', /not marked as ours/],
    ['[slipway-environment=prod]', /belongs to environment prod/],
  ])('a 409 of an account described "%s" is left alone', async (description, message) => {
    const gcp = iam([], { account: { email, description } })
    await expect(create(gcp)).rejects.toThrow(message)
    expect(gcp.seen.filter(({ method }) => method === 'PATCH')).toEqual([])
  })

  test('a disabled account is shown, and enabled by its verb', async () => {
    const live = {
      account: {
        email,
        displayName: 'Nodes of staging',
        description: '[slipway-environment=staging]',
        disabled: true,
      },
    }
    const gcp = iam([], live)
    const lister = fakeGcp(() => ({ accounts: [live.account] }))
    const plan = planOf(serviceAccount, [nodes], await serviceAccount.observe([nodes], planning(lister)))
    expect(plan.steps[0]?.changes).toMatchObject([
      { path: ['disabled'], from: true, to: false, effect: 'in-place' },
    ])
    await applied(serviceAccount, plan, applying(gcp, undefined as never))
    expect(live.account.disabled).toBe(false)
    expect(gcp.seen.filter(({ method }) => method !== 'GET').map(({ path }) => path)).toEqual([
      `/v1/projects/acme-ml/serviceAccounts/${email}:enable`,
    ])
  })

  test('disabling is felt', async () => {
    const locked = resourceOf(serviceAccount, 'nodes', { id: 'staging-nodes', disabled: true })
    const lister = fakeGcp(() => ({ accounts: [{ email, description: '[slipway-environment=staging]' }] }))
    const plan = planOf(serviceAccount, [locked], await serviceAccount.observe([locked], planning(lister)))
    expect(plan.steps[0]?.changes[0]).toMatchObject({ path: ['disabled'], effect: 'restart' })
  })

  test('an account of another environment is not removed', async () => {
    const gcp = iam([], { account: { email, description: '[slipway-environment=prod]' } })
    await expect(
      serviceAccount.remove?.([bareWork(nodes)], applying(gcp, undefined as never)),
    ).rejects.toThrow(/now belongs to environment prod/)
  })

  test('an API that is off means absent, with the reason', async () => {
    const gcp = fakeGcp(() => {
      throw failing('iam', 'disabled', 'off', 403)
    })
    expect((await serviceAccount.observe([nodes], planning(gcp))).get(nodes.address)).toEqual({
      state: 'absent',
      assumed: 'iam.googleapis.com is off',
    })
  })

  test('an answer of another form is unknown, not absent', async () => {
    const gcp = fakeGcp(() => ({ accounts: [{ mail: 'x' }] }))
    expect((await serviceAccount.observe([nodes], planning(gcp))).get(nodes.address)).toMatchObject({
      state: 'unknown',
    })
  })
})

describe('service-account, against the emulator', () => {
  let world: Emulated
  beforeEach(async () => {
    world = await emulated({ iamUnsettledReads: 6 })
  })
  afterEach(() => world.emulator.close())

  const observe = (desired: readonly (typeof nodes)[]) =>
    serviceAccount.observe(desired, planning(world.reader(serviceAccount.reads)))

  test('created through flapping reads and lost answers, then the plan is empty', async () => {
    world.emulator.faults.add({
      match: { method: 'POST', path: /serviceAccounts$/ },
      kind: 'reset-after-success',
    })
    await applied(
      serviceAccount,
      planOf(serviceAccount, [nodes], await observe([nodes])),
      applying(world.gcp, world.redactor),
    )
    expect(isEmpty(planOf(serviceAccount, [nodes], await observe([nodes])))).toBe(true)
  })

  test('adopted: the mark goes behind the text that is there', async () => {
    world.emulator.seed().serviceAccount('staging-nodes', { description: 'made by hand' })
    const plan = planOf(serviceAccount, [nodes], await observe([nodes]))
    expect(plan.steps).toMatchObject([{ action: 'adopt' }])
    await applied(serviceAccount, plan, applying(world.gcp, world.redactor))
    const account = world.emulator.state.serviceAccount(email)?.account.resource
    expect(account).toMatchObject({
      displayName: 'Nodes of staging',
      description: 'made by hand [slipway-environment=staging]',
    })
    expect(isEmpty(planOf(serviceAccount, [nodes], await observe([nodes])))).toBe(true)
  })

  test('removed, and removing again is fine', async () => {
    world.emulator.seed().serviceAccount('staging-nodes', { description: '[slipway-environment=staging]' })
    const ports = applying(world.gcp, world.redactor)
    const plan = planOf(serviceAccount, [], await observe([nodes]), [nodes])
    expect(plan.steps).toMatchObject([{ action: 'remove' }])
    await applied(serviceAccount, plan, ports)
    await applied(serviceAccount, plan, ports)
    expect(world.emulator.state.serviceAccount(email)).toBeUndefined()
  })
})
