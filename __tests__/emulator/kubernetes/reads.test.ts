import { once } from 'node:events'
import { request } from 'node:https'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { isObject, type JsonObject, valueAt } from '../../../src/core/json.ts'
import { labelSelector } from '../../../src/emulator/kubernetes/selectors.ts'
import type { KubernetesEmulator } from '../../../src/emulator/kubernetes/server.ts'
import { apiVersionsOf } from '../../../src/kubernetes/discovery.ts'
import { type Answer, ask, CONFIGMAPS, start } from './support.ts'

let cluster: KubernetesEmulator
beforeAll(async () => {
  cluster = await start()
  for (const [name, tier] of [
    ['a', 'front'],
    ['b', 'back'],
    ['c', 'back'],
  ])
    await ask(cluster, 'POST', CONFIGMAPS, {
      body: { metadata: { name: name ?? '', labels: { tier: tier ?? '' } } },
    })
})
afterAll(() => cluster.close())

const names = ({ body }: Answer) =>
  Array.isArray(body.items) ? body.items.map(item => valueAt(item, ['metadata', 'name'])) : []

describe('selectors', () => {
  const object = { metadata: { labels: { tier: 'back', app: 'x' } } }
  test.each([
    ['tier=back', true],
    ['tier==back,app=x', true],
    ['tier!=back', false],
    ['other!=x', true],
    ['tier in (front, back)', true],
    ['tier notin (back)', false],
    ['missing notin (a)', true],
    ['tier', true],
    ['!tier', false],
    ['!other,app', true],
  ])('%s → %s', (selector, matches) => expect(labelSelector(selector)(object)).toBe(matches))

  test('lists take label and field selectors', async () => {
    expect(names(await ask(cluster, 'GET', `${CONFIGMAPS}?labelSelector=tier%3Dback`))).toEqual(['b', 'c'])
    expect(names(await ask(cluster, 'GET', `${CONFIGMAPS}?fieldSelector=metadata.name%3Da`))).toEqual(['a'])
    const refused = await ask(cluster, 'GET', `${CONFIGMAPS}?fieldSelector=data.x%3Da`)
    expect(refused.body).toMatchObject({ code: 400, message: 'field label not supported: data.x' })
  })

  test('Secrets can be chosen by type', async () => {
    const path = '/api/v1/namespaces/default/secrets'
    await ask(cluster, 'POST', path, { body: { metadata: { name: 'release' }, type: 'helm.sh/release.v1' } })
    await ask(cluster, 'POST', path, { body: { metadata: { name: 'opaque' } } })
    expect(
      names(await ask(cluster, 'GET', '/api/v1/secrets?fieldSelector=type%3Dhelm.sh%2Frelease.v1')),
    ).toEqual(['release'])
  })
})

describe('lists', () => {
  test('come in pages', async () => {
    const first = await ask(cluster, 'GET', `${CONFIGMAPS}?limit=2`)
    const token = valueAt(first.body, ['metadata', 'continue'])
    const second = await ask(cluster, 'GET', `${CONFIGMAPS}?limit=2&continue=${token}`)
    expect([names(first), names(second), valueAt(second.body, ['metadata', 'continue'])]).toEqual([
      ['a', 'b'],
      ['c'],
      undefined,
    ])
  })

  test('as metadata alone', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'
    const { body } = await ask(cluster, 'GET', CONFIGMAPS, { accept })
    expect(body).toMatchObject({
      kind: 'PartialObjectMetadataList',
      items: [{ kind: 'PartialObjectMetadata' }, {}, {}],
    })
  })
})

describe('discovery', () => {
  test('version, groups, resources and the sign that PATCH validates fields', async () => {
    expect((await ask(cluster, 'GET', '/version')).body).toMatchObject({
      major: '1',
      minor: '33',
      gitVersion: 'v1.33.4-gke.1245000',
    })
    expect(JSON.stringify((await ask(cluster, 'GET', '/apis')).body)).toContain('"apps/v1"')
    expect(JSON.stringify((await ask(cluster, 'GET', '/apis/apps/v1')).body)).toContain(
      '"deployments/status"',
    )
    expect((await ask(cluster, 'GET', '/openapi/v3')).body).toHaveProperty(['paths', 'apis/apps/v1'])
    expect((await ask(cluster, 'GET', '/openapi/v3/apis/apps/v1')).text).toContain('fieldValidation')
    expect((await ask(cluster, 'GET', '/apis/nothing.example.com/v1')).code).toBe(404)
  })

  test('readyz needs no token', async () => {
    expect((await ask(cluster, 'GET', '/readyz', { token: 'nobody' })).text).toBe('ok')
  })
})

/** Reads events of a watch until `enough` of them have come. */
const watched = async (
  path: string,
  enough: number,
  during: () => Promise<unknown>,
): Promise<readonly JsonObject[]> => {
  const sent = request(`${cluster.url}${path}`, {
    ca: cluster.caCertificate,
    headers: { authorization: 'Bearer writer' },
    agent: false,
  })
  sent.end()
  const [response] = await once(sent, 'response')
  await during()
  let text = ''
  for await (const chunk of response) {
    text += chunk
    if (text.split('\n').length > enough) break
  }
  sent.destroy()
  return text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .filter(isObject)
}

describe('watch', () => {
  test('starts with what is there, says so, and follows what happens', async () => {
    const path = `${CONFIGMAPS}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&labelSelector=tier%3Dfront`
    const type = 'application/merge-patch+json'
    const events = await watched(path, 5, async () => {
      await ask(cluster, 'PATCH', `${CONFIGMAPS}/b`, {
        body: { metadata: { labels: { tier: 'front' } } },
        type,
      })
      await ask(cluster, 'PATCH', `${CONFIGMAPS}/b`, { body: { data: { x: '1' } }, type })
      await ask(cluster, 'PATCH', `${CONFIGMAPS}/b`, {
        body: { metadata: { labels: { tier: 'back' } } },
        type,
      })
    })
    expect(events.map(event => event.type)).toEqual(['ADDED', 'BOOKMARK', 'ADDED', 'MODIFIED', 'DELETED'])
    expect(valueAt(events[1], ['object', 'metadata', 'annotations'])).toEqual({
      'k8s.io/initial-events-end': 'true',
    })
  })

  test('goes on from a resourceVersion without missing anything', async () => {
    const list = await ask(cluster, 'GET', CONFIGMAPS)
    await ask(cluster, 'POST', CONFIGMAPS, { body: { metadata: { name: 'between' } } })
    const version = valueAt(list.body, ['metadata', 'resourceVersion'])
    const events = await watched(`${CONFIGMAPS}?watch=true&resourceVersion=${version}`, 2, () =>
      ask(cluster, 'DELETE', `${CONFIGMAPS}/between`),
    )
    expect(events.map(event => [event.type, valueAt(event, ['object', 'metadata', 'name'])])).toEqual([
      ['ADDED', 'between'],
      ['DELETED', 'between'],
    ])
  })
})

test('discovery says the same in the aggregated form as group by group', async () => {
  const asked: string[] = []
  const discover = (accept: (wanted: string) => string) => async (path: string, wanted: string) => {
    asked.push(path)
    return (await ask(cluster, 'GET', path, { accept: accept(wanted) })).body
  }
  const whole = await apiVersionsOf(discover(wanted => wanted))
  expect(asked).toEqual(['/api', '/apis'])
  const old = await apiVersionsOf(discover(() => 'application/json'))
  expect(asked.length).toBeGreaterThan(6)
  expect(whole).toEqual(old)
  expect(whole).toContain('apps/v1/Deployment')
})
