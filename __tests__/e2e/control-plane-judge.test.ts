import { describe, expect, test } from '@jest/globals'
import { startEmulator } from '../../src/emulator/index.ts'
import { emailOf, project } from '../support/one-file.ts'
import type { AuditEntry } from './control-plane/audit.ts'
import { onBarePlane } from './control-plane/bare.ts'
import { leaksIn, secretsOf } from './control-plane/leaks.ts'

const secret = 'p"lanted/ü+c4n4ry\\'
const from = new Map([[secret, 'a Secret']])

const entry = (more: Partial<AuditEntry>): AuditEntry => ({
  verb: 'create',
  requestURI: '/api/v1/namespaces/a/configmaps',
  user: { username: emailOf('applier') },
  objectRef: { resource: 'configmaps', namespace: 'a', name: 'b' },
  ...more,
})

describe('the judge of what leaks', () => {
  const around = (text: string): string => `before ${text} after`
  test.each([
    ['as it is', secret],
    ['in an address', `https://example.com/?key=${encodeURIComponent(secret)}`],
    ['in JSON', JSON.stringify({ key: secret })],
    ['in JSON within JSON', JSON.stringify(JSON.stringify({ key: secret }))],
    ...['', 'a', 'ab', 'abc'].map(before => [
      `in base64 behind ${before.length} bytes`,
      Buffer.from(`${before}${secret} and more`).toString('base64'),
    ]),
    ['in base64 for addresses', Buffer.from(`?${secret}`).toString('base64url')],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
  ])('finds one that is said %s, and one that is in an object', (_, form = '') => {
    expect(leaksIn(from, [], [around(form)])).toHaveLength(1)
    const logged = entry({ requestObject: { metadata: { annotations: { note: around(form) } } } })
    expect(leaksIn(from, [logged], [])).toHaveLength(1)
  })
  test('finds nothing in a Secret itself, nor in half of one', () => {
    const own = entry({ objectRef: { resource: 'secrets' }, requestObject: { stringData: { key: secret } } })
    expect(leaksIn(from, [own], [secret.slice(0, -2)])).toEqual([])
  })
})

onBarePlane('a leak that is planted on a real control plane', bare => {
  const space = '/api/v1/namespaces/default'
  const encoded = (text: string): string => Buffer.from(text).toString('base64')

  test('is found, from wherever the secret comes, and nothing is before it', async () => {
    const { plane, clients } = bare()
    const { applier } = clients
    const google = await startEmulator({ projects: [{ id: project }] })
    try {
      google.seed(project).secret('login', ['sky:of-secret-manager'])
      await plane.admin.create(`${space}/secrets`, {
        metadata: { name: 'by-hand' },
        stringData: { uri: 'postgresql://sky:in%2Fthe-cluster@127.0.0.1/sky', username: 'a-public-name' },
      })
      await applier.create(`${space}/secrets`, {
        metadata: { name: 'gone' },
        stringData: { key: 'long-gone-by-now' },
      })
      await applier.remove(`${space}/secrets/gone`)
      const secrets = await secretsOf({ plane, google })
      const leaks = async (said: readonly string[] = []) => leaksIn(secrets, await plane.audit(), said)
      expect(await leaks(['a-public-name'])).toEqual([])
      const planted = ['of-secret-manager', 'in/the-cluster', 'long-gone-by-now']
      for (const [index, value] of planted.entries()) {
        await applier.create(`${space}/configmaps`, {
          metadata: { name: `planted-${index}` },
          data: { value },
        })
        const found = await leaks()
        expect(found).toHaveLength(index + 1)
        expect(found.at(0)).toMatch(/in audit log: create configmaps default\/planted-\d/)
      }
    } finally {
      await google.close()
    }
  })
  test('of somebody whose rights were cut is in the log as well', async () => {
    const { plane, clients } = bare()
    const metadata = { name: 'limited', annotations: { note: encoded(secret) } }
    await clients.limited.create('/apis/coordination.k8s.io/v1/namespaces/default/leases', { metadata })
    expect(leaksIn(from, await plane.audit(), [])).toHaveLength(1)
  })
})
