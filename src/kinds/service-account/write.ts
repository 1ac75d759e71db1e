import type { Change } from '../../core/change.ts'
import { equal, type JsonObject, valueAt } from '../../core/json.ts'
import type { Outputs } from '../../core/reference.ts'
import { type Gcp, GcpError } from '../../gcp/port.ts'
import { text as textAt, type Work } from '../kind.ts'
import { unlessAbsent } from '../shared/calls.ts'
import { requireNotForeign, requireOurs } from '../shared/ours.ts'
import { inTurns } from '../shared/turns.ts'
import {
  type Account,
  accountSpecOf,
  accountsPath,
  emailOf,
  getAccount,
  joinDescription,
  splitDescription,
} from './api.ts'
import { serviceAccountRules } from './rules.ts'

/** Seconds that IAM may take until it shows a change in every read. */
const patience = 240

/** Reads of a new account go 200, 404, 200, 404: only this many good ones in a row are believed. */
const goodReads = 3

const pathOf = ({ spec }: Pick<Work, 'spec'>): string => {
  const project = textAt(spec, 'project')
  return `${accountsPath(project)}/${emailOf(textAt(spec, 'id'), project)}`
}

const optional = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Makes an account, or takes up one that an earlier run has made. @throws GcpError, SlipwayError */
export const createAccount = async (work: Work, gcp: Gcp): Promise<Outputs> => {
  const path = pathOf(work)
  work.signal.throwIfAborted()
  const isNew = await makeAccount(work, gcp, path)
  work.progress('made; waiting until IAM shows it')
  const account = await settled(gcp, path, () => true)
  requireOurs(work, splitDescription(account.description).mark)
  await bring(work, gcp, path, missingIn(work.spec, account, isNew ? ['disabled'] : undefined))
  return { email: account.email }
}

/** What a create did not bring, or one of an earlier run: of the fields named, or of all. */
const missingIn = (spec: JsonObject, account: Account, fields?: readonly string[]): readonly Change[] => {
  const live = accountSpecOf(account)
  return (fields ?? ['displayName', 'description', 'disabled']).flatMap((field): readonly Change[] => {
    const [from, to] = [live[field], spec[field]]
    if (to === undefined || from === to) return []
    const change = { path: [field], to, effect: 'in-place', cause: 'file' } as const
    return [from === undefined ? change : { ...change, from }]
  })
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
  const { email } = await settled(gcp, path, () => true)
  await bring(work, gcp, path, work.changes)
  return { email }
}

/** Sends what is still due of some changes, and waits until reads show them. Neither call takes a precondition. */
const bring = async (work: Work, gcp: Gcp, path: string, changes: readonly Change[]): Promise<void> => {
  const isSwitch = ({ path: [field] }: Change): boolean => field === 'disabled'
  await inTurns<Account>(gcp, work, {
    what: path,
    rules: serviceAccountRules,
    read: () => getAccount(gcp, path),
    isPassing: isNotSeenYet,
    specOf: accountSpecOf,
    turns: [
      {
        changes: changes.filter(change => !isSwitch(change)),
        write: (account, due) => rewrite(gcp, path, textsOf(account, due)),
      },
      {
        changes: changes.filter(isSwitch),
        write: async (_, [change]) => {
          const verb = change?.to === true ? 'disable' : 'enable'
          await gcp.write({ method: 'POST', api: 'iam', path: `${path}:${verb}`, body: {} })
        },
      },
    ],
  })
  const isDone = (account: Account) =>
    changes.every(change => equal(valueAt(accountSpecOf(account), change.path), change.to))
  if (changes.length > 0) await settled(gcp, path, isDone)
}

/** An account that was made a moment ago is there in one read and gone in the next. */
const isNotSeenYet = (error: unknown): boolean => error instanceof GcpError && error.failure === 'absent'

/** The mask goes into the body and knows these two fields only (iam v1, serviceAccounts.patch). */
const rewrite = async (gcp: Gcp, path: string, fields: JsonObject): Promise<void> => {
  const body = { serviceAccount: fields, updateMask: Object.keys(fields).join(',') }
  await gcp.write({ method: 'PATCH', api: 'iam', path, body })
}

/** The texts with changes made to them; mark and description are one text, of which what is not changed stays. */
const textsOf = (account: Account, changes: readonly Change[]): JsonObject => {
  const live = splitDescription(account.description)
  const to = (field: string) => optional(changes.find(({ path: [first] }) => first === field)?.to)
  const [displayName, text, mark] = [to('displayName'), to('description'), to('mark')]
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(text === undefined && mark === undefined
      ? {}
      : { description: joinDescription({ text: text ?? live.text, mark: mark ?? live.mark }) }),
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
