import { ApiError } from '../errors.ts'

/** Errors of Cloud SQL have `errors[]` and no status. */
export const sqlError = (code: number, reason: string, message: string): ApiError =>
  new ApiError(code, message, { reason })

/** 400 for a request that the instance or its settings do not allow. */
export const invalid = (message: string): ApiError => sqlError(400, 'invalid', `Invalid request: ${message}`)
