import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import { canonical, valueAt } from '../../src/core/json.ts'
import type { Plan } from '../../src/core/plan.ts'
import { Redactor, Secret } from '../../src/core/secret.ts'
import type { ApplyingPorts, Work } from '../../src/kinds/kind.ts'
import { apr1, htpasswdLine } from '../../src/kinds/kubernetes-secret/apr1.ts'
import { valueSource } from '../../src/kinds/kubernetes-secret/schema.ts'
import { valueFrom } from '../../src/kinds/kubernetes-secret/values.ts'
import { writeSecret } from '../../src/kinds/kubernetes-secret/write.ts'
import { environment, shown, startWorld, type TestWorld } from './release-support/world.ts'
import { fakeGcp } from './service-support/fake-gcp.ts'

describe('apr1', () => {
  test.each([
    // The first is in Apache's own test suite; all were made with `openssl passwd -apr1`.
    ['myPassword', 'r31.....', '$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/'],
    ['password', 'xxxxxxxx', '$apr1$xxxxxxxx$dxHfLAsjHkDRmG83UXe8K0'],
    ['0123456789abcdefghij', 'ab', '$apr1$ab$Denh3AZ2sTDVtC9ZjcUqH0'],
  ])('of %s with %s', (password, salt, expected) => {
    expect(apr1(password, salt)).toBe(expected)
  })
  test('keeps a line that fits, and makes a new one otherwise', () => {
    const line = htpasswdLine('sky', 'secret', undefined)
    expect(line).toMatch(/^sky:\$apr1\$[./0-9A-Za-z]{8}\$[./0-9A-Za-z]{22}$/)
    expect(htpasswdLine('sky', 'secret', `${line}\n`)).toBe(line)
    expect(htpasswdLine('sky', 'other', line)).not.toBe(line)
    expect(htpasswdLine('sea', 'secret', line)).toMatch(/^sea:/)
    expect(htpasswdLine('sky', 'secret', undefined)).not.toBe(line)
  })
})

test('nothing is written once the run was asked to stop', async () => {
  const written: string[] = []
  const writer = {
    get: async (path: string) => (path.endsWith('/namespaces/a') ? { metadata: { name: 'a' } } : undefined),
    create: async (path: string) => void written.push(path),
  }
  const kubernetes = { writer: async () => writer }
  const ports = { kubernetes, gcp: fakeGcp(() => ({})) } as unknown as ApplyingPorts
  const work = {
    address: 'kubernetes-secret/b',
    environment: 'lab',
    spec: {
      project: 'acme',
      cluster: { project: 'acme', location: 'd', name: 'c' },
      namespace: 'a',
      name: 'b',
      type: 'Opaque',
      data: {},
    },
    signal: AbortSignal.abort(),
  } as unknown as Work
  await expect(writeSecret(work, ports)).rejects.toMatchObject({ name: 'AbortError' })
  expect(written).toEqual([])
})

describe('values', () => {
  const context = (payload: string) => {
    const redactor = new Redactor()
    const asked: string[] = []
    const gcp = {
      payload: async (secret: string, version: string) => {
        asked.push(`${secret}@${version}`)
        return new Secret(payload)
      },
    }
    const ports = { gcp, value: () => new Secret(payload), redactor } as unknown as ApplyingPorts
    return { ports, project: 'acme', existing: undefined, redactor, asked }
  }
  const template = {
    from: 'template',
    template: 'postgresql://sky:{password}@127.0.0.1/sky',
    password: { secret: 'db', version: '2' },
  }
  test.each([
    [{ from: 'literal', value: 'plain' }, 'x', 'plain'],
    [{ from: 'secret', secret: 'db', version: '2' }, 'p@ss', 'p@ss'],
    [{ from: 'env', name: 'LOGIN', version: '1' }, 'p@ss', 'p@ss'],
    [{ ...template, encode: 'url' }, 'p@ss/$&', 'postgresql://sky:p%40ss%2F%24%26@127.0.0.1/sky'],
    [template, '$&$1', 'postgresql://sky:$&$1@127.0.0.1/sky'],
  ])('%j', async (source, payload, expected) => {
    expect((await valueFrom(valueSource.parse(source), context(payload))).reveal()).toBe(expected)
  })
  test('pass the redactor, and are asked for by full name and version', async () => {
    const made = context('long-password')
    await valueFrom(valueSource.parse({ ...template, encode: 'url' }), made)
    expect(made.asked).toEqual(['projects/acme/secrets/db@2'])
    expect(made.redactor.scrub('x long-password y')).toBe('x *** y')
  })
  test('without a user are no login', async () => {
    const made = valueFrom(
      valueSource.parse({ from: 'htpasswd', secret: 'a', version: '1' }),
      context('nocolon'),
    )
    await expect(made).rejects.toThrow('not of the form user:password')
  })
})

describe('a Secret in an emulated cluster', () => {
  let world: TestWorld
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world.close())
  beforeEach(() => {
    world.secretOutputs.version = '3'
  })

  const wanted = () => environment(world, { release: false })
  const live = (): JsonObject => world.kubernetes.get('Secret', 'web', 'web-login') ?? {}
  const line = (): string => Buffer.from(String((live().data as JsonObject).auth), 'base64').toString()
  const annotation = (): unknown => {
    const { annotations = {} } = (world.kubernetes.get('Namespace', '', 'web')?.metadata ?? {}) as JsonObject
    return JSON.parse(String((annotations as JsonObject)['slipway.dev/secrets'] ?? 'null'))
  }
  const audited = (): number => world.kubernetes.audit.filter(({ resource }) => resource === 'secrets').length

  test('is written, marked, and named in the annotation; the planner never asks for it', async () => {
    const plan = await world.plan(wanted())
    expect(audited()).toBe(0)
    expect(shown(plan)).toEqual(['create namespace/web', 'create kubernetes-secret/web-login'])
    expect(canonical(plan as unknown as JsonObject)).not.toContain('first-password')
    expect((await world.apply(plan)).failures).toEqual([])
    expect(live()).toMatchObject({
      type: 'Opaque',
      metadata: { labels: { 'slipway.dev/environment': 'staging' } },
    })
    expect(htpasswdLine('sky', 'first-password', line())).toBe(line())
    expect(annotation()).toEqual({
      'web-login': { auth: { from: 'htpasswd', secret: 'staging-login', version: '3' } },
    })
    const before = audited()
    expect(shown(await world.plan(wanted(), wanted()))).toEqual([])
    expect(audited()).toBe(before)
  })

  test('is written again with the same line when the annotation was lost', async () => {
    const writer = await world.writer()
    await writer.merge('/api/v1/namespaces/web', {
      metadata: { annotations: { 'slipway.dev/secrets': null } },
    })
    const [kept, version] = [line(), (live().metadata as JsonObject).resourceVersion]
    const plan = await world.plan(wanted())
    expect(shown(plan)).toEqual(['create kubernetes-secret/web-login'])
    expect((await world.apply(plan)).failures).toEqual([])
    expect([line(), (live().metadata as JsonObject).resourceVersion]).toEqual([kept, version])
    expect(shown(await world.plan(wanted()))).toEqual([])
  })

  test('shows a rotation as a new version, and brings it', async () => {
    world.secretOutputs.version = '4'
    const plan = await world.plan(wanted(), wanted())
    expect(shown(plan)).toEqual([
      'update kubernetes-secret/web-login',
      '  data.auth.version: "3" → {"$ref":"secret/login#version"} in-place',
    ])
    expect((await world.apply(plan)).failures).toEqual([])
    expect(htpasswdLine('sky', 'second-password', line())).toBe(line())
    expect(shown(await world.plan(wanted()))).toEqual([])
  })

  test('whose annotation somebody changes after the plan stays, and the annotation too', async () => {
    world.secretOutputs.version = '3'
    const plan = await world.plan(wanted(), wanted())
    const before = live()
    const annotated = async (version: string) => {
      const space = world.kubernetes.get('Namespace', '', 'web')
      const said = valueAt(space, ['metadata', 'annotations', 'slipway.dev/secrets'])
      const text = String(said).replace(/"version":"\d+"/, `"version":"${version}"`)
      const annotations = { 'slipway.dev/secrets': text }
      await (await world.writer()).merge('/api/v1/namespaces/web', { metadata: { annotations } })
    }
    await annotated('9')
    const { failures } = await world.apply(plan)
    expect(failures[0]?.message).toBe(
      'kubernetes-secret/web-login has changed since it was planned, and is left so: data.auth.version is 9 now, planned was from 4 to 3.',
    )
    expect(live()).toEqual(before)
    await annotated('4')
    world.secretOutputs.version = '4'
  })

  test('of somebody else is not overwritten', async () => {
    const writer = await world.writer()
    await writer.merge('/api/v1/namespaces/web', {
      metadata: { annotations: { 'slipway.dev/secrets': null } },
    })
    await writer.merge('/api/v1/namespaces/web/secrets/web-login', {
      metadata: { labels: { 'slipway.dev/environment': null } },
      data: { auth: Buffer.from('theirs').toString('base64') },
    })
    const { failures } = await world.apply(await world.plan(wanted()))
    expect(failures[0]?.message).toContain('a Secret web-login is in web already, with other values')
    expect(failures[0]?.advice).toContain('kubectl label secret')
    expect(line()).toBe('theirs')
    await writer.merge('/api/v1/namespaces/web/secrets/web-login', {
      metadata: { labels: { 'slipway.dev/environment': 'staging' } },
    })
    expect((await world.apply(await world.plan(wanted()))).failures).toEqual([])
  })

  test('goes when the file no longer wants it', async () => {
    const without = {
      ...wanted(),
      resources: wanted().resources.filter(({ kind }) => kind !== 'kubernetes-secret'),
    }
    const plan: Plan = await world.plan(without, wanted())
    expect(shown(plan)).toEqual(['remove kubernetes-secret/web-login'])
    expect((await world.apply(plan)).failures).toEqual([])
    expect(live()).toEqual({})
    expect(annotation()).toBeNull()
  })
})
