import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { isEmpty } from '../../src/core/plan.ts'
import { grant, grantName } from '../../src/kinds/grant/index.ts'
import { type Emulated, emulated } from './service-support/emulated.ts'
import { applied, applying, planning, planOf, resourceOf } from './service-support/worlds.ts'

const nodes = 'staging-nodes@acme-ml.iam.gserviceaccount.com'
const project = { project: 'acme-ml' }
const account = { project: 'acme-ml', serviceAccount: nodes }

const grantOf = (settings: Parameters<typeof grantName>[0]) =>
  resourceOf(grant, grantName(settings), settings)

const viewer = grantOf({ role: 'roles/viewer', member: `serviceAccount:${nodes}`, target: project })
const client = grantOf({ role: 'roles/cloudsql.client', member: `serviceAccount:${nodes}`, target: project })

describe('grants, against the emulator', () => {
  let world: Emulated
  beforeEach(async () => {
    world = await emulated()
    world.emulator.seed().bindings(
      [
        {
          role: 'roles/owner',
          members: ['user:z@example.com'],
          condition: { title: 't', expression: 'true' },
        },
      ],
      [{ service: 'allServices', auditLogConfigs: [{ logType: 'ADMIN_READ' }] }],
    )
    world.emulator.seed().serviceAccount('staging-nodes')
  })
  afterEach(() => world.emulator.close())

  const observe = (desired: readonly (typeof viewer)[]) =>
    grant.observe(desired, planning(world.reader(grant.reads)))
  const policy = () => world.emulator.state.find('acme-ml')?.policy
  const signer = grantOf({
    role: 'roles/iam.serviceAccountUser',
    member: 'user:Ann@example.com',
    target: account,
  })

  test('given, the plan is empty; taken, the policies are as before', async () => {
    const desired = [viewer, client, signer]
    const before = structuredClone(policy())
    const ports = applying(world.gcp, world.redactor)
    await applied(grant, planOf(grant, desired, await observe(desired)), ports)
    expect(isEmpty(planOf(grant, desired, await observe(desired)))).toBe(true)
    expect(world.emulator.requests.writes).toHaveLength(2)
    await applied(grant, planOf(grant, [], await observe(desired), desired), ports)
    expect({ ...policy(), etag: '' }).toEqual({ ...before, etag: '' })
    expect(world.emulator.state.serviceAccount(nodes)?.account.policy.bindings).toEqual([])
  })

  test.each(['reset', 'reset-after-success', 503] as const)(
    'a write that meets %s is there once',
    async kind => {
      world.emulator.faults.add({ match: { path: /:setIamPolicy$/ }, kind })
      await applied(
        grant,
        planOf(grant, [viewer], await observe([viewer])),
        applying(world.gcp, world.redactor),
      )
      expect(isEmpty(planOf(grant, [viewer], await observe([viewer])))).toBe(true)
    },
  )
})
