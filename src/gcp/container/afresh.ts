import { GcpError } from '../port.ts'

const attempts = 3

/**
 * Reads, then writes with the precondition that was read; when somebody else wrote in between (a stale fingerprint,
 * resourceVersion or settingsVersion), reads again. @throws GcpError `conflict` after three attempts.
 */
export const afresh = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (let number = 1; ; number++) {
    try {
      return await attempt()
    } catch (error) {
      if (number === attempts || !(error instanceof GcpError) || error.failure !== 'conflict') throw error
    }
  }
}
