import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import { helmHere } from '../helm/charts.ts'
import { environment, shown, startWorld, type TestWorld } from './release-support/world.ts'

const withHelm = helmHere() === undefined ? describe.skip : describe

/** Names of helm's records. */
const records = ({ kubernetes }: TestWorld): readonly string[] =>
  kubernetes
    .objects()
    .filter(({ type }) => type === 'helm.sh/release.v1')
    .map(({ metadata }) => String((metadata as JsonObject).name))

withHelm('a release that another run changed after it was planned', () => {
  let world: TestWorld
  const mode = (value: string) => environment(world, { values: { settings: { mode: value } } })
  const kept = { annotations: { 'helm.sh/resource-policy': 'keep' } }
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world.close())

  test('is not installed over: two first installations of different values', async () => {
    const [ours, theirs] = [await world.plan(mode('ours')), await world.plan(mode('theirs'))]
    expect((await world.apply(theirs)).failures).toEqual([])
    const made = records(world)
    const [failure] = (await world.apply(ours)).failures
    expect(failure?.message).toBe(
      'release/web was changed by somebody since it was planned: objects.ConfigMap/web/web-config.data.mode is "theirs", was nothing.',
    )
    expect(failure?.advice).toContain('Plan again')
    expect(records(world)).toEqual(made)
  })

  test('keeps what that one put there, of the same field or of another', async () => {
    const before = mode('theirs')
    const plans = [
      await world.plan(mode('ours'), before),
      await world.plan(environment(world, { values: { apiService: { replicas: 2 } } }), before),
    ]
    const third = mode('third')
    expect((await world.apply(await world.plan(third, before))).failures).toEqual([])
    const made = records(world)
    for (const plan of plans) {
      const [failure] = (await world.apply(plan)).failures
      expect(failure?.message).toMatch(/config\.data\.mode is "third", was "theirs"/)
    }
    expect(records(world)).toEqual(made)
    expect(shown(await world.plan(third, third))).toEqual([])
  })

  test('is as wanted already if it was the same change: no revision is made', async () => {
    const before = mode('third')
    const [first, second] = [await world.plan(mode('same'), before), await world.plan(mode('same'), before)]
    expect((await world.apply(first)).failures).toEqual([])
    const made = records(world)
    const { failures, said } = await world.apply(second)
    expect(failures).toEqual([])
    expect(said).toContain('another run has just brought it there')
    expect(records(world)).toEqual(made)
  })

  test('is not settled as if it still were what an earlier run had left', async () => {
    const writer = await world.writer()
    await writer.merge('/apis/coordination.k8s.io/v1/namespaces/web/leases/slipway-web', {
      metadata: { annotations: { 'slipway.dev/unfinished': 'run 6' } },
    })
    const same = mode('same')
    const settling = await world.plan(same, same)
    expect(settling.steps.map(({ action }) => action)).toEqual(['settle'])
    expect((await world.apply(await world.plan(mode('next'), same))).failures).toEqual([])
    const [failure] = (await world.apply(settling)).failures
    expect(failure?.message).toMatch(/config\.data\.mode is "next", was "same"/)
  })

  test('says what was taken away', async () => {
    const plan = await world.plan(mode('more'), mode('next'))
    const writer = await world.writer()
    await writer.remove('/api/v1/namespaces/web/services/web-extra')
    const [failure] = (await world.apply(plan)).failures
    expect(failure?.message).toMatch(/objects\.Service\/web\/web-extra is nothing, was other content/)
    expect((await world.apply(await world.plan(mode('more'), mode('next')))).failures).toEqual([])
  })

  test('is made anew beside a claim that an earlier release left', async () => {
    const none = { ...environment(world, { release: false }), deletable: new Set(['release/web']) }
    expect((await world.apply(await world.plan(none, mode('more')))).failures).toEqual([])
    expect(world.kubernetes.get('PersistentVolumeClaim', 'web', 'web-state')).toBeDefined()
    const larger = environment(world, { values: { storage: { size: '20Gi', ...kept } } })
    const plan = await world.plan(larger)
    expect(shown(plan)).toContain('create release/web')
    expect((await world.apply(plan)).failures).toEqual([])
    expect(shown(await world.plan(larger, larger))).toEqual([])
  })
})
