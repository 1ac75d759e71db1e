import { describe, expect, test } from '@jest/globals'
import { cluster, created, pool, zone } from './one-cluster.ts'
import { checkEveryAnswer, emulate, messageOf } from './support.ts'

checkEveryAnswer()

describe('update', () => {
  test.each([
    [
      'desiredReleaseChannel',
      { channel: 'STABLE' },
      { releaseChannel: { channel: 'STABLE' } },
      'UPDATE_CLUSTER',
    ],
    ['desiredMasterVersion', 'latest', { currentMasterVersion: '1.35.6-gke.1250000' }, 'UPGRADE_MASTER'],
    [
      'desiredAddonsConfig',
      { gcsFuseCsiDriverConfig: { enabled: true } },
      { addonsConfig: { dnsCacheConfig: { enabled: true }, gcsFuseCsiDriverConfig: { enabled: true } } },
      'UPDATE_CLUSTER',
    ],
    [
      'desiredDefaultEnablePrivateNodes',
      true,
      { networkConfig: { defaultEnablePrivateNodes: true } },
      'UPDATE_CLUSTER',
    ],
    [
      'desiredLocations',
      ['us-central1-a', 'us-central1-b'],
      { locations: ['us-central1-a', 'us-central1-b'] },
      'UPDATE_CLUSTER',
    ],
    [
      'desiredControlPlaneEndpointsConfig',
      { dnsEndpointConfig: { allowExternalTraffic: true } },
      { controlPlaneEndpointsConfig: { dnsEndpointConfig: { allowExternalTraffic: true } } },
      'UPDATE_CLUSTER',
    ],
  ])('%s', async (field, value, expected, operationType) => {
    const { send } = await created()
    const { status, body } = await send(`PUT ${zone}/clusters/prod`, { update: { [field]: value } })
    expect([status, body.operationType]).toEqual([200, operationType])
    expect((await send(`GET ${zone}/clusters/prod`)).body).toMatchObject(expected)
  })

  test('takes logging and monitoring together, and no other two', async () => {
    const { send } = await created()
    const components = { componentConfig: { enableComponents: ['SYSTEM_COMPONENTS'] } }
    const pair = { desiredLoggingConfig: components, desiredMonitoringConfig: components }
    expect((await send(`PUT ${zone}/clusters/prod`, { update: pair })).status).toBe(200)
    const two = { desiredLoggingConfig: components, desiredShieldedNodes: { enabled: true } }
    const refused = await send(`PUT ${zone}/clusters/prod`, { update: two })
    expect([refused.status, messageOf(refused)]).toEqual([400, expect.stringContaining('one field')])
  })

  test.each([
    ['a downgrade', { desiredMasterVersion: '1.33' }, 400, 'downgraded'],
    ['nothing', {}, 400, 'Must specify'],
    ['a stale etag', { desiredShieldedNodes: { enabled: true }, etag: 'old' }, 409, 'etag'],
    ['a field that is not emulated', { desiredStackType: 'IPV4' }, 501, 'ClusterUpdate.desiredStackType'],
    [
      'an unknown pool',
      { desiredNodePoolId: 'no', desiredNodeVersion: '-' },
      404,
      'node pool "no" not found',
    ],
  ])('refuses %s', async (_, update, code, text) => {
    const { send } = await created()
    const refused = await send(`PUT ${zone}/clusters/prod`, { update })
    expect([refused.status, messageOf(refused)]).toEqual([code, expect.stringContaining(text)])
  })

  test('one operation at a time: the second is refused with the name of the first', async () => {
    const { send } = await emulate({ clock: 'manual', speed: 1 })
    const { body } = await send(`POST ${zone}/clusters`, { cluster })
    const refused = await send(`POST ${zone}/clusters/prod/nodePools`, { nodePool: { ...pool, name: 'gpu' } })
    expect(refused.status).toBe(400)
    expect(refused.body).toMatchObject({
      error: { status: 'FAILED_PRECONDITION', details: [{ reason: 'CLUSTER_ALREADY_HAS_OPERATION' }] },
    })
    expect(messageOf(refused)).toContain(String(body.name))
  })

  test('labels need the fingerprint that was read', async () => {
    const { send } = await created()
    const { body: read } = await send(`GET ${zone}/clusters/prod`)
    const labels = { resourceLabels: { env: 'prod', team: 'ml' }, labelFingerprint: read.labelFingerprint }
    const { body } = await send(`POST ${zone}/clusters/prod:setResourceLabels`, labels)
    expect(body.operationType).toBe('UPDATE_CLUSTER')
    expect((await send(`GET ${zone}/clusters/prod`)).body.resourceLabels).toEqual({ env: 'prod', team: 'ml' })
    const stale = await send(`POST ${zone}/clusters/prod:setResourceLabels`, labels)
    expect([stale.status, messageOf(stale)]).toEqual([400, expect.stringContaining('fingerprint mismatch')])
  })

  test('maintenance policy needs the resourceVersion that was read', async () => {
    const { send } = await created()
    const { body: read } = await send(`GET ${zone}/clusters/prod`)
    const { resourceVersion } = read.maintenancePolicy as { resourceVersion: string }
    const window = { dailyMaintenanceWindow: { startTime: '03:00' } }
    const body = { maintenancePolicy: { window, resourceVersion } }
    expect((await send(`POST ${zone}/clusters/prod:setMaintenancePolicy`, body)).status).toBe(200)
    expect((await send(`GET ${zone}/clusters/prod`)).body.maintenancePolicy).toMatchObject({ window })
    expect((await send(`POST ${zone}/clusters/prod:setMaintenancePolicy`, body)).status).toBe(400)
  })
})
