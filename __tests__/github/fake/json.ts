/** A JSON value, and narrowing helpers for it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
/** A JSON object; a member that is `undefined` is not sent. */
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

/** True for a JSON object (not a list, not null). */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The member `key` if it is a string. */
export const text = (object: Json | undefined, key: string): string | undefined => {
  const value = isObject(object) ? object[key] : undefined
  return typeof value === 'string' ? value : undefined
}

/** The member `key` if it is a boolean. */
export const flag = (object: Json | undefined, key: string): boolean | undefined => {
  const value = isObject(object) ? object[key] : undefined
  return typeof value === 'boolean' ? value : undefined
}
