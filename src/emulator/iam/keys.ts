import { timestamp } from '../clock.ts'
import { badRequest, notFound } from '../errors.ts'
import { type JsonObject, textAt } from '../json.ts'
import { type Call, param } from '../route.ts'
import { findAccount } from './service-accounts.ts'

/** iam v1, projects.serviceAccounts.keys.create. The private key is none: nobody can sign with it. */
export function createKey(call: Call): JsonObject {
  const { account } = findAccount(call)
  if (account.keys.size >= 10) throw badRequest('Maximum number of keys on account reached.')
  const id = call.world.ids.hex(40)
  const key: JsonObject = {
    name: `${textAt(account.resource, 'name')}/keys/${id}`,
    keyAlgorithm: 'KEY_ALG_RSA_2048',
    keyOrigin: 'GOOGLE_PROVIDED',
    keyType: 'USER_MANAGED',
    validAfterTime: timestamp(call.world.clock.now()).replace(/\.\d+Z$/, 'Z'),
    validBeforeTime: '9999-12-31T23:59:59Z',
  }
  account.keys.set(id, key)
  const file = JSON.stringify({ type: 'service_account', client_email: textAt(account.resource, 'email') })
  return {
    ...key,
    privateKeyType: 'TYPE_GOOGLE_CREDENTIALS_FILE',
    privateKeyData: Buffer.from(file).toString('base64'),
  }
}

/** iam v1, projects.serviceAccounts.keys.list; Google's own keys are left out, as `keyTypes=USER_MANAGED` has it. */
export function listKeys(call: Call): JsonObject {
  const keys = [...findAccount(call).account.keys.values()]
  return keys.length > 0 ? { keys } : {}
}

/** iam v1, projects.serviceAccounts.keys.delete. */
export function deleteKey(call: Call): JsonObject {
  const { account } = findAccount(call)
  if (!account.keys.delete(param(call, 'keysId'))) throw notFound('Unknown service account key')
  return {}
}
