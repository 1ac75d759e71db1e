import { type Problem, SlipwayError } from '../../core/problem.ts'
import type { Absent, Address, Unknown } from '../../core/resource.ts'
import { ForbiddenRequestError, GcpError } from '../../gcp/port.ts'

/** What was to be seen, and what it takes to see it. */
export interface View {
  readonly address: Address
  readonly project: string
  /** The permission that the read needs, named if the API does not name one itself. */
  readonly permission: string
  /** The role by which the planner gets it. */
  readonly role: string
}

/**
 * What a failed read says of a resource: behind an API that is off it is taken to be absent (whoever plans must check
 * that the plan switches the API on), everything else is unknown. Defects are thrown on: requests that no kind may
 * send, and errors that are not ours.
 */
export const unseen = (error: unknown, view: View): Absent | Unknown => {
  if (error instanceof ForbiddenRequestError || !(error instanceof SlipwayError)) throw error
  if (!(error instanceof GcpError))
    return unknown(`${view.address} cannot be seen: ${error.message}`, error.advice ?? again)
  switch (error.failure) {
    case 'disabled':
      return { state: 'absent', assumed: `${error.api}.googleapis.com is off` }
    case 'forbidden':
      return { state: 'unknown', problem: hidden(error, view) }
    default:
      return unknown(
        `${view.address} cannot be seen: ${error.api} answered "${error.answer}".`,
        error.advice ?? again,
      )
  }
}

const again = 'Plan again; if it stays, mend what the answer names.'

/** An `Unknown` with what is wrong and what to do. */
export const unknown = (message: string, advice: string): Unknown => ({
  state: 'unknown',
  problem: { message, advice },
})

/** What to do when a part of Google does not answer: places that were silent may hold anything. */
export const silent = (address: Address, api: string, places: readonly string[]): Unknown =>
  unknown(
    `${address} cannot be seen: ${api} gave no answer for ${places.join(', ')}, so nobody knows whether it exists.`,
    'Plan again in a few minutes; https://status.cloud.google.com says what is down.',
  )

/** What is wrong where something cannot be seen for want of a permission, and what to do. */
export const hidden = (
  { api, answer }: Pick<GcpError, 'api' | 'answer'>,
  { address, project, permission, role }: View,
): Problem => {
  const lacking = namedIn(answer) ?? permission
  return {
    message: `${address} cannot be seen: the planner lacks ${lacking} in project ${project}. ${api} answered "${answer}".`,
    advice: `Give the planner ${role}: gcloud projects add-iam-policy-binding ${project} --role ${role} --member serviceAccount:PLANNER`,
    lacks: { project, permission: lacking },
  }
}

/** The permission that an answer names: `Permission 'x' denied`, `Required 'x' permission`. */
const namedIn = (answer: string): string | undefined =>
  /['"]([a-z][a-zA-Z]*(?:\.[a-zA-Z]+){2,})['"]/.exec(answer)?.[1]
