import { rejects } from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { get } from 'node:https'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { viewer } from '../../../src/emulator/kubernetes/authorize.ts'
import { allows, apr1 } from '../../../src/emulator/kubernetes/htpasswd.ts'
import type { KubernetesEmulator } from '../../../src/emulator/kubernetes/server.ts'
import { applyAs, ask, CONFIGMAPS, DEPLOYMENTS, deployment, start, until } from './support.ts'

let cluster: KubernetesEmulator
beforeAll(async () => {
  cluster = await start()
})
afterAll(() => cluster.close())

describe('the certificate', () => {
  test('is for 127.0.0.1 and signed by the authority that is handed out', () => {
    const authority = new X509Certificate(cluster.caCertificate)
    expect([authority.ca, authority.verify(authority.publicKey)]).toEqual([true, true])
  })

  test('is refused by a client that does not have the authority', async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    get(`${cluster.url}/readyz`, () => resolve()).on('error', reject)
    await rejects(promise, /unable to verify|self-signed/)
  })
})

describe('who may do what', () => {
  test.each([
    ['get', '', 'pods/status', true],
    ['get', 'apps', 'deployments/scale', true],
    ['list', 'example.com', 'secrets', true],
    ['get', '', 'secrets', false],
    ['get', '', 'pods/log', false],
    ['get', '', 'pods/exec', false],
    ['get', '', 'services/proxy', false],
  ])('a viewer may %s in group %j %s: %s', (verb, group, resource, allowed) => {
    const user = { user: 'planner', groups: [] }
    expect(viewer(user, { verb, group, resource, namespace: 'default', name: 'a' })).toBe(allowed)
  })

  test('an unknown token is turned away', async () => {
    expect((await ask(cluster, 'GET', CONFIGMAPS, { token: 'stolen' })).body).toMatchObject({
      code: 401,
      reason: 'Unauthorized',
    })
  })

  test('a viewer reads everything but Secrets, in the words of GKE', async () => {
    expect((await ask(cluster, 'GET', DEPLOYMENTS, { token: 'reader' })).code).toBe(200)
    const { body } = await ask(cluster, 'GET', '/api/v1/namespaces/default/secrets', { token: 'reader' })
    expect(body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message:
        'secrets is forbidden: User "planner@acme.iam.gserviceaccount.com" cannot list resource "secrets" in API group "" in the namespace "default": requires one of ["container.secrets.list"] permission(s).',
    })
  })

  test('a viewer cannot write, not even as a dry run, and the audit log knows', async () => {
    const path = `${DEPLOYMENTS}/web?fieldManager=x&dryRun=All`
    const refused = await ask(cluster, 'PATCH', path, {
      token: 'reader',
      body: deployment('web', 'a:1'),
      type: 'application/apply-patch+yaml',
    })
    expect(refused.body.message).toMatch(
      /^deployments\.apps "web" is forbidden: .* cannot patch resource "deployments" in API group "apps"/,
    )
    expect(cluster.audit.at(-1)).toEqual({
      user: 'planner@acme.iam.gserviceaccount.com',
      verb: 'patch',
      resource: 'deployments',
      namespace: 'default',
      name: 'web',
      dryRun: true,
      code: 403,
    })
  })

  test('the audit log has no write that was cut before it was made, and has one whose answer was cut', async () => {
    const cutting = await start(undefined, undefined, {
      onRequest: ({ name }) => (name === 'before' ? 'cut' : undefined),
      afterHandled: () => 'cut',
    })
    const from = cutting.audit.length
    for (const name of ['before', 'after'])
      await rejects(
        applyAs(cutting, 'x', `${CONFIGMAPS}/${name}`, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name },
        }),
      )
    expect(cutting.audit.slice(from).map(({ name, code }) => `${name} ${code}`)).toEqual(['after 201'])
    await cutting.close()
  })

  test.each([
    ['reader', 'list', 'pods', true],
    ['reader', 'list', 'secrets', false],
    ['writer', 'list', 'secrets', true],
  ])('%s may %s %s: %s', async (token, verb, resource, allowed) => {
    const body = { spec: { resourceAttributes: { verb, resource, namespace: 'default' } } }
    const answer = await ask(cluster, 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      token,
      body,
    })
    expect(answer.body.status).toMatchObject({ allowed })
  })
})

describe('health behind the load balancer', () => {
  // Made with `openssl passwd -apr1 -salt`: one short password and one longer than a digest.
  test.each([
    ['pass', 'abcdefgh', '$apr1$abcdefgh$rK/lObuciIG5ziaV8BdHR/'],
    ['a much longer pass phrase than sixteen', 'x1', '$apr1$x1$BRWRz.HtlQWAhvHxIr7xs.'],
  ])('htpasswd of %s lets only that password in', (password, salt, hash) => {
    const line = `user:${apr1(password, salt)}`
    expect(line).toBe(`user:${hash}`)
    expect([
      allows(line, 'user', password),
      allows(line, 'user', `${password}x`),
      allows(line, 'other', password),
    ]).toEqual([true, false, false])
  })

  test('answers 503, 401 and 200 as the real one would', async () => {
    const health = async (login: string) => {
      const headers = { authorization: `Basic ${Buffer.from(login).toString('base64')}` }
      const answer = await fetch(`${cluster.healthUrl}/api/health`, { headers })
      return [answer.status, answer.status === 200 ? await answer.json() : {}]
    }
    expect(await health('skypilot:pass')).toEqual([503, {}])
    const ingress = {
      metadata: { name: 'sky-ingress', annotations: { 'nginx.ingress.kubernetes.io/auth-secret': 'login' } },
      spec: { ingressClassName: 'nginx', rules: [] },
    }
    await ask(cluster, 'POST', '/apis/networking.k8s.io/v1/namespaces/default/ingresses', { body: ingress })
    const secret = {
      metadata: { name: 'login' },
      stringData: { auth: `skypilot:${apr1('pass', 'saltsalt')}` },
    }
    await ask(cluster, 'POST', '/api/v1/namespaces/default/secrets', { body: secret })
    await applyAs(
      cluster,
      'helm',
      `${DEPLOYMENTS}/sky-api-server`,
      deployment('sky-api-server', 'registry/sky:0.13.0'),
    )
    await until(() =>
      JSON.stringify(cluster.get('Deployment', 'default', 'sky-api-server')).includes('"readyReplicas":1')
        ? true
        : undefined,
    )
    expect(await health('skypilot:wrong')).toEqual([401, {}])
    expect(await health('skypilot:pass')).toEqual([
      200,
      { status: 'healthy', version: '0.13.0', api_version: '55', commit: expect.any(String) },
    ])
  })
})
