import { describe, expect, test } from '@jest/globals'
import { base, created } from './one-instance.ts'
import { checkEveryAnswer, messageOf } from './support.ts'

checkEveryAnswer()

describe('users', () => {
  const users = `${base}/instances/prod/users`
  const user = {
    name: 'e@acme-ml.iam',
    type: 'CLOUD_IAM_SERVICE_ACCOUNT',
    databaseRoles: ['cloudsqlsuperuser'],
  }

  test('roles show when one user is read, not in the list; postgres has no type', async () => {
    const { send } = await created()
    await send(`POST ${users}`, user)
    expect((await send(`GET ${users}/e%40acme-ml.iam`)).body.databaseRoles).toEqual(['cloudsqlsuperuser'])
    const { items } = (await send(`GET ${users}`)).body as { items: Record<string, unknown>[] }
    expect(items.map(({ name, type, databaseRoles }) => [name, type, databaseRoles])).toEqual([
      ['postgres', undefined, undefined],
      ['e@acme-ml.iam', 'CLOUD_IAM_SERVICE_ACCOUNT', undefined],
    ])
  })

  test('update takes roles from the query and ignores those in the body', async () => {
    const { send } = await created()
    await send(`POST ${users}`, user)
    await send(`PUT ${users}?name=e%40acme-ml.iam&databaseRoles=a&databaseRoles=b&revokeExistingRoles=true`, {
      databaseRoles: ['c'],
    })
    expect((await send(`GET ${users}/e%40acme-ml.iam`)).body.databaseRoles).toEqual(['a', 'b'])
    await send(`DELETE ${users}?name=e%40acme-ml.iam`)
    expect((await send(`GET ${users}/e%40acme-ml.iam`)).status).toBe(404)
  })

  test.each([
    ['the full email', { ...user, name: 'e@acme-ml.iam.gserviceaccount.com' }, 'without the suffix'],
    ['capitals', { ...user, name: 'E@acme-ml.iam' }, 'lower case'],
    ['a long name', { ...user, name: `${'e'.repeat(60)}@acme-ml.iam` }, 'too long'],
    ['a password of an IAM user', { ...user, password: 'x' }, 'password'],
    ['a second postgres', { name: 'postgres' }, 'already exists'],
  ])('insert refuses %s', async (_, body, text) => {
    const { send } = await created()
    const refused = await send(`POST ${users}`, body)
    expect([refused.status, messageOf(refused)]).toEqual([400, expect.stringContaining(text)])
  })

  test('insert refuses an IAM user without the flag', async () => {
    const { send } = await created({ databaseFlags: [] })
    const refused = await send(`POST ${users}`, user)
    expect([refused.status, messageOf(refused)]).toEqual([
      400,
      expect.stringContaining('cloudsql.iam_authentication'),
    ])
  })
})
