import { type Problem, SlipwayError } from '../../core/problem.ts'
import type { Absent, Unknown } from '../../core/resource.ts'
import { ForbiddenRequestError, GcpError } from '../port.ts'

/** What was looked at, for the words of a problem. */
export interface Looked {
  /** For example `cluster prod in us-central1`. */
  readonly what: string
  readonly project: string
  /** The host of the API, for example `container.googleapis.com`. */
  readonly service: string
  /** The role that lets the planner look, for example `roles/container.viewer`. */
  readonly role: string
}

/** Nobody knows, and why. */
export const unknown = (message: string, advice?: string): Unknown => ({
  state: 'unknown',
  problem: { message, ...(advice === undefined ? {} : { advice }) },
})

/**
 * What a failed look means: behind an API that is off nothing can be (said as an assumption, which only holds if this
 * plan switches it on); everything else is unknown.
 */
export const unseen = (error: unknown, looked: Looked): Absent | Unknown => {
  if (error instanceof ForbiddenRequestError || !(error instanceof SlipwayError)) throw error
  if (!(error instanceof GcpError)) return { state: 'unknown', problem: problemOf(error, looked) }
  if (error.failure === 'disabled') return { state: 'absent', assumed: `${looked.service} is off` }
  if (error.failure !== 'forbidden') return { state: 'unknown', problem: problemOf(error, looked) }
  return unknown(
    `${looked.what}: the planner may not read it: ${error.answer}`,
    `Give the planner ${looked.role} on project ${looked.project}.`,
  )
}

const problemOf = (error: SlipwayError, { what }: Looked): Problem => ({
  message: `${what} could not be read: ${error instanceof GcpError ? error.answer : error.message}`,
  advice:
    error.advice ?? 'Run the plan again; if it stays so, look at the service in the Google Cloud console.',
})
