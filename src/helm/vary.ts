/**
 * Functions of helm's templates whose result differs from call to call: random text, keys and certificates, salted
 * hashes, the time (sprig's functions.go, and what helm leaves of it); and the number of the revision, which differs
 * from apply to apply. Only inside an action: prose may say "now".
 */
const calls =
  /\{\{(?:(?!\}\}).)*?(?:\.Release\.Revision|\b(?:rand[A-Z]\w*|gen[A-Z]\w*|shuffle|uuidv4|now|ago|htpasswd|bcrypt|encryptAES))\b/s

/** True if a template, or text that a template may take for one, can come out differently when it is rendered again. */
export const mayVary = (text: string): boolean => calls.test(text)
