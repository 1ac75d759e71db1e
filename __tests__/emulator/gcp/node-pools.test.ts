import { describe, expect, test } from '@jest/globals'
import { created, zone } from './one-cluster.ts'
import { checkEveryAnswer, messageOf } from './support.ts'

checkEveryAnswer()

describe('node pools', () => {
  const pools = `${zone}/clusters/prod/nodePools`

  test.each([
    [
      'machineType',
      { machineType: 'e2-standard-4' },
      { config: { machineType: 'e2-standard-4' } },
      'UPGRADE_NODES',
    ],
    ['labels', { labels: { labels: { a: 'b' } } }, { config: { labels: { a: 'b' } } }, 'UPDATE_CLUSTER'],
    [
      'taints',
      { taints: { taints: [{ key: 'a', value: 'b', effect: 'NO_SCHEDULE' }] } },
      { config: { taints: [{ key: 'a' }] } },
      'UPDATE_CLUSTER',
    ],
    [
      'resourceLabels',
      { resourceLabels: { labels: { a: 'b' } } },
      { config: { resourceLabels: { a: 'b', 'goog-gke-node-pool-provisioning-model': 'on-demand' } } },
      'UPDATE_CLUSTER',
    ],
    [
      'workload metadata',
      { workloadMetadataConfig: { mode: 'GCE_METADATA' } },
      { config: { workloadMetadataConfig: { mode: 'GCE_METADATA' } } },
      'UPGRADE_NODES',
    ],
    ['disk', { diskSizeGb: '200' }, { config: { diskSizeGb: 200 } }, 'UPGRADE_NODES'],
    ['locations', { locations: ['us-central1-b'] }, { locations: ['us-central1-b'] }, 'UPDATE_CLUSTER'],
  ])('update of %s', async (_, body, expected, operationType) => {
    const { send } = await created()
    const reply = await send(`PUT ${pools}/default`, body)
    expect([reply.status, reply.body.operationType]).toEqual([200, operationType])
    expect((await send(`GET ${pools}/default`)).body).toMatchObject(expected)
  })

  test('create, size, manage, autoscale, delete', async () => {
    const { send } = await created()
    await send(`POST ${pools}`, { nodePool: { name: 'gpu', initialNodeCount: 0, config: { spot: true } } })
    expect((await send(`GET ${pools}/gpu`)).body.config).toMatchObject({
      resourceLabels: { 'goog-gke-node-pool-provisioning-model': 'spot' },
    })
    await send(`POST ${pools}/gpu:setSize`, { nodeCount: 2 })
    await send(`POST ${pools}/gpu:setManagement`, { management: { autoRepair: true, autoUpgrade: false } })
    await send(`POST ${pools}/gpu:setAutoscaling`, { autoscaling: { enabled: true, maxNodeCount: 4 } })
    const { management, ...gpu } = (await send(`GET ${pools}/gpu`)).body
    expect(management).toEqual({ autoRepair: true })
    expect(gpu).toMatchObject({
      initialNodeCount: 2,
      autoscaling: { maxNodeCount: 4, locationPolicy: 'BALANCED' },
    })
    expect((await send(`GET ${zone}/clusters/prod`)).body.currentNodeCount).toBe(3)
    const update = { desiredNodePoolId: 'gpu', desiredNodePoolAutoscaling: { enabled: false } }
    await send(`PUT ${zone}/clusters/prod`, { update })
    expect((await send(`GET ${pools}/gpu`)).body.autoscaling).toEqual({})
    await send(`DELETE ${pools}/gpu`)
    const gone = await send(`GET ${pools}/gpu`)
    expect([gone.status, messageOf(gone)]).toEqual([404, 'Not found: node pool "gpu" not found.'])
    expect((await send(`GET ${pools}`)).body.nodePools).toHaveLength(1)
  })
})
