import { SlipwayError } from '../core/problem.ts'
import { ForbiddenRequestError, GcpError } from '../gcp/port.ts'
import { KubernetesError } from '../kubernetes/port.ts'
import type { Left } from './draft.ts'

/** A read, and what it takes. */
export interface View {
  /** For example `Cloud SQL instances`. */
  readonly what: string
  readonly permission: string
}

/** What could be seen, and what could not. */
export class Sight {
  readonly #unseen: Left[] = []

  /** What may be there though nobody could look. */
  get unseen(): readonly Left[] {
    return this.#unseen
  }

  /**
   * What `ask` gives; `otherwise` behind an API that is off, where nothing can be, and where the look fails: then it is
   * noted with the permission that is missing. @throws whatever is no answer of an API: a defect.
   */
  async see<T>({ what, permission }: View, ask: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      if (error instanceof ForbiddenRequestError || !(error instanceof SlipwayError)) throw error
      if (error instanceof GcpError && error.failure === 'disabled') return otherwise
      this.#unseen.push({ what, why: whyOf(error, permission) })
      return otherwise
    }
  }
}

const whyOf = (error: SlipwayError, permission: string): string => {
  const denied =
    (error instanceof GcpError && error.failure === 'forbidden') ||
    (error instanceof KubernetesError && [401, 403].includes(error.status))
  const answer = error instanceof GcpError ? error.answer : error.message
  return denied
    ? `you lack the permission ${permission} (the answer was "${answer}"); with it, run this again`
    : `they could not be read (the answer was "${answer}"); run this again`
}
