import { type ApiError, alreadyExists, badRequest, notFound } from '../errors.ts'
import { type JsonObject, objectAt, textAt, withoutNulls } from '../json.ts'
import { page } from '../paging.ts'
import { withDeletedAccount } from '../policy.ts'
import { type Call, param } from '../route.ts'
import { emptyPolicy, type Project, type ServiceAccount } from '../store.ts'

const bytes = (text: string): number => Buffer.byteLength(text)

function checkTexts(account: JsonObject): void {
  if (bytes(textAt(account, 'displayName') ?? '') > 100)
    throw badRequest('Invalid displayName: longer than 100 bytes.')
  if (bytes(textAt(account, 'description') ?? '') > 256)
    throw badRequest('Invalid description: longer than 256 bytes.')
}

/** 404 for an account that exists but is not visible yet has another text than one that never did. [R] */
const unknownAccount = (): ApiError => notFound('Unknown service account')

/**
 * The account that the path names, by email or unique id. Throws 404; for a new account every other read does so
 * while `iamUnsettledReads` last.
 */
export function findAccount(
  call: Call,
  reading = false,
): { readonly project: Project; readonly account: ServiceAccount } {
  const name = param(call, 'serviceAccountsId')
  const found = call.world.store.serviceAccount(name)
  const anywhere = call.params.projectsId === '-'
  if (found === undefined || (!anywhere && found.project !== call.project)) throw unknownAccount()
  if (reading && found.account.unsettledReads > 0) {
    found.account.unsettledReads--
    const passed = call.world.settings.iamUnsettledReads - found.account.unsettledReads
    const sees = call.world.settings.iamSees?.(passed) ?? passed % 2 === 1
    if (!sees)
      throw notFound(`Service account projects/${call.project.id}/serviceAccounts/${name} does not exist.`)
  }
  return found
}

/** iam v1, projects.serviceAccounts.create. */
export function createAccount({ world, project, body }: Call): JsonObject {
  const accountId = textAt(body, 'accountId') ?? ''
  if (!/^[a-z]([-a-z0-9]{4,28}[a-z0-9])$/.test(accountId)) {
    throw badRequest(
      'The account ID you entered is invalid: it must be between 6 and 30 characters, start with a letter and hold ' +
        'only lower-case letters, digits and dashes.',
    )
  }
  const email = `${accountId}@${project.id}.iam.gserviceaccount.com`
  if (project.serviceAccounts.has(email)) {
    throw alreadyExists(`Service account ${accountId} already exists within project projects/${project.id}.`)
  }
  const { displayName, description } = withoutNulls(objectAt(body, 'serviceAccount'))
  checkTexts({ displayName, description })
  const uniqueId = world.ids.longNumber()
  const resource: JsonObject = {
    name: `projects/${project.id}/serviceAccounts/${email}`,
    projectId: project.id,
    uniqueId,
    email,
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
    etag: world.ids.etag(),
    oauth2ClientId: uniqueId,
  }
  const unsettledReads = world.settings.iamUnsettledReads
  const policy = emptyPolicy(world.ids)
  project.serviceAccounts.set(email, { resource, policy, keys: new Map(), unsettledReads })
  return resource
}

/** iam v1, projects.serviceAccounts.get. */
export const getAccount = (call: Call): JsonObject => findAccount(call, true).account.resource

/** iam v1, projects.serviceAccounts.list. */
export function listAccounts({ project, query }: Call): JsonObject {
  const { items, nextPageToken } = page([...project.serviceAccounts.values()], query, 100)
  return { ...(items.length > 0 && { accounts: items.map(({ resource }) => resource) }), nextPageToken }
}

/** iam v1, projects.serviceAccounts.patch: the mask is in the body and names displayName and description only. */
export function patchAccount(call: Call): JsonObject {
  const { account } = findAccount(call)
  const sent = objectAt(call.body, 'serviceAccount')
  const mask = (textAt(call.body, 'updateMask') ?? '').split(',').filter(field => field !== '')
  const fields = mask.map(field => field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()))
  const wrong = fields.find(field => field !== 'displayName' && field !== 'description')
  if (fields.length === 0 || wrong !== undefined) throw badRequest(`Invalid update mask: ${mask.join(',')}`)
  checkTexts(sent)
  const changes = Object.fromEntries(fields.map(field => [field, sent[field] ?? '']))
  account.resource = { ...account.resource, ...changes, etag: call.world.ids.etag() }
  // The real answer holds what was changed, not the whole account. [R iamserviceaccount]
  return { name: account.resource.name, ...changes }
}

/** iam v1, projects.serviceAccounts.disable and .enable: an enabled account's answer has no `disabled`. */
export const switchAccount =
  (disabled: boolean) =>
  (call: Call): JsonObject => {
    const { account } = findAccount(call)
    const { disabled: _, ...rest } = account.resource
    account.resource = { ...rest, ...(disabled && { disabled }), etag: call.world.ids.etag() }
    return {}
  }

/** iam v1, projects.serviceAccounts.delete: the account stays in policies, marked as deleted. */
export function deleteAccount(call: Call): JsonObject {
  const { project, account } = findAccount(call)
  const email = textAt(account.resource, 'email') ?? ''
  const uniqueId = textAt(account.resource, 'uniqueId') ?? ''
  project.serviceAccounts.delete(email)
  for (const each of call.world.store.all) {
    each.policy = withDeletedAccount(each.policy, email, uniqueId)
    for (const other of each.serviceAccounts.values())
      other.policy = withDeletedAccount(other.policy, email, uniqueId)
  }
  return {}
}
