import { createHash, timingSafeEqual } from 'node:crypto'

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const md5 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('md5')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

const to64 = (value: number, length: number): string =>
  Array.from({ length }, (_, index) => ALPHABET[(value >> (6 * index)) & 0x3f] ?? '').join('')

const firstDigest = (password: Buffer, salt: string): Buffer => {
  const inner = md5(password, salt, password)
  const parts: (string | Uint8Array)[] = [password, '$apr1$', salt]
  for (let left = password.length; left > 0; left -= 16) parts.push(inner.subarray(0, Math.min(16, left)))
  for (let left = password.length; left > 0; left >>= 1)
    parts.push(left & 1 ? Buffer.from([0]) : password.subarray(0, 1))
  return md5(...parts)
}

const stretched = (password: Buffer, salt: string): Buffer => {
  let digest = firstDigest(password, salt)
  for (let round = 0; round < 1000; round++) {
    const parts: (string | Uint8Array)[] = [round & 1 ? password : digest]
    if (round % 3 !== 0) parts.push(salt)
    if (round % 7 !== 0) parts.push(password)
    parts.push(round & 1 ? digest : password)
    digest = md5(...parts)
  }
  return digest
}

/** Apache's MD5 form of a password, `$apr1$SALT$HASH`, as nginx and `htpasswd` compute it. */
export const apr1 = (password: string, salt: string): string => {
  const digest = stretched(Buffer.from(password), salt)
  const byte = (index: number): number => digest[index] ?? 0
  const triples = [
    [0, 6, 12],
    [1, 7, 13],
    [2, 8, 14],
    [3, 9, 15],
    [4, 10, 5],
  ] as const
  const hash = triples.map(([a, b, c]) => to64((byte(a) << 16) | (byte(b) << 8) | byte(c), 4)).join('')
  return `$apr1$${salt}$${hash}${to64(byte(11), 2)}`
}

/** True when an htpasswd text (lines `user:$apr1$…`) lets this login in. */
export const allows = (htpasswd: string, user: string, password: string): boolean =>
  htpasswd.split('\n').some(line => {
    const [name = '', hash = ''] = line.trim().split(':')
    const [, salt] = /^\$apr1\$([^$]+)\$/.exec(hash) ?? []
    if (name !== user || salt === undefined) return false
    const made = Buffer.from(apr1(password, salt))
    return made.length === hash.length && timingSafeEqual(made, Buffer.from(hash))
  })
