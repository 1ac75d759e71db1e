import { attributesOf, type Claims } from '../../core/cel/index.ts'
import { timestamp } from '../clock.ts'
import { ApiError, badRequest, permissionDenied } from '../errors.ts'
import { allowed, type Identity } from '../identities.ts'
import { isObject, type JsonObject, objectAt, textAt } from '../json.ts'
import { type Call, param, type Route, type World } from '../route.ts'

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

const invalidGrant = (message: string): ApiError => new ApiError(400, message, { status: 'INVALID_ARGUMENT' })

/** The claims of a JWT-shaped text; its signature is not looked at. */
function claimsOf(token: string): JsonObject {
  const payload = token.split('.')[1] ?? ''
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    if (isObject(claims)) return claims
  } catch {
    // Falls through to the same refusal as claims that are no object.
  }
  throw invalidGrant('Error connecting to the given credential’s issuer: the subject token is not a JWT.')
}

/**
 * Whom a token stands for: whatever its provider, if the project has it, makes of it; else what the settings say.
 * Throws 400 for one that the provider refuses.
 */
function federated(world: World, claims: JsonObject, audience: string): string | undefined {
  const found =
    /^\/\/iam\.googleapis\.com\/(projects\/([^/]+)\/.*\/workloadIdentityPools\/([^/]+))\/providers\/([^/]+)$/.exec(
      audience,
    )
  const [, pool = '', project = '', poolId = '', providerId = ''] = found ?? []
  const holder = world.store.find(project)?.pools.get(poolId)
  const provider = holder?.providers.get(providerId)
  if (holder === undefined || provider === undefined) return world.settings.federation(claims, audience)
  if ([holder.resource, provider].some(each => each.state === 'DELETED' || each.disabled === true))
    throw invalidGrant('The pool or provider is disabled or deleted.')
  const principals = principalsOf(pool, provider, claims)
  if (principals === undefined) return undefined
  const [email = ''] = principals
  world.identities.add({ email, principals })
  return email
}

/** What policies may call whoever the token stands for; its own name first. */
function principalsOf(pool: string, provider: JsonObject, claims: JsonObject): readonly string[] | undefined {
  const condition = textAt(provider, 'attributeCondition') ?? ''
  const mapping = objectAt(provider, 'attributeMapping') as Readonly<Record<string, string>>
  const attributes = attributesOf({ condition, mapping }, claims as Claims)
  if (attributes === undefined) return undefined
  const base = `iam.googleapis.com/${pool}`
  const sets = Object.entries(attributes).filter(([name]) => name.startsWith('attribute.'))
  return [
    `principal://${base}/subject/${attributes['google.subject']}`,
    `principalSet://${base}/*`,
    ...sets.map(([name, value]) => `principalSet://${base}/${name}/${value}`),
  ]
}

/** Whether the account's own policy lets one of the identity's principals act as it. */
function isTrusted({ store }: World, { principals = [] }: Identity, email: string): boolean {
  const bindings = store.serviceAccount(email)?.account.policy.bindings ?? []
  return bindings.some(
    ({ role, members }) =>
      ['roles/iam.workloadIdentityUser', 'roles/iam.serviceAccountTokenCreator'].includes(role) &&
      members.some(member => principals.includes(member)),
  )
}

/** sts v1, token: exchanges a subject token for one of whomever the federation maps its claims to. */
export function exchangeToken({ world, body }: Call): JsonObject {
  if (textAt(body, 'grantType') !== exchangeGrant) throw invalidGrant('Invalid value for "grantType".')
  const audience = textAt(body, 'audience') ?? ''
  if (audience === '') throw invalidGrant('Invalid value for "audience".')
  const claims = claimsOf(textAt(body, 'subjectToken') ?? '')
  const email = federated(world, claims, audience)
  if (email === undefined) throw invalidGrant('The given credential is rejected by the attribute condition.')
  return {
    access_token: world.identities.mint(email, 3600),
    issued_token_type: accessTokenType,
    token_type: 'Bearer',
    expires_in: 3600,
  }
}

/** iamcredentials v1, projects.serviceAccounts.generateAccessToken. */
export function generateAccessToken(call: Call): JsonObject {
  const { world, identity, body } = call
  const email = param(call, 'serviceAccountsId')
  const permission = 'iam.serviceAccounts.getAccessToken'
  const acts = identity.impersonates.includes(email) || isTrusted(world, identity, email)
  if (!acts && !allowed(identity, permission)) {
    throw permissionDenied(permission, `projects/-/serviceAccounts/${email}`, 'iam.googleapis.com')
  }
  if (!Array.isArray(body.scope) || body.scope.length === 0) throw badRequest('The scope field is required.')
  const seconds = Number(/^(\d+)s$/.exec(textAt(body, 'lifetime') ?? '3600s')?.[1])
  if (!(seconds > 0 && seconds <= 3600)) throw badRequest('The lifetime must be between 1s and 3600s.')
  const expireTime = timestamp(world.clock.now() + seconds * 1000).replace(/\.\d+Z$/, 'Z')
  return { accessToken: world.identities.mint(email, seconds), expireTime }
}

/** Security Token Service v1 and IAM Service Account Credentials v1: how tokens come to be. */
export const tokenRoutes: readonly Route[] = [
  { api: 'sts', method: 'sts.token', permission: undefined, anonymous: true, handle: exchangeToken },
  {
    api: 'iamcredentials',
    method: 'iamcredentials.projects.serviceAccounts.generateAccessToken',
    permission: undefined,
    handle: generateAccessToken,
  },
]
