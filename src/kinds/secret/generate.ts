import { randomInt } from 'node:crypto'
import { Secret } from '../../core/secret.ts'
import type { Generate } from './schema.ts'

const alphabets = {
  'letters-digits': 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
} as const

/** A value that was made, and the password inside it. */
export interface Generated {
  /** What is stored: the password, or `user:password`. */
  readonly payload: Secret
  readonly password: Secret
}

/** Makes a value; every character is equally likely (`crypto.randomInt` has no modulo bias). */
export const generateValue = ({ user, length, alphabet = 'letters-digits' }: Generate): Generated => {
  const characters = alphabets[alphabet]
  const password = Array.from({ length }, () => characters.charAt(randomInt(characters.length))).join('')
  return {
    payload: new Secret(user === undefined ? password : `${user}:${password}`),
    password: new Secret(password),
  }
}
