import type { Outputs } from '../../core/reference.ts'
import type { Address } from '../../core/resource.ts'
import { type Gcp, GcpError } from '../../gcp/port.ts'
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

/** Does each work on its own, side by side; answers with the outputs by address. Waits for all before it throws. */
export const each = async (
  works: readonly Work[],
  one: (work: Work) => Promise<Outputs>,
): Promise<ReadonlyMap<Address, Outputs>> => {
  const ended = await Promise.allSettled(works.map(async work => [work.address, await one(work)] as const))
  const failed = ended.find(end => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return new Map(ended.flatMap(end => (end.status === 'fulfilled' ? [end.value] : [])))
}

/** True if somebody changed a thing between our read and our write: 409, 412, or Secret Manager's 400 for an etag. */
export const isRace = (error: unknown): boolean =>
  error instanceof GcpError &&
  (error.failure === 'conflict' ||
    error.status === 412 ||
    (error.failure === 'invalid' && /\betag\b/i.test(error.answer)))

/** Seconds for which a thing that others keep changing is tried again. */
const patience = 300

/**
 * Reads and writes as one, again and again while others come between. `attempt` must read anew each time and send the
 * API's own precondition. `isPassing` names what else to try again for. @throws GcpError
 */
export const rewriting = async <T>(
  gcp: Gcp,
  what: string,
  work: Pick<Work, 'signal'>,
  attempt: () => Promise<T>,
  isPassing: (error: unknown) => boolean = () => false,
): Promise<T> =>
  (
    await gcp.until(`a turn at ${what}, which others keep changing`, patience, async () => {
      work.signal.throwIfAborted()
      try {
        return { value: await attempt() }
      } catch (error) {
        if (isRace(error) || isPassing(error)) return undefined
        throw error
      }
    })
  ).value
