import { expect, test } from '@jest/globals'
import type { Resource } from '../../src/core/resource.ts'
import { cluster } from '../../src/kinds/cluster/index.ts'
import { clusterSchema } from '../../src/kinds/cluster/schema.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import { nodePool } from '../../src/kinds/node-pool/index.ts'
import { sqlDatabase } from '../../src/kinds/sql-database/index.ts'
import { sqlInstance } from '../../src/kinds/sql-instance/index.ts'
import { sqlInstanceSchema } from '../../src/kinds/sql-instance/schema.ts'
import { sqlUser } from '../../src/kinds/sql-user/index.ts'
import { item, startWorld, type World, workOf } from './cluster-support/world.ts'

interface Sample {
  readonly name: string
  readonly run: (world: World) => Promise<{ readonly left: number }>
  readonly prepare: (world: World) => Promise<unknown>
}

const sample = <S>(
  kind: Kind<S>,
  resource: Resource,
  prepare: (world: World) => Promise<unknown> = async () => undefined,
): Sample => ({
  name: kind.kind,
  prepare,
  run: async world => {
    const { left } = await world.converge(kind, resource)
    return { left: left.steps.length + left.problems.length }
  },
})

const seedCluster = (world: World) =>
  world.emulator.seed().cluster('us-central1-a', 'staging', { initialNodeCount: 1 })

const seedInstance = (world: World) =>
  world.emulator.seed().sqlInstance('staging-skypilot', {
    region: 'us-central1',
    databaseVersion: 'POSTGRES_16',
    settings: {
      tier: 'db-custom-2-7680',
      edition: 'ENTERPRISE',
      databaseFlags: [{ name: 'cloudsql.iam_authentication', value: 'on' }],
    },
  })

const samples: readonly Sample[] = [
  sample(
    cluster,
    cluster.resource(
      item(
        clusterSchema.parse({
          name: 'staging',
          location: 'us-central1-a',
          mode: 'standard',
          nodePools: { default: { machineType: 'e2-standard-8' } },
        }),
      ),
    ),
  ),
  sample(nodePool, nodePool.resource(item({ machineType: 'e2-standard-8' }, 'gpu')), seedCluster),
  sample(
    sqlInstance,
    sqlInstance.resource(
      item(
        sqlInstanceSchema.parse({
          name: 'staging-skypilot',
          region: 'us-central1',
          version: 'POSTGRES_16',
          tier: 'db-custom-2-7680',
        }),
      ),
    ),
  ),
  sample(
    sqlDatabase,
    sqlDatabase.resource(item({ name: 'skypilot', instance: 'staging-skypilot' }, 'skypilot')),
    seedInstance,
  ),
  sample(
    sqlUser,
    sqlUser.resource(
      item(
        { name: 'sky@acme-ml.iam', type: 'iam-service-account' as const, instance: 'staging-skypilot' },
        'skypilot',
      ),
    ),
    seedInstance,
  ),
]

const speeds = [
  ['already done', {}],
  ['still running', { speed: 1, clock: 'manual' }],
] as const

for (const { name, prepare, run } of samples) {
  test.each(speeds)(
    `a create of ${name} whose answer is lost is made once, its operation %s`,
    async (_, options) => {
      const world = await startWorld(options)
      try {
        await prepare(world)
        world.emulator.faults.add({ match: { method: 'POST' }, kind: 'reset-after-success' })
        expect(await run(world)).toEqual({ left: 0 })
      } finally {
        await world.close()
      }
    },
  )
}

test.each(speeds)('a delete whose answer is lost is no failure, its operation %s', async (_, options) => {
  const world = await startWorld(options)
  try {
    await seedInstance(world)
    const resource = sqlDatabase.resource(
      item({ name: 'skypilot', instance: 'staging-skypilot' }, 'skypilot'),
    )
    await world.converge(sqlDatabase, resource)
    world.emulator.faults.add({ match: { method: 'DELETE' }, kind: 'reset-after-success' })
    const work = workOf({ ...resource, action: 'remove', changes: [], after: [], takes: [0, 0] })
    await sqlDatabase.remove?.([work], world.applying)
    expect(await world.observe(sqlDatabase, resource)).toEqual({ state: 'absent' })
  } finally {
    await world.close()
  }
})
