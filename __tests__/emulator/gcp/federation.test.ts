import { describe, expect, test } from '@jest/globals'
import { checkEveryAnswer, emulate, messageOf, type Send } from './support.ts'

checkEveryAnswer()

const pools = 'iam/v1/projects/acme-ml/locations/global/workloadIdentityPools'
const providers = `${pools}/slipway/providers`
const provider = {
  attributeMapping: {
    'google.subject': 'assertion.sub',
    'attribute.kind': "assertion.ref == 'refs/heads/main' ? 'a' : 'b'",
  },
  attributeCondition: "assertion.repository_id == '7'",
  oidc: { issuerUri: 'https://token.actions.githubusercontent.com' },
}

const setUp = async (send: Send): Promise<void> => {
  await send(`POST ${pools}?workloadIdentityPoolId=slipway`, { displayName: 'Slipway' })
  await send(`POST ${providers}?workloadIdentityPoolProviderId=github`, provider)
}

describe('workload identity pools', () => {
  test('come to be by an operation, under the number of the project', async () => {
    const { emulator, send } = await emulate({ clock: 'manual', speed: 1 })
    const number = emulator.state.find('acme-ml')?.number
    const { body } = await send(`POST ${pools}?workloadIdentityPoolId=slipway`, { displayName: 'Slipway' })
    expect((await send(`GET ${pools}/slipway`)).status).toBe(404)
    expect((await send(`GET iam/v1/${String(body.name)}`)).body.done).toBeUndefined()
    emulator.clock.advance(10_000)
    expect((await send(`GET iam/v1/${String(body.name)}`)).body.done).toBe(true)
    expect((await send(`GET ${pools}/slipway`)).body).toEqual({
      name: `projects/${number}/locations/global/workloadIdentityPools/slipway`,
      displayName: 'Slipway',
      state: 'ACTIVE',
    })
  })

  test('a deleted pool keeps its name, is listed only if asked for, and comes back', async () => {
    const { send } = await emulate()
    await setUp(send)
    await send(`DELETE ${pools}/slipway`)
    expect((await send(`GET ${pools}/slipway`)).body).toMatchObject({
      state: 'DELETED',
      expireTime: expect.any(String),
    })
    expect((await send(`GET ${pools}`)).body).toEqual({})
    expect((await send(`GET ${pools}?showDeleted=true`)).body.workloadIdentityPools).toHaveLength(1)
    expect((await send(`POST ${pools}?workloadIdentityPoolId=slipway`, {})).status).toBe(409)
    expect((await send(`PATCH ${providers}/github?updateMask=attributeCondition`, provider)).status).toBe(400)
    await send(`POST ${pools}/slipway:undelete`, {})
    expect((await send(`GET ${pools}/slipway`)).body).toEqual(expect.objectContaining({ state: 'ACTIVE' }))
    expect((await send(`POST ${pools}/slipway:undelete`, {})).status).toBe(400)
    await send(`PATCH ${pools}/slipway?updateMask=disabled`, { disabled: true })
    expect((await send(`GET ${pools}/slipway`)).body.disabled).toBe(true)
  })

  test('a provider: only what the mask names changes; deleted ones come back as they were', async () => {
    const { send } = await emulate()
    await setUp(send)
    await send(`PATCH ${providers}/github?updateMask=attributeCondition,oidc.allowedAudiences`, {
      attributeCondition: 'true',
      attributeMapping: { 'google.subject': 'assertion.actor' },
      oidc: { issuerUri: 'https://evil.example', allowedAudiences: ['x'] },
    })
    expect((await send(`GET ${providers}/github`)).body).toMatchObject({
      attributeCondition: 'true',
      attributeMapping: provider.attributeMapping,
      oidc: { ...provider.oidc, allowedAudiences: ['x'] },
    })
    await send(`DELETE ${providers}/github`)
    expect((await send(`GET ${providers}`)).body).toEqual({})
    expect((await send(`POST ${providers}?workloadIdentityPoolProviderId=github`, provider)).status).toBe(409)
    await send(`POST ${providers}/github:undelete`, {})
    expect((await send(`GET ${providers}`)).body.workloadIdentityPoolProviders).toHaveLength(1)
  })

  test.each([
    ['no subject', { attributeMapping: { 'attribute.a': 'assertion.sub' } }],
    [
      'an attribute of another name',
      { attributeMapping: { 'google.subject': 'assertion.sub', a: 'assertion.sub' } },
    ],
    ['a long condition', { attributeCondition: 'x'.repeat(4097) }],
    ['no https', { oidc: { issuerUri: 'http://token.actions.githubusercontent.com' } }],
  ])('%s is refused', async (_, wrong) => {
    const { send } = await emulate()
    await send(`POST ${pools}?workloadIdentityPoolId=slipway`, {})
    const { status } = await send(`POST ${providers}?workloadIdentityPoolProviderId=github`, {
      ...provider,
      ...wrong,
    })
    expect(status).toBe(400)
  })

  test('names that Google refuses', async () => {
    const { send } = await emulate()
    for (const name of ['abc', 'gcp-pool', 'Pool'])
      expect((await send(`POST ${pools}?workloadIdentityPoolId=${name}`, {})).status).toBe(400)
  })
})

describe('what a provider makes of tokens', () => {
  const jwt = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`
  const account = 'applier@acme-ml.iam.gserviceaccount.com'
  const signIn = async (send: Send, number: string, claims: object): Promise<readonly number[]> => {
    const answer = await send('POST sts/v1/token', {
      grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: `//iam.googleapis.com/projects/${number}/locations/global/workloadIdentityPools/slipway/providers/github`,
      requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
      subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
      subjectToken: jwt(claims),
    })
    if (answer.status !== 200) return [answer.status]
    const minted = await send(
      `POST iamcredentials/v1/projects/-/serviceAccounts/${account}:generateAccessToken`,
      { scope: ['x'] },
      String(answer.body.access_token),
    )
    return [answer.status, minted.status]
  }

  test('its condition decides who gets in, its mapping whom they may act as', async () => {
    const { emulator, send } = await emulate()
    emulator.seed().serviceAccount('applier')
    await setUp(send)
    const number = emulator.state.find('acme-ml')?.number ?? ''
    const set = `principalSet://iam.googleapis.com/projects/${number}/locations/global/workloadIdentityPools/slipway/attribute.kind/a`
    await send(`POST iam/v1/projects/acme-ml/serviceAccounts/${account}:setIamPolicy`, {
      policy: { bindings: [{ role: 'roles/iam.workloadIdentityUser', members: [set] }] },
    })
    const claims = { sub: 's', repository_id: '7', ref: 'refs/heads/main' }
    expect(await signIn(send, number, claims)).toEqual([200, 200])
    expect(await signIn(send, number, { ...claims, ref: 'refs/heads/x' })).toEqual([200, 403])
    expect(await signIn(send, number, { ...claims, repository_id: '8' })).toEqual([400])
    expect(await signIn(send, number, { sub: 's' })).toEqual([400])
    await send(`PATCH ${providers}/github?updateMask=disabled`, { disabled: true })
    expect(await signIn(send, number, claims)).toEqual([400])
  })
})

describe('custom roles and keys', () => {
  const roles = 'iam/v1/projects/acme-ml/roles'
  const role = { title: 'x', includedPermissions: ['container.clusters.connect'], stage: 'GA' }

  test('a deleted role keeps its id, and comes back', async () => {
    const { send } = await emulate()
    expect((await send(`GET ${roles}/mine`)).status).toBe(404)
    expect((await send(`POST ${roles}`, { roleId: 'mine', role })).body).toMatchObject({
      name: 'projects/acme-ml/roles/mine',
      ...role,
    })
    expect((await send(`POST ${roles}`, { roleId: 'mine', role })).status).toBe(409)
    expect((await send(`DELETE ${roles}/mine`)).body.deleted).toBe(true)
    expect(messageOf(await send(`POST ${roles}`, { roleId: 'mine', role }))).toContain('in a deleted state')
    expect((await send(`PATCH ${roles}/mine?updateMask=title`, { title: 'y' })).status).toBe(400)
    expect((await send(`POST ${roles}/mine:undelete`, {})).body.deleted).toBeUndefined()
    expect(
      (await send(`PATCH ${roles}/mine?updateMask=title`, { title: 'y', stage: 'BETA' })).body,
    ).toMatchObject({ title: 'y', stage: 'GA' })
    expect(
      (await send(`POST ${roles}`, { roleId: 'bad', role: { includedPermissions: ['everything'] } })).status,
    ).toBe(400)
  })

  test('keys are listed until they are deleted', async () => {
    const { emulator, send } = await emulate()
    const keys = `iam/v1/projects/acme-ml/serviceAccounts/${emulator.seed().serviceAccount('applier')}/keys`
    expect((await send(`GET ${keys}?keyTypes=USER_MANAGED`)).body).toEqual({})
    const { body } = await send(`POST ${keys}`, {})
    expect((await send(`GET ${keys}?keyTypes=USER_MANAGED`)).body.keys).toMatchObject([
      { name: body.name, keyType: 'USER_MANAGED' },
    ])
    await send(`DELETE iam/v1/${String(body.name)}`)
    expect((await send(`GET ${keys}`)).body).toEqual({})
    expect((await send(`DELETE iam/v1/${String(body.name)}`)).status).toBe(404)
  })
})
