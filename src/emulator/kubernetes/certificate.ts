import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { bits, context, integer, octets, oid, pem, sequence, set, utcTime, utf8, yes } from './der.ts'

/** A certificate authority and a server certificate for 127.0.0.1 and localhost, as PEM. */
export interface Certificates {
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

const DAY = 86_400_000
const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))
const commonName = (name: string): Buffer => sequence(set(sequence(oid('2.5.4.3'), utf8(name))))
const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })
const keyId = (key: KeyObject): Buffer => createHash('sha1').update(spki(key)).digest()

const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [yes()] : []), octets(value))

interface Subject {
  readonly name: string
  readonly key: KeyObject
  readonly extensions: readonly Buffer[]
}

const issue = (subject: Subject, issuer: string, issuerKey: KeyObject, now: number): Buffer => {
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const body = sequence(
    context(0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    commonName(issuer),
    sequence(utcTime(now - DAY), utcTime(now + 365 * DAY)),
    commonName(subject.name),
    spki(subject.key),
    context(3, sequence(...subject.extensions)),
  )
  return sequence(body, ecdsaWithSha256, bits(sign('sha256', body, issuerKey)))
}

const authorityExtensions = (key: KeyObject): readonly Buffer[] => [
  extension('2.5.29.19', sequence(yes()), true), // basicConstraints: CA
  extension('2.5.29.15', bits(Buffer.from([0x06]), 1), true), // keyUsage: keyCertSign, cRLSign
  extension('2.5.29.14', octets(keyId(key))),
]

const serverExtensions = (key: KeyObject, authority: KeyObject): readonly Buffer[] => [
  extension('2.5.29.15', bits(Buffer.from([0x80]), 7), true), // keyUsage: digitalSignature
  extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))), // extKeyUsage: serverAuth
  extension('2.5.29.14', octets(keyId(key))),
  extension('2.5.29.35', sequence(context(0, keyId(authority), false))),
  extension(
    '2.5.29.17', // subjectAltName: the address by number (Go looks at nothing else) and localhost
    sequence(context(7, Buffer.from([127, 0, 0, 1]), false), context(2, Buffer.from('localhost'), false)),
  ),
]

/** Makes a fresh authority and server certificate, good for a year from `now` (milliseconds). */
export const makeCertificates = (now: number): Certificates => {
  const authority = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const server = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const issuer = 'emulated-kubernetes-ca'
  const root = {
    name: issuer,
    key: authority.publicKey,
    extensions: authorityExtensions(authority.publicKey),
  }
  const leaf = {
    name: 'emulated-kubernetes',
    key: server.publicKey,
    extensions: serverExtensions(server.publicKey, authority.publicKey),
  }
  return {
    ca: pem('CERTIFICATE', issue(root, issuer, authority.privateKey, now)),
    certificate: pem('CERTIFICATE', issue(leaf, issuer, authority.privateKey, now)),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
