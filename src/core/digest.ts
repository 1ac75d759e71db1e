import { createHash } from 'node:crypto'
import { canonical, type Json } from './json.ts'

/** The sha256 of the canonical JSON of `value`, 64 hexadecimal digits. */
export const digestOf = (value: Json): string => createHash('sha256').update(canonical(value)).digest('hex')

/** The sha256 of bytes, 64 hexadecimal digits. */
export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')
