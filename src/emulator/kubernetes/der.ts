/** One DER element: tag, length, content (X.690, 8.1). */
export const element = (tag: number, content: Uint8Array): Buffer => {
  const size = content.length
  const length =
    size < 0x80
      ? [size]
      : size < 0x100
        ? [0x81, size]
        : size < 0x10000
          ? [0x82, size >> 8, size & 0xff]
          : undefined
  if (length === undefined)
    throw new RangeError(`DER content of ${size} bytes is longer than a certificate needs`)
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

/** A SEQUENCE of elements. */
export const sequence = (...items: readonly Uint8Array[]): Buffer => element(0x30, Buffer.concat(items))

/** A SET of elements. */
export const set = (...items: readonly Uint8Array[]): Buffer => element(0x31, Buffer.concat(items))

/** A positive INTEGER from big-endian bytes. */
export const integer = (bytes: Uint8Array): Buffer =>
  element(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)

/** A BOOLEAN that is true. */
export const yes = (): Buffer => element(0x01, Buffer.from([0xff]))

/** An OBJECT IDENTIFIER from its dotted form. */
export const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return element(0x06, Buffer.from(bytes))
}

/** A UTF8String. */
export const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text))

/** An OCTET STRING. */
export const octets = (content: Uint8Array): Buffer => element(0x04, content)

/** A BIT STRING; `unused` counts the unused bits of the last byte. */
export const bits = (content: Uint8Array, unused = 0): Buffer =>
  element(0x03, Buffer.concat([Buffer.from([unused]), content]))

/** A UTCTime (years 1950 to 2049), in seconds. */
export const utcTime = (milliseconds: number): Buffer => {
  const digits = new Date(milliseconds).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)
  return element(0x17, Buffer.from(`${digits}Z`))
}

/** A context-specific element: constructed (explicit tags) or primitive. */
export const context = (tag: number, content: Uint8Array, constructed = true): Buffer =>
  element((constructed ? 0xa0 : 0x80) | tag, content)

/** PEM text of DER bytes. */
export const pem = (label: string, der: Uint8Array): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
