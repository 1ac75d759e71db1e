import { describe, expect, test } from '@jest/globals'
import { startEmulator } from '../../../src/emulator/index.ts'

const ask = (url: string, path: string, more: RequestInit = {}) =>
  fetch(`${url}/${path}`, {
    headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
    ...more,
  })

describe('Google’s descriptions judge every test', () => {
  test('an answer that does not fit fails whoever closes the emulator', async () => {
    const emulator = await startEmulator()
    emulator.seed().serviceAccount('planted')
    const [account] = emulator.state.all[0]?.serviceAccounts.values() ?? []
    if (account === undefined) throw new Error('no account')
    account.resource = { ...account.resource, displayName: 5, planted: true }
    expect((await ask(emulator.url, 'iam/v1/projects/acme-ml/serviceAccounts')).status).toBe(200)
    const closed = emulator.close()
    await expect(closed).rejects.toThrow(/serviceAccounts\.list: .*accounts\[0\]\.display_name/)
    await expect(closed).rejects.toThrow(/Unknown name "planted"/)
  })

  test('one that fits does not, whatever part of it was asked for', async () => {
    const emulator = await startEmulator()
    emulator.seed().serviceAccount('fine-one')
    await ask(emulator.url, 'iam/v1/projects/acme-ml/serviceAccounts?fields=accounts/email')
    await expect(emulator.close()).resolves.toBeUndefined()
  })

  test.each([
    [
      'an unknown member',
      { accountId: 'account-1', serviceAccount: { display: 'x' } },
      'Unknown name "display"',
    ],
    ['a wrong type', { accountId: 7 }, "'account_id'"],
  ])('a request with %s is refused', async (_, body, text) => {
    const emulator = await startEmulator()
    const answer = await ask(emulator.url, 'iam/v1/projects/acme-ml/serviceAccounts', {
      method: 'POST',
      body: JSON.stringify(body),
    })
    const { error } = (await answer.json()) as { error: { message: string } }
    expect([answer.status, error.message]).toEqual([400, expect.stringContaining(text)])
    await emulator.close()
  })
})
