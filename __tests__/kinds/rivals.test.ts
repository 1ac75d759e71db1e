import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Resource } from '../../src/core/resource.ts'
import type { JsonObject } from '../../src/emulator/json.ts'
import { cluster } from '../../src/kinds/cluster/index.ts'
import { clusterSchema } from '../../src/kinds/cluster/schema.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import { nodePool } from '../../src/kinds/node-pool/index.ts'
import { nodePoolSchema } from '../../src/kinds/node-pool/schema.ts'
import { secret } from '../../src/kinds/secret/index.ts'
import { serviceAccount } from '../../src/kinds/service-account/index.ts'
import { sqlInstance } from '../../src/kinds/sql-instance/index.ts'
import { sqlInstanceSchema } from '../../src/kinds/sql-instance/schema.ts'
import { sqlUser } from '../../src/kinds/sql-user/index.ts'
import { item, startWorld, type World, workOf } from './cluster-support/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const project = () => {
  const [found] = world.emulator.state.all
  if (found === undefined) throw new Error('no project')
  return found
}

/** Ports under whose first write somebody else acts: before it arrives, or after it was done. */
const disturbed = (
  act: () => void | Promise<void>,
  when: 'before' | 'after' = 'before',
): World['applying'] => {
  const { gcp } = world.applying
  let acted = false
  const once = async () => {
    if (acted) return
    acted = true
    await act()
  }
  const write: typeof gcp.write = async one => {
    if (when === 'before') await once()
    const answer = await gcp.write(one)
    if (when === 'after') await once()
    return answer
  }
  return { ...world.applying, gcp: { ...gcp, write } }
}

const creating = (resource: Resource) =>
  workOf({ ...resource, action: 'create', changes: [], after: [], takes: [0, 0] })

const theirs: readonly (readonly [string, Pick<Kind, 'create'>, () => Resource, () => Promise<void>])[] = [
  [
    'a cluster',
    cluster,
    () =>
      cluster.resource(
        item(clusterSchema.parse({ name: 'staging', location: 'us-central1-a', mode: 'standard' })),
      ),
    () => world.emulator.seed().cluster('us-central1-a', 'staging', { initialNodeCount: 1 }),
  ],
  [
    'an instance',
    sqlInstance,
    () =>
      sqlInstance.resource(
        item(
          sqlInstanceSchema.parse({
            name: 'db',
            region: 'us-central1',
            version: 'POSTGRES_16',
            tier: 'db-f1-micro',
          }),
        ),
      ),
    () =>
      world.emulator.seed().sqlInstance('db', {
        databaseVersion: 'POSTGRES_16',
        region: 'us-central1',
        settings: { tier: 'db-f1-micro', edition: 'ENTERPRISE' },
      }),
  ],
]

describe('a create in whose place somebody makes a thing of the same name', () => {
  test.each(theirs)('leaves it alone: %s', async (_, { create }, resource, make) => {
    const work = creating(resource())
    await expect(create([work], disturbed(make))).rejects.toThrow(
      `${work.address} was not made: ${work.identity} exists already and is not marked as ours.`,
    )
  })

  test.each(theirs)('leaves it alone after a lost answer too: %s', async (_, { create }, resource, make) => {
    const work = creating(resource())
    world.emulator.faults.add({ match: ({ httpMethod }) => httpMethod === 'POST', kind: 'reset', times: 1 })
    await expect(create([work], disturbed(make))).rejects.toThrow('is not marked as ours')
  })

  test('leaves a node pool alone', async () => {
    await world.emulator.seed().cluster('us-central1-a', 'staging', {
      nodePools: [{ name: 'default', initialNodeCount: 1 }],
    })
    const work = creating(nodePool.resource(item(nodePoolSchema.parse({ machineType: 'e2-medium' }), 'gpu')))
    const [key, live] = [...project().clusters][0] ?? ['', {}]
    const made = () => {
      const [first] = live.nodePools as readonly JsonObject[]
      project().clusters.set(key, { ...live, nodePools: [first ?? {}, { ...first, name: 'gpu' }] })
    }
    await expect(nodePool.create([work], disturbed(made))).rejects.toThrow('is not marked as ours')
  })
})

test('what somebody changes of an account that was made a moment ago stays', async () => {
  const resource = serviceAccount.resource(item({ id: 'staging-nodes', displayName: 'Nodes' }, 'nodes'))
  const accounts = () => [...project().serviceAccounts.values()]
  const change = () => {
    for (const one of accounts()) one.resource = { ...one.resource, displayName: 'theirs' }
  }
  await serviceAccount.create([creating(resource)], disturbed(change, 'after'))
  expect(accounts().map(one => one.resource.displayName)).toEqual(['theirs'])
})

test('a secret that another environment has marked since we looked is not deleted', async () => {
  world.emulator.seed().secret('login', ['v'], { labels: { 'slipway-environment': 'staging' } })
  const resource = secret.resource(item({ name: 'login', generate: { length: 20 } }, 'login'))
  const hand = () => {
    const found = project().secrets.get('login')
    if (found === undefined) throw new Error('no secret')
    found.resource = { ...found.resource, labels: { 'slipway-environment': 'prod' }, etag: '"another"' }
  }
  const work = workOf({ ...resource, action: 'remove', changes: [], after: [], takes: [0, 0] })
  await expect(secret.remove?.([work], disturbed(hand))).rejects.toThrow('now belongs to environment prod')
  expect(project().secrets.has('login')).toBe(true)
})

test('a user whose password somebody has set since the plan keeps it', async () => {
  await world.emulator.seed().sqlInstance('db', {
    databaseVersion: 'POSTGRES_16',
    region: 'us-central1',
    settings: { tier: 'db-f1-micro', edition: 'ENTERPRISE' },
  })
  const wanted = (version: string) =>
    sqlUser.resource(
      item(
        { name: 'app', instance: 'db', type: 'built-in', password: { from: 'env', name: 'DB', version } },
        'app',
      ),
    )
  await world.converge(sqlUser, wanted('1'))
  const [step] = (await world.plan(sqlUser, wanted('2'), wanted('1'))).steps
  if (step === undefined) throw new Error('no step')
  const found = project().sqlInstances.get('db')
  const settings = found?.resource.settings as JsonObject
  const userLabels = { 'slipway-user-app': 'staging_7' }
  if (found !== undefined) found.resource = { ...found.resource, settings: { ...settings, userLabels } }
  world.emulator.requests.clear()
  await expect(sqlUser.update([workOf(step)], world.applying)).rejects.toThrow(
    'sql-user/app has changed since it was planned, and is left so: passwordVersion is 7 now, planned was from 1 to 2.',
  )
  expect(world.emulator.requests.writes).toEqual([])
})
