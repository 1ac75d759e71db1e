import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createFacts, type Facts } from '../../src/cache/facts.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { type Plan, planDigest } from '../../src/core/plan.ts'
import type { Resource } from '../../src/core/resource.ts'
import type { Chart, RenderInput } from '../../src/helm/port.ts'
import type { PlanningPorts } from '../../src/kinds/kind.ts'
import { prepareReleases } from '../../src/kinds/release/prepare.ts'
import { clusterKey } from '../../src/kubernetes/readers.ts'
import { helmHere } from '../helm/charts.ts'
import { cluster, environment, startWorld, type TestWorld } from './release-support/world.ts'

const withHelm = helmHere() === undefined ? describe.skip : describe

/** Facts of an earlier run. */
const factsOf = async (facts: JsonObject): Promise<Facts> => {
  const file = join(await mkdtemp(join(tmpdir(), 'slipway-ahead-')), 'clusters.json')
  await writeFile(file, JSON.stringify(facts))
  return createFacts(file)
}

withHelm('a chart that is rendered ahead', () => {
  let world: TestWorld
  let plain: Plan
  beforeAll(async () => {
    world = await startWorld()
    const wanted = environment(world)
    await world.apply(await world.plan(wanted))
    plain = await world.plan(environment(world, { values: { apiService: { replicas: 2 } } }))
  })
  afterAll(() => world.close())

  /** Plans the same change with what an earlier run knew, and gives what was rendered for, and whether the cluster was asked before. */
  const planned = async (facts: Facts) => {
    const [renderings, requests] = [world.rendered.length, world.kubernetes.audit.length]
    const wanted = environment(world, { values: { apiService: { replicas: 2 } } })
    expect(planDigest(await world.plan(wanted, undefined, facts))).toBe(planDigest(plain))
    return world.rendered
      .slice(renderings)
      .map(({ input, requestsBefore }) => [input.kubeVersion, requestsBefore > requests ? 'after' : 'ahead'])
  }
  const now = 'v1.33.4-gke.1245000'

  test('is rendered once if the cluster is as it was last time', async () => {
    const facts = await factsOf({})
    expect(await planned(facts)).toEqual([[now, 'after']])
    expect(await planned(facts)).toEqual([[now, 'ahead']])
  })
  test('is rendered again if it is not, and the plan is that of the cluster as it is', async () => {
    const facts = await factsOf({ [clusterKey(cluster)]: { kubeVersion: 'v1.28.0', apiVersions: ['v1'] } })
    expect(await planned(facts)).toEqual([
      ['v1.28.0', 'ahead'],
      [now, 'after'],
    ])
    expect(await planned(facts)).toEqual([[now, 'ahead']])
  })
  test.each<[string, JsonObject]>([
    ['text', { kubeVersion: 'v1.28.0', apiVersions: 'v1' }],
    ['an option', { kubeVersion: 'v1.28.0', apiVersions: ['v1', '--post-renderer=/bin/sh'] }],
    ['nothing', {}],
  ])('is not rendered for what cannot be: %s', async (_, fact) => {
    expect(await planned(await factsOf({ [clusterKey(cluster)]: fact }))).toEqual([[now, 'after']])
  })
})

describe('an archive of an earlier run', () => {
  const chartOf = (sha256: string): Chart => ({
    ...{ path: import.meta.filename, sha256, name: 'demo', version: '1.0.0' },
    ...{ values: {}, lookupTemplates: [], varies: false, kinds: [] },
  })
  const spec = {
    ...{
      cluster,
      release: 'web',
      namespace: 'web',
      repository: 'https://charts',
      values: {},
    },
    chart: { name: 'demo', version: '1.0.0' },
  }
  const resource = {
    address: 'release/web',
    kind: 'release',
    identity: 'web',
    spec,
    sources: {},
  } as unknown as Resource
  const capabilities = { kubeVersion: 'v1.33.4', apiVersions: ['v1'] }

  /** Prepares a release while the repository keeps still; what was rendered before it answered with `pulled`, and after. */
  const prepared = async (expected: Chart | undefined, pulled: Chart) => {
    const rendered: string[] = []
    const answer = Promise.withResolvers<Chart>()
    const reader = { capabilities: async () => capabilities, list: async () => [{ metadata: mine }] }
    const helm = {
      pull: () => answer.promise,
      expected: async () => expected,
      render: async ({ chart }: RenderInput) => {
        rendered.push(chart.sha256)
        return {
          objects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: chart.sha256 } }],
          lookedUp: [],
          hooks: [],
          crds: [],
        }
      },
    }
    const kubernetes = { reader: async () => reader, expected: async () => capabilities }
    const ports = { helm, kubernetes } as unknown as PlanningPorts
    const preparing = prepareReleases([resource], ports, { recorded: false, placeholder: () => undefined })
    await new Promise(setImmediate)
    const ahead = [...rendered]
    answer.resolve(pulled)
    const { resources } = await preparing
    return { ahead, all: rendered, objects: Object.keys(resources[0]?.spec.objects ?? {}) }
  }
  const mine = {
    annotations: { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'web' },
  }

  test('is rendered before the repository has answered, once if it still is the one', async () => {
    expect(await prepared(chartOf('a'), chartOf('a'))).toMatchObject({ ahead: ['a'], all: ['a'] })
  })
  test('is rendered for nothing if it was published again: the plan is that of the new one', async () => {
    const { ahead, all, objects } = await prepared(chartOf('a'), chartOf('b'))
    expect([ahead, all]).toEqual([['a'], ['a', 'b']])
    expect(objects).toEqual(['ConfigMap/b'])
  })
  test('is not waited for where there is none', async () => {
    expect(await prepared(undefined, chartOf('b'))).toMatchObject({ ahead: [], all: ['b'] })
  })
})
