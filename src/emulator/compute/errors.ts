import { ApiError } from '../errors.ts'

/** Errors of compute have `errors[]` and no status. [R] */
export const computeError = (code: number, reason: string, message: string): ApiError =>
  new ApiError(code, message, { reason })

/** 404 in compute's words. */
export const resourceNotFound = (path: string): ApiError =>
  computeError(404, 'notFound', `The resource '${path}' was not found`)

/** 501 for list parameters that would change the answer. */
export function refuseFilter(query: URLSearchParams): void {
  const used = ['filter', 'orderBy'].find(name => query.get(name))
  if (used !== undefined)
    throw computeError(501, 'notImplemented', `The emulator does not implement ${used}.`)
}

const nameForm = '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'

/** Throws 400 for a name that is not RFC 1035. */
export function checkName(name: string): void {
  if (new RegExp(`^${nameForm}$`).test(name)) return
  const message = `Invalid value for field 'resource.name': '${name}'. Must be a match of regex '${nameForm}'`
  throw computeError(400, 'invalid', message)
}
