import { ApiError, badRequest } from './errors.ts'
import { fingerprint } from './ids.ts'
import { at, canonical, isObject, type JsonObject, listAt, objectAt, textAt } from './json.ts'
import { checkMember } from './policy-members.ts'
import type { World } from './route.ts'
import type { Binding, Policy } from './store.ts'

const conditionKey = (condition: JsonObject | undefined): string => JSON.stringify(canonical(condition))

/** One binding a role and condition, members without repetition and in order; empty ones are dropped. */
function merged(bindings: readonly Binding[]): readonly Binding[] {
  const byKey = new Map<string, Binding>()
  for (const binding of bindings) {
    const key = `${binding.role} ${conditionKey(binding.condition)}`
    const members = [...new Set([...(byKey.get(key)?.members ?? []), ...binding.members])].sort()
    if (members.length > 0) byKey.set(key, { ...binding, members })
  }
  return [...byKey.values()].sort((a, b) => (a.role < b.role ? -1 : a.role > b.role ? 1 : 0))
}

function readBinding(binding: JsonObject): Binding {
  const role = textAt(binding, 'role') ?? ''
  if (!/^(roles\/|projects\/[^/]+\/roles\/|organizations\/[^/]+\/roles\/)[\w.]+$/.test(role)) {
    throw badRequest(`Role (${role}) is not supported for this resource.`)
  }
  const condition = binding.condition
  return {
    role,
    members: listAt(binding, 'members').map(String),
    ...(isObject(condition) && { condition }),
  }
}

/** Members of deleted accounts stay as they are: Google's own form of them is accepted back. */
function checkMembers(world: World, bindings: readonly Binding[]): void {
  for (const { members } of bindings) for (const member of members) checkMember(world.store, member)
}

/** Bytes come in either alphabet of base64 (proto3 JSON mapping); gcloud sends the one for URLs. */
const sameBytes = (a: string, b: string): boolean => Buffer.from(a, 'base64').equals(Buffer.from(b, 'base64'))

/**
 * The policy after a `setIamPolicy` with this body. Throws 409 ABORTED for a stale etag and 400 for a member that does
 * not exist, a role that is none, or a condition in a policy that does not say version 3. Without an etag the write
 * wins blindly, as in reality.
 */
export function changedPolicy(world: World, current: Policy, body: JsonObject): Policy {
  const sent = objectAt(body, 'policy')
  const etag = textAt(sent, 'etag')
  if (etag !== undefined && etag !== '' && !sameBytes(etag, current.etag))
    throw concurrentChange(etag, current.etag)
  const bindings = listAt(sent, 'bindings').filter(isObject).map(readBinding)
  if (bindings.some(({ condition }) => condition) && sent.version !== 3) {
    throw badRequest('Policies with conditions must be written with version 3.')
  }
  checkMembers(world, bindings)
  const mask = textAt(body, 'updateMask')?.split(',') ?? ['bindings', 'etag', 'auditConfigs']
  const audit = mask.includes('auditConfigs')
    ? listAt(sent, 'auditConfigs').filter(isObject)
    : (current.auditConfigs ?? [])
  return {
    bindings: mask.includes('bindings') ? merged(bindings) : current.bindings,
    ...(audit.length > 0 && { auditConfigs: audit }),
    etag: world.ids.etag(),
  }
}

function concurrentChange(sent: string, actual: string): ApiError {
  const message =
    'There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff. ' +
    `The request's ETag '${sent}' did not match the current policy's ETag '${actual}'.`
  return new ApiError(409, message, { status: 'ABORTED', reason: 'aborted' })
}

/**
 * The policy as it is read. Who asks for less than version 3 sees a conditional binding under a made-up role name
 * and without its condition: writing that back would destroy it.
 */
export function policyView(policy: Policy, requestedVersion: number): JsonObject {
  const conditional = policy.bindings.some(({ condition }) => condition)
  const version = conditional && requestedVersion >= 3 ? 3 : 1
  const bindings = policy.bindings.map(({ role, members, condition }) => {
    if (condition === undefined) return { role, members }
    if (version === 3) return { role, members, condition }
    return { role: `${role}_withcond_${fingerprint(conditionKey(condition), 20)}`, members }
  })
  return {
    version,
    etag: policy.etag,
    ...(bindings.length > 0 && { bindings }),
    ...(policy.auditConfigs && { auditConfigs: policy.auditConfigs }),
  }
}

/** The version that a `getIamPolicy` asks for: in the body (projects) or in the query (service accounts). */
export function requestedVersion(body: JsonObject, query: URLSearchParams): number {
  const inBody = at(body, 'options', 'requestedPolicyVersion')
  return Number(query.get('options.requestedPolicyVersion') ?? inBody ?? 1)
}

/** The policy after its account is gone: the member stays, marked as deleted. */
export function withDeletedAccount(policy: Policy, email: string, uniqueId: string): Policy {
  const member = `serviceAccount:${email}`
  const bindings = policy.bindings.map(binding => ({
    ...binding,
    members: binding.members.map(each => (each === member ? `deleted:${member}?uid=${uniqueId}` : each)),
  }))
  return { ...policy, bindings: merged(bindings) }
}
