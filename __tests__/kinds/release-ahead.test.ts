import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createFacts, type Facts } from '../../src/cache/facts.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { type Plan, planDigest } from '../../src/core/plan.ts'
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
