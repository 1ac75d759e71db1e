import { createHash } from 'node:crypto'

/** Names and numbers that Google would make up; the same seed gives the same sequence. */
export interface Ids {
  readonly uuid: () => string
  /** A 21-digit number as a text, like a service account's uniqueId. */
  readonly longNumber: () => string
  /** A 19-digit number as a text, like a compute object's id. */
  readonly computeId: () => string
  /** `length` hexadecimal digits. */
  readonly hex: (length: number) => string
  /** Base64 of eight bytes, like a policy's etag. */
  readonly etag: () => string
  /** Another sequence that goes on where this one is now. */
  readonly copy: () => Ids
}

/** Creates the sequence that belongs to `seed`. */
export function createIds(seed: string, from = 0): Ids {
  let count = from
  const digest = () => createHash('sha256').update(`${seed}/${count++}`).digest()
  const hex = (length: number) => digest().toString('hex').slice(0, length)
  const digits = (length: number) => {
    const value = BigInt(`0x${digest().toString('hex')}`).toString()
    return `1${value.slice(0, length - 1)}`
  }
  return {
    hex,
    uuid: () => hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    longNumber: () => digits(21),
    computeId: () => digits(19),
    etag: () => digest().subarray(0, 8).toString('base64'),
    copy: () => createIds(seed, count),
  }
}

/** A short fingerprint of a text: `length` hexadecimal digits. */
export const fingerprint = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length)
