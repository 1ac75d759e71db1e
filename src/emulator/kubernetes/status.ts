import type { JsonObject } from '../../core/json.ts'
import { present } from './object.ts'
import type { Resource } from './resources.ts'

/** One entry of `details.causes` of a Status. */
export interface Cause {
  readonly reason: string
  readonly message: string
  readonly field: string
}

/** A refusal, answered as the `Status` object that the real server sends (meta/v1 Status). */
export class KubernetesError extends Error {
  override readonly name = 'KubernetesError'
  readonly code: number
  readonly status: JsonObject

  constructor(code: number, reason: string, message: string, details?: JsonObject) {
    super(message)
    this.code = code
    this.status = present({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      details,
      code,
    })
  }
}

/** `deployments.apps`, or `secrets` in the core group. */
export const qualified = (resource: Resource): string =>
  resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`

const about = (resource: Resource, name: string, causes?: readonly Cause[]): JsonObject =>
  present({
    name: name || undefined,
    group: resource.group || undefined,
    kind: resource.plural,
    causes: causes?.map(cause => ({ ...cause })),
  })

/** 404 for an object. */
export const notFound = (resource: Resource, name: string): KubernetesError =>
  new KubernetesError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, about(resource, name))

/** 404 for a path or resource that is not served. */
export const noSuchResource = (): KubernetesError =>
  new KubernetesError(404, 'NotFound', 'the server could not find the requested resource', {})

/** 409 for a name that is taken. */
export const alreadyExists = (resource: Resource, name: string): KubernetesError =>
  new KubernetesError(
    409,
    'AlreadyExists',
    `${qualified(resource)} "${name}" already exists`,
    about(resource, name),
  )

/** 409 for a write whose precondition no longer holds. */
export const conflict = (resource: Resource, name: string, why: string): KubernetesError =>
  new KubernetesError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`,
    about(resource, name),
  )

/** 409 of an optimistic lock. */
export const modified = (resource: Resource, name: string): KubernetesError =>
  conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  )

/** 409 of a server-side apply: the causes name manager (in the message) and field. */
export const applyConflict = (causes: readonly Cause[]): KubernetesError => {
  const details = { causes: causes.map(cause => ({ ...cause })) }
  const [only, another] = causes
  if (only !== undefined && another === undefined)
    return new KubernetesError(
      409,
      'Conflict',
      `Apply failed with 1 conflict: ${only.message}: ${only.field}`,
      details,
    )
  const groups = [...new Set(causes.map(cause => cause.message))].map(message => {
    const lines = causes.filter(cause => cause.message === message).map(cause => `\n- ${cause.field}`)
    return `${message.replace(/^conflict /, 'conflicts ')}:${lines.join('')}`
  })
  const text = `Apply failed with ${causes.length} conflicts: ${groups.join('\n')}`
  return new KubernetesError(409, 'Conflict', text, details)
}

/** 422 with the fields that are wrong. */
export const invalid = (resource: Resource, name: string, causes: readonly Cause[]): KubernetesError => {
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`
  const shown = causes.map(cause => `${cause.field}: ${cause.message}`)
  const message = shown.length === 1 ? shown.join('') : `[${shown.join(', ')}]`
  const details = { ...about(resource, name, causes), kind: resource.kind }
  return new KubernetesError(422, 'Invalid', `${kind} "${name}" is invalid: ${message}`, details)
}

/** 400 */
export const badRequest = (message: string): KubernetesError =>
  new KubernetesError(400, 'BadRequest', message)

/** 401 */
export const unauthorized = (): KubernetesError => new KubernetesError(401, 'Unauthorized', 'Unauthorized')

/** 410 for a resourceVersion that has been forgotten. */
export const expired = (version: string): KubernetesError =>
  new KubernetesError(410, 'Expired', `too old resource version: ${version}`)

/** 405 */
export const notAllowed = (): KubernetesError =>
  new KubernetesError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  )

/** 415 */
export const unsupportedMedia = (type: string): KubernetesError =>
  new KubernetesError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format: ${type}`,
  )

/** 403, worded as GKE words it when IAM decides. */
export const forbidden = (subject: string, why: string, details: JsonObject): KubernetesError =>
  new KubernetesError(403, 'Forbidden', `${subject} is forbidden: ${why}`, details)
