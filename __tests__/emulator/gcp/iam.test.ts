import { describe, expect, test } from '@jest/globals'
import { checkEveryAnswer, emulate, messageOf, reasonOf } from './support.ts'

checkEveryAnswer()

const accounts = 'iam/v1/projects/acme-ml/serviceAccounts'
const project = 'cloudresourcemanager/v1/projects/acme-ml'
const email = 'prod-skypilot@acme-ml.iam.gserviceaccount.com'
const member = `serviceAccount:${email}`
const viewer = { role: 'roles/cloudsql.client', members: [member] }

describe('service accounts', () => {
  test('create, read, list, patch, delete', async () => {
    const { send } = await emulate()
    const created = await send(`POST ${accounts}`, {
      accountId: 'prod-skypilot',
      serviceAccount: { displayName: 'a' },
    })
    expect(created.body).toMatchObject({
      email,
      displayName: 'a',
      uniqueId: expect.stringMatching(/^\d{21}$/),
    })
    const mask = {
      serviceAccount: { description: 'by slipway', displayName: 'b' },
      updateMask: 'description',
    }
    expect((await send(`PATCH ${accounts}/${email}`, mask)).body).toMatchObject({ description: 'by slipway' })
    expect((await send(`GET iam/v1/projects/-/serviceAccounts/${email}`)).body).toMatchObject({
      description: 'by slipway',
      displayName: 'a',
    })
    expect((await send(`GET ${accounts}`)).body.accounts).toHaveLength(1)
    expect((await send(`DELETE ${accounts}/${email}`)).body).toEqual({})
    const gone = await send(`GET ${accounts}/${email}`)
    expect([gone.status, messageOf(gone)]).toEqual([404, 'Unknown service account'])
    expect((await send(`GET ${accounts}`)).body).toEqual({})
  })

  test('pages through a list', async () => {
    const { emulator, send } = await emulate()
    for (let index = 0; index < 5; index++) emulator.seed().serviceAccount(`account-${index}`)
    const first = await send(`GET ${accounts}?pageSize=3`)
    expect(first.body.accounts).toHaveLength(3)
    const second = await send(`GET ${accounts}?pageSize=3&pageToken=${first.body.nextPageToken}`)
    expect([(second.body.accounts as unknown[]).length, second.body.nextPageToken]).toEqual([2, undefined])
  })

  test.each([
    ['a short id', { accountId: 'abc' }],
    ['capitals', { accountId: 'Abcdefg' }],
    ['a long description', { accountId: 'abcdefg', serviceAccount: { description: 'x'.repeat(257) } }],
    ['an unknown member', { accountId: 'abcdefg', serviceAcount: {} }],
  ])('refuses %s', async (_, body) => {
    const { send } = await emulate()
    expect((await send(`POST ${accounts}`, body)).status).toBe(400)
  })

  test('a new account flaps when told so, while creating it again says that it exists', async () => {
    const { send } = await emulate({ iamUnsettledReads: 4 })
    await send(`POST ${accounts}`, { accountId: 'prod-skypilot' })
    const statuses = []
    for (let read = 0; read < 6; read++) statuses.push((await send(`GET ${accounts}/${email}`)).status)
    expect(statuses).toEqual([200, 404, 200, 404, 200, 200])
    const again = await send(`POST ${accounts}`, { accountId: 'prod-skypilot' })
    expect([again.status, reasonOf(again)]).toEqual([409, 'alreadyExists'])
  })
})

describe('policies', () => {
  test('merges, sorts, and says version 1 without conditions', async () => {
    const { emulator, send } = await emulate()
    emulator.seed().serviceAccount('prod-skypilot')
    const bindings = [viewer, { role: 'roles/cloudsql.client', members: ['user:a@example.com', member] }]
    const { body } = await send(`POST ${project}:setIamPolicy`, { policy: { bindings, version: 3 } })
    expect(body).toMatchObject({
      version: 1,
      bindings: [{ role: 'roles/cloudsql.client', members: [member, 'user:a@example.com'] }],
    })
  })

  test('a stale etag is refused, none wins blindly', async () => {
    const { emulator, send } = await emulate()
    emulator.seed().serviceAccount('prod-skypilot')
    const { body: read } = await send(`POST ${project}:getIamPolicy`, {})
    const policy = { bindings: [viewer], etag: read.etag }
    expect((await send(`POST ${project}:setIamPolicy`, { policy })).status).toBe(200)
    const stale = await send(`POST ${project}:setIamPolicy`, { policy })
    expect([stale.status, stale.body.error]).toMatchObject([409, { status: 'ABORTED' }])
    expect((await send(`POST ${project}:setIamPolicy`, { policy: { bindings: [] } })).status).toBe(200)
  })

  test('an etag counts in the alphabet for URLs too, in which gcloud sends it', async () => {
    const { emulator, send } = await emulate()
    const found = emulator.state.find('acme-ml')
    if (found === undefined) throw new Error('no project')
    found.policy = { bindings: [], etag: '/Ei73NlW+4s=' }
    emulator.seed().serviceAccount('prod-skypilot')
    const policy = { bindings: [viewer], etag: '_Ei73NlW-4s=' }
    expect((await send(`POST ${project}:setIamPolicy`, { policy })).status).toBe(200)
  })

  test('keeps conditions and auditConfigs of version 3, and hides conditions from older readers', async () => {
    const { emulator, send } = await emulate()
    const condition = { title: 'office', expression: 'true' }
    const audit = { service: 'allServices', auditLogConfigs: [{ logType: 'ADMIN_READ' }] }
    emulator.seed().bindings([{ role: 'roles/viewer', members: ['user:a@example.com'], condition }], [audit])
    const three = { options: { requestedPolicyVersion: 3 } }
    const { body } = await send(`POST ${project}:getIamPolicy`, three)
    expect(body).toMatchObject({ version: 3, bindings: [{ condition }], auditConfigs: [audit] })
    const old = await send(`POST ${project}:getIamPolicy`, {})
    expect(old.body).toMatchObject({
      version: 1,
      bindings: [{ role: expect.stringContaining('_withcond_') }],
    })
    expect((await send(`POST ${project}:setIamPolicy`, { policy: { ...body, version: 1 } })).status).toBe(400)
    expect(
      (await send(`POST ${project}:setIamPolicy`, { policy: body, updateMask: 'bindings,etag' })).body,
    ).toMatchObject({
      auditConfigs: [audit],
      bindings: [{ condition }],
    })
  })

  test.each([
    ['an account that does not exist', [viewer], 'Service account'],
    [
      'a pool that does not exist',
      [{ role: 'roles/viewer', members: ['serviceAccount:acme-ml.svc.id.goog[a/b]'] }],
      'Identity Pool does not exist (acme-ml.svc.id.goog)',
    ],
    ['a member of no kind', [{ role: 'roles/viewer', members: ['somebody'] }], 'unknown type'],
    ['a role that is none', [{ role: 'viewer', members: ['user:a@example.com'] }], 'not supported'],
  ])('refuses %s', async (_, bindings, text) => {
    const { send } = await emulate()
    const refused = await send(`POST ${project}:setIamPolicy`, { policy: { bindings } })
    expect([refused.status, messageOf(refused)]).toEqual([400, expect.stringContaining(text)])
  })

  test('a Kubernetes service account can be named once a cluster has the pool', async () => {
    const { emulator, send } = await emulate()
    const seed = emulator.seed()
    seed.serviceAccount('prod-skypilot')
    const workloadIdentityConfig = { workloadPool: 'acme-ml.svc.id.goog' }
    await seed.cluster('us-central1-a', 'prod', { initialNodeCount: 1, workloadIdentityConfig })
    const members = ['serviceAccount:acme-ml.svc.id.goog[skypilot/prod-api-sa]']
    const policy = { bindings: [{ role: 'roles/iam.workloadIdentityUser', members }] }
    expect((await send(`POST ${accounts}/${email}:setIamPolicy`, { policy })).status).toBe(200)
    const read = await send(`POST ${accounts}/${email}:getIamPolicy?options.requestedPolicyVersion=3`)
    expect(read.body).toMatchObject({ bindings: [{ members }] })
  })

  test('a deleted account stays in policies, marked', async () => {
    const { emulator, send } = await emulate()
    emulator.seed().serviceAccount('prod-skypilot')
    await send(`POST ${project}:setIamPolicy`, { policy: { bindings: [viewer] } })
    const { body: account } = await send(`GET ${accounts}/${email}`)
    await send(`DELETE ${accounts}/${email}`)
    const { body } = await send(`POST ${project}:getIamPolicy`, {})
    expect(body.bindings).toEqual([{ ...viewer, members: [`deleted:${member}?uid=${account.uniqueId}`] }])
    expect((await send(`POST ${project}:setIamPolicy`, { policy: body })).status).toBe(200)
  })

  test('projects: number, permissions, v3, and one that is not there', async () => {
    const { emulator, send } = await emulate()
    const number = emulator.state.find('acme-ml')?.number
    expect((await send(`GET ${project}`)).body).toMatchObject({
      projectNumber: number,
      lifecycleState: 'ACTIVE',
    })
    expect((await send('GET cloudresourcemanager/v3/projects/acme-ml')).body.name).toBe(`projects/${number}`)
    expect((await send('POST cloudresourcemanager/v3/projects/acme-ml:getIamPolicy', {})).status).toBe(200)
    const permissions = ['container.clusters.list', 'secretmanager.versions.access']
    const held = await send(`POST ${project}:testIamPermissions`, { permissions }, 'planner')
    expect(held.body.permissions).toEqual(['container.clusters.list'])
    expect((await send('GET cloudresourcemanager/v1/projects/nowhere')).status).toBe(403)
  })
})
