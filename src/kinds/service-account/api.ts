import { z } from 'zod'
import type { JsonObject } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { understood } from '../shared/understood.ts'

/** The slice of iam v1, ServiceAccount, that is read. */
const accountSchema = z.object({
  email: z.string(),
  displayName: z.string().optional(),
  description: z.string().optional(),
  disabled: z.boolean().optional(),
})

/** A service account as IAM shows it. */
export type Account = z.infer<typeof accountSchema>

/** `ID@PROJECT.iam.gserviceaccount.com`; a project `example.com:p` turns round to `p.example.com`. */
export const emailOf = (id: string, project: string): string =>
  `${id}@${project.split(':').reverse().join('.')}.iam.gserviceaccount.com`

/** Where the accounts of a project are. */
export const accountsPath = (project: string): string => `/v1/projects/${project}/serviceAccounts`

/** All accounts of a project (iam v1, serviceAccounts.list). @throws GcpError */
export const listAccounts = async (
  gcp: GcpReader,
  project: string,
): Promise<ReadonlyMap<string, Account>> => {
  const found = await gcp.list('iam', accountsPath(project), 'accounts', { pageSize: 100 })
  const accounts = understood(
    z.array(accountSchema),
    found,
    'iam',
    `the service accounts of project ${project}`,
  )
  return new Map(accounts.map(account => [account.email, account]))
}

/** One account (iam v1, serviceAccounts.get). @throws GcpError */
export const getAccount = async (gcp: GcpReader, path: string): Promise<Account> =>
  understood(accountSchema, await gcp.get('iam', path), 'iam', path)

/** A description without and with the mark that stands behind it, since service accounts have no labels. */
export interface Described {
  readonly text: string
  /** The environment that the mark names, or null. */
  readonly mark: string | null
}

const marked = /^(?<text>.*?)\s*\[slipway-environment=(?<mark>[^\]\s]+)\]$/s

/** Takes a live description apart. */
export const splitDescription = (description = ''): Described => {
  const found = marked.exec(description)?.groups
  return found?.mark === undefined
    ? { text: description, mark: null }
    : { text: found.text ?? '', mark: found.mark }
}

/** What a live account says, in the words of the file, mark included. */
export const accountSpecOf = ({ displayName = '', description, disabled }: Account): JsonObject => {
  const { text, mark } = splitDescription(description)
  return {
    ...(displayName === '' ? {} : { displayName }),
    ...(text === '' ? {} : { description: text }),
    disabled: disabled === true,
    ...(mark === null ? {} : { mark }),
  }
}

/**
 * Puts a description together.
 * @throws SlipwayError if a foreign text leaves no room for the mark (iam v1: 256 bytes).
 */
export const joinDescription = ({ text, mark }: Described): string => {
  if (mark === null) return text
  const joined = `${text}${text === '' ? '' : ' '}[slipway-environment=${mark}]`
  if (Buffer.byteLength(joined) <= 256) return joined
  throw new SlipwayError('the description of the service account is too long to carry the mark as well', {
    advice: 'Set a `description` of at most 200 bytes in the file, or shorten it by hand.',
  })
}
