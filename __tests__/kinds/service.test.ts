import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { isEmpty } from '../../src/core/plan.ts'
import { service } from '../../src/kinds/service/index.ts'
import { type Emulated, emulated } from './service-support/emulated.ts'
import { failing, fakeGcp, type Seen } from './service-support/fake-gcp.ts'
import { applied, applying, bareWork, planning, planOf, resourceOf } from './service-support/worlds.ts'

const names = (count: number) => Array.from({ length: count }, (_, index) => `s${index}`)

const isBatch = ({ path }: Seen) => path.endsWith(':batchEnable')

/** A project whose services go on when they are asked for; `lag` lists come late. */
const project = (on: Set<string>, { lag = 0, operation = 'operations/acf.p2-1-x' } = {}) => {
  let late = lag
  return fakeGcp(request => {
    if (isBatch(request)) {
      for (const id of (request.body as { serviceIds: string[] }).serviceIds) on.add(id)
      return { name: operation }
    }
    if (request.path.startsWith('/v1/operations/')) return {}
    const shown = late-- > 0 && on.size > 1 ? [] : [...on]
    return { services: shown.map(name => ({ name: `projects/1/services/${name}`, state: 'ENABLED' })) }
  })
}

const create = (gcp: ReturnType<typeof fakeGcp>, ids: readonly string[]) =>
  service.create(
    ids.map(id => bareWork(resourceOf(service, id, {}))),
    applying(gcp, { add: () => undefined } as never),
  )

describe('service', () => {
  test.each([
    ['container', 'container.googleapis.com'],
    ['example.endpoints.p.cloud.goog', 'example.endpoints.p.cloud.goog'],
  ])('%s stands for %s', (name, host) => {
    expect(resourceOf(service, name, {}).spec).toEqual({ service: host, project: 'acme-ml' })
  })

  test('45 services go on in three calls of at most 20', async () => {
    const gcp = project(new Set())
    await create(gcp, names(45))
    const sizes = gcp.seen
      .filter(isBatch)
      .map(({ body }) => (body as { serviceIds: string[] }).serviceIds.length)
    expect(sizes).toEqual([20, 20, 5])
    expect(gcp.on).toHaveLength(45)
  })

  test('what is on already is not sent again, and its API is still given time', async () => {
    const gcp = project(new Set(['s0.googleapis.com']))
    await create(gcp, ['s0'])
    expect(gcp.seen.filter(isBatch)).toEqual([])
    expect(gcp.on).toEqual(['s0.googleapis.com'])
  })

  test('an operation that had nothing to do is not polled', async () => {
    const gcp = project(new Set(), { operation: 'operations/noop.DONE_OPERATION' })
    await create(gcp, ['s0'])
    expect(gcp.seen.filter(({ path }) => path.startsWith('/v1/operations'))).toEqual([])
  })

  test('a list that lags behind is read again', async () => {
    const gcp = project(new Set(), { lag: 4 })
    await create(gcp, ['s0', 's1'])
    expect(gcp.seen.filter(isBatch)).toHaveLength(1)
  })

  test('another switch in progress is waited out', async () => {
    let busy = 2
    const inner = project(new Set())
    const gcp = fakeGcp(request => {
      if (isBatch(request) && busy-- > 0)
        throw failing(
          'serviceusage',
          'invalid',
          'Another activation or deactivation is in progress for the service.',
        )
      return answerOf(inner, request)
    })
    await create(gcp, ['s0'])
    expect(gcp.seen.filter(isBatch)).toHaveLength(3)
  })

  test('a stopped run starts nothing', async () => {
    const gcp = project(new Set())
    const work = bareWork(resourceOf(service, 's0', {}), { signal: AbortSignal.abort() })
    await expect(service.create([work], applying(gcp, undefined as never))).rejects.toThrow(/abort/i)
    expect(gcp.seen.filter(isBatch)).toEqual([])
  })

  test('Service Usage itself being off says what to press', async () => {
    const gcp = fakeGcp(() => {
      throw failing('serviceusage', 'disabled', 'Service Usage API has not been used in project 1.', 403)
    })
    const resource = resourceOf(service, 'container', {})
    const seen = (await service.observe([resource], planning(gcp))).get(resource.address)
    expect(seen).toMatchObject({
      state: 'unknown',
      problem: {
        advice: expect.stringMatching(
          /library\/serviceusage\.googleapis\.com\?project=acme-ml and press Enable/,
        ),
      },
    })
  })

  test('a missing permission is named, with the role that has it', async () => {
    const gcp = fakeGcp(() => {
      throw failing('serviceusage', 'forbidden', "Permission 'serviceusage.services.list' denied.", 403)
    })
    const resource = resourceOf(service, 'container', {})
    const seen = (await service.observe([resource], planning(gcp))).get(resource.address)
    expect(seen).toMatchObject({
      state: 'unknown',
      problem: {
        message: expect.stringContaining('the planner lacks serviceusage.services.list in project acme-ml'),
        advice: expect.stringContaining('roles/serviceusage.serviceUsageViewer'),
      },
    })
  })
})

const answerOf = (gcp: ReturnType<typeof fakeGcp>, { method, api, path, query, body }: Seen): unknown =>
  method === 'GET' ? gcp.get(api, path, query) : gcp.write({ method: 'POST', api, path, query, body })

describe('service, against the emulator', () => {
  let world: Emulated
  beforeEach(async () => {
    world = await emulated({ servicePropagation: 30_000 })
  })
  afterEach(() => world.emulator.close())

  test('after apply the plan is empty, with one list and one batch', async () => {
    const desired = ['container', 'sqladmin', 'iam'].map(name => resourceOf(service, name, {}))
    const observe = () => service.observe(desired, planning(world.reader(service.reads)))
    const plan = planOf(service, desired, await observe())
    expect(plan.steps.map(({ address, action }) => [address, action])).toEqual([
      ['service/container', 'create'],
      ['service/sqladmin', 'create'],
    ])
    await applied(service, plan, applying(world.gcp, world.redactor))
    expect(isEmpty(planOf(service, desired, await observe()))).toBe(true)
    expect(world.emulator.requests.writes.map(({ method }) => method)).toEqual([
      'serviceusage.services.batchEnable',
    ])
  })

  test.each(['reset', 'reset-after-success', 503] as const)(
    'a batch that meets %s is on in the end',
    async kind => {
      world.emulator.faults.add({ match: { path: /batchEnable/ }, kind })
      const desired = [resourceOf(service, 'container', {})]
      const observe = () => service.observe(desired, planning(world.reader(service.reads)))
      await applied(service, planOf(service, desired, await observe()), applying(world.gcp, world.redactor))
      expect(isEmpty(planOf(service, desired, await observe()))).toBe(true)
    },
  )
})
