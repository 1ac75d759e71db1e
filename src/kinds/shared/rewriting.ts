import { type Gcp, GcpError, notSeenYet } from '../../gcp/port.ts'
import type { Work } from '../kind.ts'

/** True if somebody changed a thing between our read and our write: 409, 412, or Secret Manager's 400 for an etag. */
const isRace = (error: unknown): boolean =>
  error instanceof GcpError &&
  (error.failure === 'conflict' ||
    error.status === 412 ||
    (error.failure === 'invalid' && /\betag\b/i.test(error.answer)))

/** Seconds for which a thing that others keep changing is tried again. */
const patience = 300

/**
 * Reads and writes as one, again and again while others come between. `attempt` must read anew each time and send the
 * API's own precondition (etag, fingerprint, resourceVersion, settingsVersion). `isPassing` names what else to try
 * again for; without a `signal` a stop does not cut it off. @throws GcpError, and what was passing and did not pass
 */
export const rewriting = async <T>(
  gcp: Gcp,
  what: string,
  work: Partial<Pick<Work, 'signal'>>,
  attempt: () => Promise<T>,
  isPassing: (error: unknown) => boolean = () => false,
): Promise<T> => {
  let last: unknown
  const again = async (): Promise<{ readonly value: T } | undefined> => {
    work.signal?.throwIfAborted()
    try {
      return { value: await attempt() }
    } catch (error) {
      if (!isRace(error) && !isPassing(error)) throw error
      last = error
      return undefined
    }
  }
  try {
    return (await gcp.until(`a turn at ${what}, which others keep changing`, patience, again)).value
  } catch (error) {
    // What was waited out and stayed so says more than that it was waited for.
    const isOver = error !== last && error instanceof GcpError && error.answer === notSeenYet
    throw isOver && last !== undefined && !isRace(last) ? last : error
  }
}
