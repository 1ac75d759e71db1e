import { expect, test } from '@jest/globals'
import { checkEveryAnswer, emulate } from './support.ts'

checkEveryAnswer()

const services = 'serviceusage/v1/projects/acme-ml/services'

test('a new project has the basic services on, and enabling brings dependencies along', async () => {
  const { emulator, send } = await emulate({
    clock: 'manual',
    speed: 1,
    projects: [{ id: 'acme-ml', services: ['serviceusage'] }],
  })
  const { body: operation } = await send(`POST ${services}:batchEnable`, {
    serviceIds: ['container.googleapis.com', 'iam.googleapis.com'],
  })
  expect(operation).toMatchObject({ name: expect.stringMatching(/^operations\/acf\.p2-\d+-/) })
  expect(operation.done).toBeUndefined()
  expect((await send('GET compute/compute/v1/projects/acme-ml/zones')).status).toBe(403)
  emulator.clock.advance(20_000)
  const done = await send(`GET serviceusage/v1/${operation.name}`)
  expect(done.body).toMatchObject({ done: true, response: { services: [{ state: 'ENABLED' }, {}] } })
  expect((await send('GET compute/compute/v1/projects/acme-ml/zones')).status).toBe(200)
})

test('already enabled: done at once', async () => {
  const { send } = await emulate()
  const { body } = await send(`POST ${services}/container.googleapis.com:enable`, {})
  expect(body).toMatchObject({ done: true, response: { service: { state: 'ENABLED' } } })
  const both = await send(`POST ${services}:batchEnable`, {
    serviceIds: ['iam.googleapis.com', 'compute.googleapis.com'],
  })
  expect(both.body.name).toBe('operations/noop.DONE_OPERATION')
})

test('a service that was just enabled may still be refused', async () => {
  const { emulator, send } = await emulate({
    clock: 'manual',
    servicePropagation: 60_000,
    projects: [{ id: 'acme-ml' }],
  })
  emulator.state.find('acme-ml')?.services.delete('sqladmin.googleapis.com')
  await send(`POST ${services}/sqladmin.googleapis.com:enable`, {})
  expect((await send('GET sql/v1/projects/acme-ml/instances')).status).toBe(403)
  emulator.clock.advance(60_000)
  expect((await send('GET sql/v1/projects/acme-ml/instances')).status).toBe(200)
})

test('list, get, batchGet, disable', async () => {
  const { emulator, send } = await emulate()
  const number = emulator.state.find('acme-ml')?.number
  const masked = await send(
    `GET ${services}?filter=state:ENABLED&pageSize=200&fields=services(name,state),nextPageToken`,
  )
  expect(masked.body).toMatchObject({
    services: expect.arrayContaining([
      { name: `projects/${number}/services/iam.googleapis.com`, state: 'ENABLED' },
    ]),
  })
  expect((await send(`GET ${services}/iap.googleapis.com`)).body.state).toBe('DISABLED')
  const names =
    'names=projects/acme-ml/services/iap.googleapis.com&names=projects/acme-ml/services/iam.googleapis.com'
  expect((await send(`GET ${services}:batchGet?${names}`)).body.services).toMatchObject([
    { state: 'DISABLED' },
    { state: 'ENABLED' },
  ])
  expect((await send(`POST ${services}/compute.googleapis.com:disable`, {})).status).toBe(400)
  expect((await send(`POST ${services}/sqladmin.googleapis.com:disable`, {})).status).toBe(200)
  expect((await send(`GET ${services}/sqladmin.googleapis.com`)).body.state).toBe('DISABLED')
})

test.each([
  ['an unknown service', `POST ${services}/nothing.googleapis.com:enable`, {}, 403],
  [
    'more than twenty',
    `POST ${services}:batchEnable`,
    { serviceIds: Array(21).fill('iam.googleapis.com') },
    400,
  ],
  ['an unknown filter', `GET ${services}?filter=name:x`, undefined, 400],
  ['an unknown parameter', `GET ${services}?size=1`, undefined, 400],
  ['an operation that is not there', 'GET serviceusage/v1/operations/no', undefined, 404],
])('refuses %s', async (_, line, body, code) => {
  const { send } = await emulate()
  expect((await send(line, body)).status).toBe(code)
})
