import { type Gcp, GcpError } from '../../gcp/port.ts'
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
 * again for; without a `signal` a stop does not cut it off. @throws GcpError
 */
export const rewriting = async <T>(
  gcp: Gcp,
  what: string,
  work: Partial<Pick<Work, 'signal'>>,
  attempt: () => Promise<T>,
  isPassing: (error: unknown) => boolean = () => false,
): Promise<T> =>
  (
    await gcp.until(`a turn at ${what}, which others keep changing`, patience, async () => {
      work.signal?.throwIfAborted()
      try {
        return { value: await attempt() }
      } catch (error) {
        if (isRace(error) || isPassing(error)) return undefined
        throw error
      }
    })
  ).value
