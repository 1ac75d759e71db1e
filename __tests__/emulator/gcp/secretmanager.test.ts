import { expect, test } from '@jest/globals'
import { checkEveryAnswer, emulate, messageOf } from './support.ts'

checkEveryAnswer()

const secrets = 'secretmanager/v1/projects/acme-ml/secrets'
const data = Buffer.from('hunter2').toString('base64')
const body = { replication: { automatic: {} }, labels: { env: 'prod' } }

test('secret: create, read, list, patch, delete', async () => {
  const { emulator, send } = await emulate()
  const number = emulator.state.find('acme-ml')?.number
  expect((await send(`POST ${secrets}?secretId=login`, body)).body).toMatchObject({
    name: `projects/${number}/secrets/login`,
    etag: expect.stringMatching(/^".+"$/),
  })
  const { body: patched } = await send(`PATCH ${secrets}/login?updateMask=labels,annotations`, {
    annotations: { a: 'b' },
  })
  expect([patched.labels, patched.annotations]).toEqual([undefined, { a: 'b' }])
  expect((await send(`GET ${secrets}`)).body).toMatchObject({ totalSize: 1 })
  expect((await send(`DELETE ${secrets}/login`)).body).toEqual({})
  const gone = await send(`GET ${secrets}/login`)
  expect([gone.status, messageOf(gone)]).toEqual([
    404,
    `Secret [projects/${number}/secrets/login] not found.`,
  ])
  expect((gone.body.error as Record<string, unknown>).errors).toBeUndefined()
})

test('versions: add, latest, disable, enable, destroy', async () => {
  const { send } = await emulate()
  await send(`POST ${secrets}?secretId=login`, body)
  await send(`POST ${secrets}/login:addVersion`, { payload: { data } })
  const access = await send(`GET ${secrets}/login/versions/latest:access`)
  expect(access.body).toMatchObject({ payload: { data, dataCrc32c: expect.stringMatching(/^\d+$/) } })
  const { dataCrc32c } = access.body.payload as { dataCrc32c: string }
  expect((await send(`POST ${secrets}/login:addVersion`, { payload: { data, dataCrc32c } })).status).toBe(200)
  expect(
    (await send(`POST ${secrets}/login:addVersion`, { payload: { data, dataCrc32c: '1' } })).status,
  ).toBe(400)
  await send(`POST ${secrets}/login/versions/2:disable`, {})
  const refused = await send(`GET ${secrets}/login/versions/latest:access`)
  expect([refused.status, messageOf(refused)]).toEqual([400, expect.stringContaining('DISABLED state')])
  await send(`POST ${secrets}/login/versions/2:enable`, {})
  expect((await send(`GET ${secrets}/login/versions/2`)).body.state).toBe('ENABLED')
  await send(`POST ${secrets}/login/versions/1:destroy`, {})
  expect((await send(`POST ${secrets}/login/versions/1:enable`, {})).status).toBe(400)
  const { versions } = (await send(`GET ${secrets}/login/versions`)).body as { versions: { state: string }[] }
  expect(versions.map(({ state }) => state)).toEqual(['ENABLED', 'DESTROYED'])
  const enabled = await send(`GET ${secrets}/login/versions?filter=state:ENABLED`)
  expect(enabled.body.versions).toHaveLength(1)
})

test.each([
  ['a taken name', `POST ${secrets}?secretId=taken`, body, 409],
  ['a bad name', `POST ${secrets}?secretId=a.b`, body, 400],
  ['no replication', `POST ${secrets}?secretId=a`, {}, 400],
  ['a patch without mask', `PATCH ${secrets}/taken`, {}, 400],
  ['a patch of what never changes', `PATCH ${secrets}/taken?updateMask=replication`, {}, 400],
  ['a stale etag', `DELETE ${secrets}/taken?etag=%22old%22`, undefined, 400],
  ['a version that is not there', `GET ${secrets}/taken/versions/9`, undefined, 404],
])('refuses %s', async (_, line, sent, code) => {
  const { emulator, send } = await emulate()
  emulator.seed().secret('taken', ['x'])
  expect((await send(line, sent)).status).toBe(code)
})

test('the planner sees versions, never payloads', async () => {
  const { emulator, send } = await emulate()
  emulator.seed().secret('login', ['hunter2'])
  expect((await send(`GET ${secrets}/login/versions`, undefined, 'planner')).status).toBe(200)
  const refused = await send(`GET ${secrets}/login/versions/1:access`, undefined, 'planner')
  expect([refused.status, messageOf(refused)]).toEqual([
    403,
    expect.stringContaining('secretmanager.versions.access'),
  ])
  expect(JSON.stringify(await emulator.snapshot())).not.toContain(data)
})
