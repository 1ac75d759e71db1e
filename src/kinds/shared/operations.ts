import { z } from 'zod'
import { type Api, type Gcp, GcpError, type Write } from '../../gcp/port.ts'
import { understood } from './understood.ts'

/** The slice of an Operation of container v1, sqladmin v1 or compute v1 that is read. */
export const operationSchema = z.object({
  name: z.string(),
  status: z.string().optional(),
  /** What it works on, as a link. */
  targetLink: z.string().optional(),
})

/** An operation as its API shows it. */
export type Operation = z.infer<typeof operationSchema>

/** A cluster or an instance: Google runs one operation at a time on it. */
export interface Site {
  readonly api: Api
  /** Its own path. */
  readonly path: string
  /** The collection that it is in, for a create. */
  readonly collection: string
  /** The collection that its operations are in. */
  readonly operations: string
  /** The operation that runs on it or below it, if there is one. @throws GcpError */
  readonly running: (gcp: Gcp) => Promise<Operation | undefined>
}

/** A write on a site, below it, or that makes it. */
export interface SiteWrite extends Pick<Write<never>, 'method' | 'body' | 'query' | 'waitOut'> {
  /** What follows the site's path, for example `/users`; the site itself if left out. */
  readonly below?: string
  /** True for a create of the site itself. */
  readonly makes?: true
  /**
   * Whether what it wants is so already; asked only after a lost answer or a forgotten operation, and then it decides:
   * what runs on the site may be anybody's (Cloud SQL's own backup, GKE's upgrade). Without it what runs is taken for
   * the answer.
   */
  readonly done?: () => Promise<boolean>
}

/** Stands for the answer of a write that was lost while its operation ran to its end. */
const ended: Operation = { name: '' }

/**
 * Sends a write and waits for its operation. After a lost answer what runs on the site is waited for, then it is looked
 * whether that was it.
 * @throws GcpError if it is refused or its operation ends with an error.
 */
export const run = async (
  gcp: Gcp,
  site: Site,
  { method, body, query, waitOut, done, makes, below = '' }: SiteWrite,
  progress: (text: string) => void,
): Promise<void> => {
  const path = makes === true ? site.collection : `${site.path}${below}`
  const answer = await gcp.write<unknown>({
    method,
    api: site.api,
    path,
    ...(body === undefined ? {} : { body }),
    ...(query === undefined ? {} : { query }),
    ...(waitOut === undefined ? {} : { waitOut }),
    lookUp: async () => {
      const running = await site.running(gcp)
      // Nothing but its create can run on what was not there.
      if (running !== undefined && (done === undefined || makes === true)) return running
      if (running !== undefined) await untilEnded(gcp, site, running, progress)
      return (await done?.()) ? ended : undefined
    },
  })
  const { name } = understood(operationSchema, answer, site.api, `the operation of ${method} ${path}`)
  if (name === ended.name) return
  try {
    await gcp.wait(site.api, `${site.operations}/${name}`, progress)
  } catch (error) {
    // Cloud SQL may forget the delete of an instance with the instance (hashicorp/terraform-provider-google#13887).
    if (!isForgotten(error) || done === undefined) throw error
    await gcp.until(`the end of ${method} ${path}`, forgottenLimit, async () => (await done()) || undefined)
  }
}

/** Seconds that the end of what a forgotten operation did may take to be seen. */
const forgottenLimit = 120

const isForgotten = (error: unknown): boolean => error instanceof GcpError && error.failure === 'absent'

/** Waits for an operation that may be anybody's: how it ended is none of ours. Gives the error that it ended with. */
const untilEnded = async (
  gcp: Gcp,
  site: Site,
  { name }: Operation,
  progress: (text: string) => void,
): Promise<GcpError | undefined> => {
  try {
    await gcp.wait(site.api, `${site.operations}/${name}`, progress)
    return undefined
  } catch (error) {
    if (error instanceof GcpError && (error.status === 200 || isForgotten(error))) return error
    throw error
  }
}

/**
 * Waits for an operation that somebody began, if there is one, and gives the error that it ended with: what is there
 * after it has to be looked at in any case. @throws GcpError if it does not end.
 */
export const awaitRunning = async (
  gcp: Gcp,
  site: Site,
  progress: (text: string) => void,
): Promise<GcpError | undefined> => {
  const operation = await site.running(gcp)
  return operation === undefined ? undefined : untilEnded(gcp, site, operation, progress)
}

/**
 * Waits for what runs on a site, then for it to come to rest. @throws what `rest` throws, or rather the error of what
 * ran: it says why nothing came to rest
 */
export const afterRunning = async <T>(
  gcp: Gcp,
  site: Site,
  progress: (text: string) => void,
  rest: () => Promise<T>,
): Promise<T> => {
  const failure = await awaitRunning(gcp, site, progress)
  try {
    return await rest()
  } catch (error) {
    throw failure ?? error
  }
}
