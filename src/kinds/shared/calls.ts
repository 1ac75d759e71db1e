import type { Address } from '../../core/resource.ts'
import { GcpError } from '../../gcp/port.ts'
import type { Work } from '../kind.ts'

/** What `ask` gives, or undefined for an authorised 404. @throws GcpError for anything else. */
export const unlessAbsent = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof GcpError && error.failure === 'absent') return undefined
    throw error
  }
}

/**
 * Sends a create; that somebody was faster is no error here: whose it is has to be looked at in any case. Gives the refusal
 * that said so. @throws GcpError
 */
export const unlessThere = async (create: () => Promise<unknown>): Promise<GcpError | undefined> => {
  try {
    await create()
    return undefined
  } catch (error) {
    if (!(error instanceof GcpError && error.failure === 'exists')) throw error
    return error
  }
}

/** Does each work on its own, side by side; answers with what it gave by address. Waits for all before it throws. */
export const each = async <Result>(
  works: readonly Work[],
  one: (work: Work) => Promise<Result>,
): Promise<ReadonlyMap<Address, Result>> => {
  const ended = await Promise.allSettled(
    works.map(async work => {
      work.signal.throwIfAborted()
      return [work.address, await one(work)] as const
    }),
  )
  const failed = ended.find(end => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return new Map(ended.flatMap(end => (end.status === 'fulfilled' ? [end.value] : [])))
}
