import { format } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { Redactor } from '../../src/core/secret.ts'

const nasty = `can'ary <&> "quoted" \\back/slash +plus* (ünï) 100%`

const encode = (text: string, encoding: BufferEncoding): string => Buffer.from(text).toString(encoding)

/** Ways in which other programs write a value down. */
const forms: Readonly<Record<string, (value: string) => string>> = {
  'as it is': value => `error: ${value}!`,
  'in JSON': value => JSON.stringify({ value }),
  'in JSON inside of JSON': value => JSON.stringify({ body: JSON.stringify({ value }) }),
  'in JSON of Go': value =>
    JSON.stringify({ value }).replace(/</g, '\\u003c').replace(/>/g, '\\u003e').replace(/&/g, '\\u0026'),
  'in a URL': value => `https://h/?q=${encodeURIComponent(value)}`,
  'in a URL of Go': value =>
    `https://h/?q=${encodeURIComponent(value).replace(/[!'()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`,
  'in a URL with small letters': value =>
    encodeURIComponent(value).replace(/%../g, code => code.toLowerCase()),
  'in a form': value => new URLSearchParams({ value }).toString(),
  'in base64': value => encode(value, 'base64'),
  'in base64 after a user': value => `Basic ${encode(`sky:${value}`, 'base64')}`,
  'in base64 after two': value => encode(`ab${value}`, 'base64'),
  'in base64 for URLs': value => encode(value, 'base64url'),
  'in hexadecimal': value => encode(value, 'hex'),
  'in large hexadecimal': value => encode(value, 'hex').toUpperCase(),
  'in a quoted text of YAML': value => `'${value.replaceAll("'", "''")}'`,
  'as an argument of format': value => format('%s', value),
}

describe('a known secret is taken out', () => {
  test.each(Object.entries(forms))('%s', (_, write) => {
    const redactor = new Redactor()
    redactor.add(nasty)
    const scrubbed = redactor.scrub(write(nasty))
    expect(scrubbed).toContain('***')
    const decoded = [
      scrubbed,
      encode(scrubbed, 'base64'),
      ...['base64', 'hex'].map(encoding =>
        Buffer.from(scrubbed.replaceAll('***', ''), encoding as BufferEncoding).toString(),
      ),
    ]
    for (const text of decoded) expect(text).not.toMatch(/can.{0,9}ary|quoted|slash|plus/)
  })

  test('line by line, too, where it has several', () => {
    const redactor = new Redactor()
    redactor.add('first line of a key\nsecond line of a key')
    expect(redactor.scrub('1: first line of a key\n2: second line of a key')).toBe('1: ***\n2: ***')
  })

  test('and every form is told to the runner once', () => {
    const told: string[] = []
    const redactor = new Redactor(form => told.push(form))
    redactor.add(nasty)
    redactor.add(nasty)
    expect(told.length).toBeGreaterThan(10)
    expect(new Set(told).size).toBe(told.length)
  })
})
