import { GcpError } from '../gcp/port.ts'
import { GitHubError } from '../github/api.ts'
import type { Seen } from '../setup/seen.ts'

/**
 * Looks at something of Google's. A 404, or an API that is off, means that it is not there: what is behind an API that was
 * never on cannot have been made. @throws GcpError for anything but that and a missing permission.
 */
export const lookAtGoogle = async <T>(permission: string, ask: () => Promise<T>): Promise<Seen<T>> => {
  try {
    return { state: 'seen', value: await ask() }
  } catch (error) {
    if (!(error instanceof GcpError)) throw error
    if (error.failure === 'absent' || error.failure === 'disabled') return { state: 'absent' }
    if (error.failure === 'forbidden') return { state: 'unchecked', missing: permission }
    throw error
  }
}

/**
 * Looks at something of GitHub's. `hides`: GitHub answers 404 instead of 403 to who may not see it, and `hides` tells
 * that from its absence by the text. @throws GitHubError for anything but absence and a missing permission.
 */
export const lookAtGitHub = async <T>(
  permission: string,
  ask: () => Promise<T>,
  hides: (message: string) => boolean = () => false,
): Promise<Seen<T>> => {
  try {
    return { state: 'seen', value: await ask() }
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error
    const unseen = { state: 'unchecked', missing: permission } as const
    if (error.status === 403) return unseen
    if (error.status === 404) return hides(error.message) ? unseen : { state: 'absent' }
    throw error
  }
}
