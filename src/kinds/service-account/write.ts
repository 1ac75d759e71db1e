import type { JsonObject } from '../../core/json.ts'
import type { Outputs } from '../../core/reference.ts'
import { type Gcp, GcpError } from '../../gcp/port.ts'
import { text as textAt, type Work } from '../kind.ts'
import { unlessAbsent } from '../shared/calls.ts'
import { requireAdoptable, requireNotForeign, requireOurs } from '../shared/ours.ts'
import { type Account, accountsPath, emailOf, getAccount, joinDescription, splitDescription } from './api.ts'

/** Seconds that IAM may take until it shows a change in every read. */
const patience = 240

/** Reads of a new account go 200, 404, 200, 404: only this many good ones in a row are believed. */
const goodReads = 3

const pathOf = ({ spec }: Pick<Work, 'spec'>): string => {
  const project = textAt(spec, 'project')
  return `${accountsPath(project)}/${emailOf(textAt(spec, 'id'), project)}`
}

/** The fields that changes may name. */
type Wanted = Readonly<Record<string, unknown>>

const optional = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Makes an account, or takes up one that an earlier run has made. @throws GcpError, SlipwayError */
export const createAccount = async (work: Work, gcp: Gcp): Promise<Outputs> => {
  const path = pathOf(work)
  work.signal.throwIfAborted()
  const isNew = await makeAccount(work, gcp, path)
  work.progress('made; waiting until IAM shows it')
  const account = await settled(gcp, path, () => true)
  if (!isNew) requireOurs(work, splitDescription(account.description).mark)
  return bring(work, gcp, path, account, work.spec)
}

/** True if it was made now, false if it was there (409, also after a 404 of our own). */
const makeAccount = async ({ spec }: Work, gcp: Gcp, path: string): Promise<boolean> => {
  const displayName = optional(spec.displayName)
  const description = joinDescription({ text: optional(spec.description) ?? '', mark: textAt(spec, 'mark') })
  try {
    await gcp.write<unknown>({
      method: 'POST',
      api: 'iam',
      path: accountsPath(textAt(spec, 'project')),
      body: {
        accountId: textAt(spec, 'id'),
        serviceAccount: { ...(displayName === undefined ? {} : { displayName }), description },
      },
      lookUp: () => unlessAbsent<unknown>(() => getAccount(gcp, path)),
    })
    return true
  } catch (error) {
    if (error instanceof GcpError && error.failure === 'exists') return false
    throw error
  }
}

/** Makes just the given changes. @throws GcpError, SlipwayError */
export const updateAccount = async (work: Work, gcp: Gcp): Promise<Outputs> => {
  const path = pathOf(work)
  const wanted = Object.fromEntries(work.changes.map(({ path: [field = ''], to }) => [field, to]))
  const account = await settled(gcp, path, () => true)
  requireAdoptable(work, splitDescription(account.description).mark)
  return bring(work, gcp, path, account, wanted)
}

/** Sends what differs between an account and what is wanted, and waits until reads show it. */
const bring = async (
  work: Work,
  gcp: Gcp,
  path: string,
  account: Account,
  wanted: Wanted,
): Promise<Outputs> => {
  const fields = textsToSend(account, wanted)
  if (Object.keys(fields).length > 0) {
    work.signal.throwIfAborted()
    // The mask goes into the body and knows these two fields only (iam v1, serviceAccounts.patch).
    const body = { serviceAccount: fields, updateMask: Object.keys(fields).join(',') }
    await gcp.write({ method: 'PATCH', api: 'iam', path, body })
  }
  const disabled = wanted.disabled
  const turns = typeof disabled === 'boolean' && disabled !== (account.disabled === true)
  if (turns) {
    work.signal.throwIfAborted()
    await gcp.write({
      method: 'POST',
      api: 'iam',
      path: `${path}:${disabled ? 'disable' : 'enable'}`,
      body: {},
    })
  }
  if (turns || Object.keys(fields).length > 0)
    await settled(
      gcp,
      path,
      seen =>
        Object.keys(textsToSend(seen, wanted)).length === 0 &&
        (!turns || (seen.disabled === true) === disabled),
    )
  return { email: account.email }
}

const textsToSend = (account: Account, wanted: Wanted): JsonObject => {
  const live = splitDescription(account.description)
  const displayName = optional(wanted.displayName) ?? account.displayName ?? ''
  const text = optional(wanted.description)
  const mark = optional(wanted.mark)
  const description =
    text === undefined && mark === undefined
      ? (account.description ?? '')
      : joinDescription({ text: text ?? live.text, mark: mark ?? live.mark })
  return {
    ...(displayName === (account.displayName ?? '') ? {} : { displayName }),
    ...(description === (account.description ?? '') ? {} : { description }),
  }
}

/** The account once `goodReads` reads in a row show it as `fits` wants it. */
const settled = async (gcp: Gcp, path: string, fits: (account: Account) => boolean): Promise<Account> => {
  let good = 0
  return gcp.until(`IAM to show ${path} steadily`, patience, async () => {
    const account = await unlessAbsent(() => getAccount(gcp, path))
    good = account !== undefined && fits(account) ? good + 1 : 0
    return good >= goodReads ? account : undefined
  })
}

/** Deletes an account; one that is gone already is fine. @throws GcpError, SlipwayError */
export const removeAccount = async (work: Work, gcp: Gcp): Promise<void> => {
  const path = pathOf(work)
  const account = await unlessAbsent(() => getAccount(gcp, path))
  if (account === undefined) return
  requireNotForeign(work, splitDescription(account.description).mark)
  work.signal.throwIfAborted()
  await unlessAbsent(() => gcp.write({ method: 'DELETE', api: 'iam', path }))
  await gcp.until(`IAM to show that ${path} is gone`, patience, async () =>
    (await unlessAbsent(() => getAccount(gcp, path))) === undefined ? true : undefined,
  )
}
