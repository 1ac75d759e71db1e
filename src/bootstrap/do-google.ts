import { type Gcp, GcpError } from '../gcp/port.ts'
import { getPolicy, setPolicy, type Target, targetOf } from '../kinds/grant/api.ts'
import { newcomer } from '../kinds/grant/member.ts'
import { holds, type Membership, type Policy, withMember, withoutMember } from '../kinds/grant/policy.ts'
import { enableByName } from '../kinds/service/enable.ts'
import { unlessAbsent } from '../kinds/shared/calls.ts'
import { rewriting } from '../kinds/shared/rewriting.ts'
import { titles } from '../setup/google-commands.ts'
import { emailOf, issuer, names } from '../setup/names.ts'
import { connectPermissions } from '../setup/roles.ts'
import type { GoogleStep } from '../setup/steps.ts'
import { poolTitle, providerTitle } from '../setup/trust.ts'
import { poolPath, poolsPath } from './observe-project.ts'

/** Does one step. What an earlier, stopped run has done already is taken as done. @throws GcpError */
export const doGoogle = async (gcp: Gcp, step: GoogleStep): Promise<void> => {
  switch (step.do) {
    case 'enable-services':
      return enableByName(step.project, step.services, gcp)
    case 'make-account':
      return makeAccount(gcp, step)
    case 'make-role':
      return makeRole(gcp, step)
    case 'grant':
      return grant(gcp, step)
    case 'make-pool':
      return makePool(gcp, step)
    case 'make-provider':
      return makeProvider(gcp, step)
    default:
      return step satisfies never
  }
}

/** Runs a creation; 409 says that an earlier, unanswered attempt was taken. */
const unlessThere = async (create: () => Promise<void>): Promise<void> => {
  try {
    await create()
  } catch (error) {
    if (!(error instanceof GcpError && error.failure === 'exists')) throw error
  }
}

const makeAccount = (gcp: Gcp, { project, part }: Extract<GoogleStep, { do: 'make-account' }>) =>
  unlessThere(async () => {
    await gcp.write<unknown>({
      method: 'POST',
      api: 'iam',
      path: `/v1/projects/${project}/serviceAccounts`,
      body: { accountId: names[part], serviceAccount: { displayName: titles[part] } },
    })
  })

const makeRole = async (
  gcp: Gcp,
  { project, how }: Extract<GoogleStep, { do: 'make-role' }>,
): Promise<void> => {
  const path = `/v1/projects/${project}/roles`
  const role = { includedPermissions: connectPermissions, title: titles.role, stage: 'GA' }
  const own = `${path}/${names.connectRole}`
  const send = (method: 'POST' | 'PATCH', to: string, body: unknown, updateMask?: string) =>
    gcp.write<unknown>({ method, api: 'iam', path: to, body, query: { updateMask } })
  if (how === 'create')
    return unlessThere(async () => void (await send('POST', path, { roleId: names.connectRole, role })))
  if (how === 'undelete') await send('POST', `${own}:undelete`, {})
  await send('PATCH', own, role, 'includedPermissions,title,stage')
}

/** iam v1, …operations.get: operations of pools and of providers. */
const finished = async (gcp: Gcp, operation: { readonly name: string; readonly done?: boolean }) => {
  if (operation.done !== true) await gcp.wait('iam', `/v1/${operation.name}`)
}

const change = async (
  gcp: Gcp,
  method: 'POST' | 'PATCH',
  path: string,
  body: unknown,
  query: Readonly<Record<string, string>> = {},
): Promise<void> =>
  finished(gcp, await gcp.write<{ name: string }>({ method, api: 'iam', path, body, query }))

const makePool = async (
  gcp: Gcp,
  { project, how }: Extract<GoogleStep, { do: 'make-pool' }>,
): Promise<void> => {
  if (how === 'undelete') return change(gcp, 'POST', `${poolPath(project)}:undelete`, {})
  await unlessThere(() =>
    change(
      gcp,
      'POST',
      poolsPath(project),
      { displayName: poolTitle },
      { workloadIdentityPoolId: names.pool },
    ),
  )
  // After a 409 the pool may still be on its way.
  await gcp.until(`the pool ${names.pool}`, 120, () => unlessAbsent(() => gcp.get('iam', poolPath(project))))
}

const makeProvider = async (
  gcp: Gcp,
  { project, how, condition, mapping }: Extract<GoogleStep, { do: 'make-provider' }>,
): Promise<void> => {
  const path = `${poolPath(project)}/providers`
  const own = `${path}/${names.provider}`
  const settings = {
    attributeCondition: condition,
    attributeMapping: mapping,
    oidc: { issuerUri: issuer, allowedAudiences: [] },
  }
  const update = () =>
    change(gcp, 'PATCH', own, settings, {
      updateMask: 'attributeCondition,attributeMapping,oidc.issuerUri,oidc.allowedAudiences,oidc.jwksJson',
    })
  if (how === 'create')
    return unlessThere(() =>
      change(
        gcp,
        'POST',
        path,
        { displayName: providerTitle, ...settings, oidc: { issuerUri: issuer } },
        { workloadIdentityPoolProviderId: names.provider },
      ),
    )
  if (how === 'undelete') await change(gcp, 'POST', `${own}:undelete`, {})
  await update()
}

/** Seconds for which a policy may still be read as it was before our write. */
const patience = 300

const grant = async (
  gcp: Gcp,
  { project, on, add, drop }: Extract<GoogleStep, { do: 'grant' }>,
): Promise<void> => {
  const target = targetOf({
    target: { project, ...(on === 'project' ? {} : { serviceAccount: emailOf(on, project) }) },
  })
  const edit = (policy: Policy): Policy => drop.reduce(withoutMember, add.reduce(withMember, policy))
  await rewriting(
    gcp,
    `the policy of ${target.path}`,
    {},
    () => rewrite(gcp, target, edit, add),
    isNotSeenYet,
  )
  await gcp.until(`the policy of ${target.path} to show the change`, patience, async () => {
    const policy = await unlessAbsent(() => getPolicy(gcp, target))
    if (policy === undefined) return undefined
    const isDone = add.every(one => holds(policy, one)) && !drop.some(one => holds(policy, one))
    return isDone ? true : undefined
  })
}

const rewrite = async (
  gcp: Gcp,
  target: Target,
  edit: (policy: Policy) => Policy,
  add: readonly Membership[],
): Promise<void> => {
  const policy = await getPolicy(gcp, target)
  const edited = edit(policy)
  if (edited === policy) return
  await setPolicy(
    gcp,
    target,
    edited,
    error => isComing(error, add),
    async () => {
      const now = await getPolicy(gcp, target)
      return edit(now) === now ? now : undefined
    },
  )
}

/** An account that was made a moment ago is there in one read and gone in the next. */
const isNotSeenYet = (error: unknown): boolean =>
  error instanceof GcpError && error.api === 'iam' && error.failure === 'absent'

/** IAM does not see yet whom we name. */
const isComing = ({ failure, answer }: GcpError, add: readonly Membership[]): boolean =>
  failure === 'invalid' &&
  /does not exist/i.test(answer) &&
  add.some(({ member }) => answer.toLowerCase().includes(newcomer(member) ?? '\0'))
