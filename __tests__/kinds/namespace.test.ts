import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ruleFor } from '../../src/core/rules.ts'
import type { PlanningPorts } from '../../src/kinds/kind.ts'
import { namespace } from '../../src/kinds/namespace/index.ts'
import { KubernetesError, type KubernetesReader } from '../../src/kubernetes/port.ts'
import { environment, scope, shown, startWorld, type TestWorld } from './release-support/world.ts'

const item = { name: 'web', settings: { labels: { team: 'ml' } }, scope, sources: {} }

describe('a namespace', () => {
  let world: TestWorld
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world.close())
  const only = () => {
    const all = environment(world, { release: false })
    return { ...all, resources: all.resources.filter(({ kind }) => kind === 'namespace') }
  }
  const labels = () => world.kubernetes.get('Namespace', '', 'web')?.metadata

  test('is made with its labels and our mark', async () => {
    expect((await world.apply(await world.plan(only()))).failures).toEqual([])
    expect(labels()).toMatchObject({ labels: { team: 'ml', 'slipway.dev/environment': 'staging' } })
    expect(shown(await world.plan(only(), only()))).toEqual([])
  })
  test('keeps what others put there and gets back what is ours', async () => {
    const writer = await world.writer()
    await writer.merge('/api/v1/namespaces/web', { metadata: { labels: { team: 'x', other: 'y' } } })
    const plan = await world.plan(only(), only())
    expect(shown(plan)).toEqual(['update namespace/web', '  labels.team: "x" → "ml" in-place'])
    expect((await world.apply(plan)).failures).toEqual([])
    expect(labels()).toMatchObject({ labels: { team: 'ml', other: 'y' } })
  })
  test('what somebody sets after the plan stays, and is named', async () => {
    const writer = await world.writer()
    const set = (team: string) => writer.merge('/api/v1/namespaces/web', { metadata: { labels: { team } } })
    await set('x')
    const plan = await world.plan(only(), only())
    await set('y')
    const { failures } = await world.apply(plan)
    expect(failures[0]?.message).toBe(
      'namespace/web has changed since it was planned, and is left so: labels.team is y now, planned was from x to ml.',
    )
    expect(labels()).toMatchObject({ labels: { team: 'y' } })
    await set('ml')
  })
  test('loses a label that the file no longer has', async () => {
    const without = { ...only(), resources: [namespace.resource({ ...item, settings: { labels: {} } })] }
    const plan = await world.plan(without, only())
    expect(shown(plan)).toEqual(['update namespace/web', '  labels.team: "ml" → undefined in-place'])
    expect((await world.apply(plan)).failures).toEqual([])
    expect(JSON.stringify(labels())).not.toContain('team')
  })
  test('without a mark is adopted, and of another environment is refused', async () => {
    const writer = await world.writer()
    const mark = (value: string | null) =>
      writer.merge('/api/v1/namespaces/web', { metadata: { labels: { 'slipway.dev/environment': value } } })
    await mark(null)
    const plan = await world.plan(only(), only())
    expect(shown(plan)[0]).toBe('adopt namespace/web')
    expect((await world.apply(plan)).failures).toEqual([])
    expect(labels()).toMatchObject({ labels: { 'slipway.dev/environment': 'staging' } })
    await mark('prod')
    expect((await world.plan(only())).problems[0]?.message).toContain('belongs to environment prod')
    await mark('staging')
  })
  test('that was made in between is not taken without being asked', async () => {
    const plan = await world.plan({ ...only(), resources: [namespace.resource({ ...item, name: 'late' })] })
    const writer = await world.writer()
    await writer.create('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'late' },
    })
    const { failures } = await world.apply(plan)
    expect(failures[0]?.message).toContain('namespace/late exists already')
    await writer.merge('/api/v1/namespaces/late', {
      metadata: { labels: { 'slipway.dev/environment': 'staging' } },
    })
    expect((await world.apply(plan)).failures).toEqual([])
  })
  test('holds data: a merge never removes it', async () => {
    const plan = await world.plan({ ...only(), resources: [] }, only())
    expect(plan.problems[0]?.message).toContain('it holds data')
  })
})

describe('looking at a namespace', () => {
  const looked = async (reader: Partial<KubernetesReader> | undefined) => {
    const ports = { kubernetes: { reader: async () => reader } } as unknown as PlanningPorts
    return (await namespace.observe([namespace.resource(item)], ports)).get('namespace/web')
  }
  test('in a cluster that is not there finds it absent', async () => {
    expect(await looked(undefined)).toEqual({ state: 'absent' })
  })
  test('without permission finds it unknown, and names the role', async () => {
    const forbidden = new KubernetesError('GET /api/v1/namespaces failed with 403: no', {
      status: 403,
      reason: 'Forbidden',
    })
    const seen = await looked({ list: async () => Promise.reject(forbidden) })
    expect(seen).toMatchObject({
      state: 'unknown',
      problem: { advice: 'Grant the planner roles/container.viewer on the project.' },
    })
  })
  test('that is being deleted does not take it for gone', async () => {
    const seen = await looked({
      list: async () => [{ metadata: { name: 'web' }, status: { phase: 'Terminating' } }],
    })
    expect(seen).toMatchObject({ state: 'unknown' })
  })
  test('needs a cluster in the file', () => {
    expect(() => namespace.resource({ ...item, scope: { ...scope, cluster: undefined } })).toThrow(
      'needs a cluster',
    )
  })
  test('every field has a rule', () => {
    const spec = namespace.resource({
      ...item,
      settings: { labels: { a: 'b' }, annotations: { c: 'd' } },
    }).spec
    for (const [key, value] of Object.entries(spec))
      for (const path of typeof value === 'object' && value !== null
        ? Object.keys(value).map(one => [key, one])
        : [[key]])
        expect([path, ruleFor(namespace.rules, path) !== undefined]).toEqual([path, true])
  })
})
