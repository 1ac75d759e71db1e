import { describe, expect, test } from '@jest/globals'
import { description } from '../../../src/emulator/descriptions.ts'
import { routes } from '../../../src/emulator/routes.ts'
import { checkEveryAnswer, emulate, messageOf } from './support.ts'

checkEveryAnswer()

const jwt = (claims: object): string => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`
}

const exchange = (subjectToken: string) => ({
  grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
  audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/github',
  requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
  scope: 'https://www.googleapis.com/auth/cloud-platform',
  subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
  subjectToken,
})

const planner = 'slipway-planner@acme-ml.iam.gserviceaccount.com'
const generate = `iamcredentials/v1/projects/-/serviceAccounts/${planner}:generateAccessToken`
const scope = ['https://www.googleapis.com/auth/cloud-platform']

describe('keyless', () => {
  test('job token → federated token → the account’s token, which expires', async () => {
    const { emulator, send } = await emulate({
      clock: 'manual',
      federation: ({ sub }) => (sub === 'repo:acme/infra:pull_request' ? 'principal://planner' : undefined),
    })
    emulator.identities.add({ email: 'principal://planner', impersonates: [planner] })
    const federated = await send(
      'POST sts/v1/token',
      exchange(jwt({ sub: 'repo:acme/infra:pull_request' })),
      '',
    )
    expect(federated.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    const token = String(federated.body.access_token)
    expect(
      (await send('GET container/v1/projects/acme-ml/locations/-/clusters', undefined, token)).status,
    ).toBe(403)
    const minted = await send(`POST ${generate}`, { scope, lifetime: '600s' }, token)
    const accessToken = String(minted.body.accessToken)
    const read = () => send('GET container/v1/projects/acme-ml/locations/-/clusters', undefined, accessToken)
    expect((await read()).status).toBe(200)
    emulator.clock.advance(600_000)
    expect((await read()).status).toBe(401)
  })

  test('takes the form that OAuth clients send', async () => {
    const { emulator } = await emulate()
    const form = new URLSearchParams()
    for (const [key, value] of Object.entries(exchange(jwt({ sub: 'a' })))) {
      form.set(
        key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
        value,
      )
    }
    const response = await fetch(`${emulator.url}/sts/v1/token`, { method: 'POST', body: form })
    expect(response.status).toBe(200)
  })

  test.each([
    ['claims that nobody is mapped to', exchange(jwt({})), 'attribute condition'],
    ['no JWT', exchange('nothing'), 'not a JWT'],
    ['another grant', { ...exchange(jwt({ sub: 'a' })), grantType: 'password' }, 'grantType'],
    ['no audience', { ...exchange(jwt({ sub: 'a' })), audience: '' }, 'audience'],
  ])('refuses %s', async (_, body, text) => {
    const { send } = await emulate()
    const refused = await send('POST sts/v1/token', body)
    expect([refused.status, messageOf(refused)]).toEqual([400, expect.stringContaining(text)])
  })

  test('refuses to mint for others, without scope, or for too long', async () => {
    const { send } = await emulate()
    expect((await send(`POST ${generate}`, { scope }, 'planner')).status).toBe(403)
    expect((await send(`POST ${generate}`, {})).status).toBe(400)
    expect((await send(`POST ${generate}`, { scope, lifetime: '7200s' })).status).toBe(400)
  })
})

const reads =
  /\.(get|list|aggregatedList|wait|batchGet|getIamPolicy|testIamPermissions|getServerConfig|generateAccessToken|queryTestablePermissions|token)$/

describe('who may', () => {
  test('an unknown token is nobody', async () => {
    const { send } = await emulate()
    const refused = await send('GET cloudresourcemanager/v1/projects/acme-ml', undefined, 'guess')
    expect([refused.status, refused.body.error]).toMatchObject([401, { status: 'UNAUTHENTICATED' }])
  })

  // Every route that can change something or read a payload, with a body that is refused only for its author.
  const writes = routes.filter(({ method }) => !reads.test(method))

  test.each(writes.map(({ description: name, api, method }) => [name ?? api, api, method] as const))(
    'the planner gets 403: %s %s %s',
    async (name, api, method) => {
      const { send } = await emulate()
      const { httpMethod, path, request } = description(name).methods[method] ?? {}
      const filled = String(path).replaceAll(/\{(\w+)\}/g, (_, key: string) =>
        key === 'v1Id' ? 'projects' : key === 'region' ? 'us-central1' : 'acme-ml',
      )
      const prefix = api === 'compute' ? 'compute/compute/v1' : api
      const refused = await send(`${httpMethod} ${prefix}/${filled}`, request ? {} : undefined, 'planner')
      expect(refused.status).toBe(403)
    },
  )
})
