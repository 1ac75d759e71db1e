import { createHash, randomInt, timingSafeEqual } from 'node:crypto'

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const magic = '$apr1$'
const rounds = 1000

const md5 = (...parts: readonly (string | Uint8Array)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('md5')).digest()

/**
 * The apr1 hash of a password, `$apr1$SALT$…`, as `htpasswd -nb` makes it and nginx computes it (Apache's variant of
 * MD5-crypt). `salt` has at most 8 characters of `./0-9A-Za-z`.
 */
export const apr1 = (password: string, salt: string): string => {
  const secret = Buffer.from(password)
  let digest = md5(...opening(secret, salt))
  for (let round = 0; round < rounds; round++) {
    const parts: (string | Uint8Array)[] = [round % 2 === 1 ? secret : digest]
    if (round % 3 !== 0) parts.push(salt)
    if (round % 7 !== 0) parts.push(secret)
    parts.push(round % 2 === 1 ? digest : secret)
    digest = md5(...parts)
  }
  return `${magic}${salt}$${encoded(digest)}`
}

const opening = (secret: Buffer, salt: string): readonly (string | Uint8Array)[] => {
  const inner = md5(secret, salt, secret)
  const parts: (string | Uint8Array)[] = [secret, magic, salt]
  for (let left = secret.length; left > 0; left -= 16) parts.push(inner.subarray(0, Math.min(16, left)))
  for (let bits = secret.length; bits > 0; bits >>= 1)
    parts.push(bits % 2 === 1 ? Buffer.alloc(1) : secret.subarray(0, 1))
  return parts
}

/** Which bytes of the digest share four letters; the last byte makes two alone. */
const groups = [
  [0, 6, 12],
  [1, 7, 13],
  [2, 8, 14],
  [3, 9, 15],
  [4, 10, 5],
] as const

const encoded = (digest: Buffer): string => {
  const byte = (index: number): number => digest[index] ?? 0
  const letters = (value: number, count: number): string =>
    Array.from({ length: count }, (_, at) => alphabet[(value >> (6 * at)) & 63]).join('')
  const most = groups.map(([a, b, c]) => letters((byte(a) << 16) | (byte(b) << 8) | byte(c), 4))
  return `${most.join('')}${letters(byte(11), 2)}`
}

/** Eight random characters. */
export const newSalt = (): string => Array.from({ length: 8 }, () => alphabet[randomInt(64)]).join('')

/**
 * The htpasswd line of a login. A line that is there already and fits is kept, so that nothing is written that says
 * the same with another salt.
 */
export const htpasswdLine = (user: string, password: string, existing: string | undefined): string => {
  const kept = existing?.trim()
  if (kept !== undefined && fits(kept, user, password)) return kept
  return `${user}:${apr1(password, newSalt())}`
}

const fits = (line: string, user: string, password: string): boolean => {
  const [, name, salt] = /^([^:]*):\$apr1\$([./0-9A-Za-z]{1,8})\$[./0-9A-Za-z]{22}$/.exec(line) ?? []
  if (name !== user || salt === undefined) return false
  const [expected, found] = [Buffer.from(`${user}:${apr1(password, salt)}`), Buffer.from(line)]
  return expected.length === found.length && timingSafeEqual(expected, found)
}
