import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { chartFolder } from '../../src/cli/chart-folder.ts'
import { type Cloud, startCloud } from '../../src/emulator/cloud.ts'
import { ask, CONFIGMAPS, DEPLOYMENTS, deployment } from './kubernetes/support.ts'

const clouds: Cloud[] = []
let cloud: Cloud

/** Asks the Google side of a cloud as its owner. */
const google = async ({ google: { url } }: Cloud, line: string, body?: object) => {
  const [method = '', path = ''] = line.split(' ')
  const response = await fetch(`${url}/${path}`, {
    method,
    headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

const clusterOf = (one: Cloud) => {
  const [cluster] = one.clusters.values()
  if (cluster === undefined) throw new Error('no cluster runs')
  return cluster
}

const CLUSTERS = 'container/v1/projects/acme-ml/locations/us-central1/clusters'
const SECRETS = 'secretmanager/v1/projects/acme-ml/secrets'
const secret = { replication: { automatic: {} } }
const map = (name: string) => ({ metadata: { name }, data: { color: 'blue' } })
const inCluster = (one: Cloud, method: string, path: string, body?: object) =>
  ask(clusterOf(one), method, path, {
    token: 'owner',
    ...(body === undefined ? {} : { body: body as never }),
  })

beforeEach(async () => {
  cloud = await startCloud({ chartFolder: chartFolder(), speed: 1_000_000 })
  clouds.push(cloud)
  cloud.google.seed().enable('container', 'sqladmin', 'secretmanager')
  await google(cloud, `POST ${CLUSTERS}`, { cluster: { name: 'lab', autopilot: { enabled: true } } })
  await cloud.google.finish()
  await google(cloud, `POST ${SECRETS}?secretId=first`, secret)
  await inCluster(cloud, 'POST', CONFIGMAPS, map('first'))
  await inCluster(cloud, 'POST', DEPLOYMENTS, deployment('web', 'web:1'))
})
afterEach(async () => {
  for (const one of clouds.splice(0)) await one.close()
})

const copied = async (): Promise<Cloud> => {
  const copy = await cloud.copy()
  clouds.push(copy)
  return copy
}

test('a copy has all that there is, its cluster at an address of its own', async () => {
  const copy = await copied()
  const address = (one: Cloud) => `127.0.0.1:${clusterOf(one).port}`
  const text = JSON.stringify(await cloud.google.snapshot())
  expect(text).toContain(address(cloud))
  expect(JSON.stringify(await copy.google.snapshot())).toBe(text.replaceAll(address(cloud), address(copy)))
  expect(copy.google.operations.all).toEqual(cloud.google.operations.all)
  expect(clusterOf(copy).objects()).toEqual(clusterOf(cloud).objects())
  expect((await inCluster(copy, 'GET', `${DEPLOYMENTS}/web`)).body.status).toMatchObject({ readyReplicas: 1 })
  expect(clusterOf(copy).clock.now()).toBeGreaterThanOrEqual(cloud.google.clock.now())
})

test('what happens in one does not happen in the other', async () => {
  const copy = await copied()
  const before = [JSON.stringify(await cloud.google.snapshot()), JSON.stringify(clusterOf(cloud).snapshot())]
  await google(copy, `DELETE ${SECRETS}/first`)
  await google(copy, `POST ${SECRETS}?secretId=second`, secret)
  await inCluster(copy, 'DELETE', `${CONFIGMAPS}/first`)
  await inCluster(copy, 'PUT', `${DEPLOYMENTS}/web`, deployment('web', 'web:2'))
  expect(JSON.stringify(clusterOf(copy).get('Deployment', 'default', 'web'))).toContain('web:2')
  expect([
    JSON.stringify(await cloud.google.snapshot()),
    JSON.stringify(clusterOf(cloud).snapshot()),
  ]).toEqual(before)
  await google(cloud, `POST ${SECRETS}?secretId=third`, secret)
  await inCluster(cloud, 'POST', CONFIGMAPS, map('third'))
  expect((await google(copy, `GET ${SECRETS}/third`)).status).toBe(404)
  expect((await inCluster(copy, 'GET', `${CONFIGMAPS}/third`)).code).toBe(404)
})

test('made-up names and versions go on where they were, and its log begins', async () => {
  const copy = await copied()
  const made = async (one: Cloud) => {
    const { body } = await google(one, `POST ${SECRETS}?secretId=next`, secret)
    const { uid, resourceVersion } = (await inCluster(one, 'POST', CONFIGMAPS, map('next'))).body
      .metadata as Record<string, string>
    return { etag: (body as { etag: string }).etag, uid, resourceVersion }
  }
  expect(await made(copy)).toEqual(await made(cloud))
  expect([copy.google.requests.all.length, clusterOf(copy).audit.length]).toEqual([1, 1])
})

test('nothing is copied while an operation runs', async () => {
  const slow = await startCloud({ chartFolder: chartFolder(), speed: 1 })
  clouds.push(slow)
  slow.google.seed().enable('container')
  await google(slow, `POST ${CLUSTERS}`, { cluster: { name: 'lab', autopilot: { enabled: true } } })
  await expect(slow.copy()).rejects.toThrow('CREATE_CLUSTER of clusters/lab is still running')
})
