import { describe, expect, test } from '@jest/globals'
import { cluster, created, pool, zone } from './one-cluster.ts'
import { checkEveryAnswer, emulate, messageOf, reasonOf } from './support.ts'

checkEveryAnswer()

describe('create', () => {
  test('is there at once, PROVISIONING, and RUNNING with an endpoint when the operation is done', async () => {
    const { emulator, send } = await emulate({ clock: 'manual', speed: 1 })
    const { body: operation } = await send(`POST ${zone}/clusters`, { cluster })
    expect(operation).toMatchObject({
      operationType: 'CREATE_CLUSTER',
      status: 'RUNNING',
      zone: 'us-central1-a',
    })
    const before = await send(`GET ${zone}/clusters/prod`)
    expect(before.body).toMatchObject({ status: 'PROVISIONING', nodePools: [{ status: 'PROVISIONING' }] })
    expect(before.body.endpoint).toBeUndefined()
    emulator.clock.advance(180_000)
    const half = await send(`GET ${zone}/operations/${operation.name}`)
    expect(half.body).toMatchObject({
      status: 'RUNNING',
      progress: { metrics: [{ intValue: '8' }, {}, { intValue: '2' }, {}, {}, {}] },
    })
    emulator.clock.advance(180_000)
    expect((await send(`GET ${zone}/operations/${operation.name}`)).body.status).toBe('DONE')
    const after = await send('GET container/v1/projects/acme-ml/locations/-/clusters')
    expect(after.body.clusters).toMatchObject([{ status: 'RUNNING', endpoint: expect.any(String) }])
  })

  test('fills in what GKE fills in', async () => {
    const { send } = await created()
    const { body } = await send(`GET ${zone}/clusters/prod`)
    expect(body).toMatchObject({
      releaseChannel: { channel: 'REGULAR' },
      network: 'default',
      networkConfig: { subnetwork: 'projects/acme-ml/regions/us-central1/subnetworks/default' },
      ipAllocationPolicy: { useIpAliases: true },
      locations: ['us-central1-a'],
      nodePools: [
        {
          autoscaling: { locationPolicy: 'BALANCED', totalMaxNodeCount: 3 },
          config: {
            diskSizeGb: 100,
            resourceLabels: { 'goog-gke-node-pool-provisioning-model': 'on-demand' },
            workloadMetadataConfig: { mode: 'GKE_METADATA' },
          },
          management: { autoRepair: true, autoUpgrade: true },
        },
      ],
    })
  })

  test('takes the Kubernetes endpoint that it is given', async () => {
    const startKubernetes = async () => ({
      endpoint: '127.0.0.1:6443',
      caCertificateBase64: 'Y2E=',
      dnsEndpoint: 'gke.test',
    })
    const { send } = await emulate({ startKubernetes })
    const controlPlaneEndpointsConfig = { dnsEndpointConfig: { allowExternalTraffic: true } }
    await send(`POST ${zone}/clusters`, { cluster: { ...cluster, controlPlaneEndpointsConfig } })
    expect((await send(`GET ${zone}/clusters/prod`)).body).toMatchObject({
      endpoint: '127.0.0.1:6443',
      masterAuth: { clusterCaCertificate: 'Y2E=' },
      controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: 'gke.test' } },
    })
  })

  test('makes an Autopilot cluster in three zones of a region', async () => {
    const { send } = await emulate()
    const region = 'container/v1/projects/acme-ml/locations/us-east5'
    await send(`POST ${region}/clusters`, { cluster: { name: 'auto', autopilot: { enabled: true } } })
    expect((await send(`GET ${region}/clusters/auto`)).body).toMatchObject({
      autopilot: { enabled: true },
      locations: ['us-east5-a', 'us-east5-b', 'us-east5-c'],
      workloadIdentityConfig: { workloadPool: 'acme-ml.svc.id.goog' },
      selfLink: expect.stringContaining('/locations/us-east5/'),
    })
    const refused = await send(`POST ${region}/clusters/auto/nodePools`, { nodePool: pool })
    expect([refused.status, messageOf(refused)]).toEqual([400, expect.stringContaining('Autopilot')])
  })

  test.each([
    ['an unknown network', { network: 'nowhere' }, 400, 'not found'],
    [
      'a foreign workload pool',
      { workloadIdentityConfig: { workloadPool: 'other.svc.id.goog' } },
      400,
      'Invalid workload',
    ],
    [
      'an unknown node account',
      { nodePools: [{ ...pool, config: { serviceAccount: 'no@acme-ml.iam.gserviceaccount.com' } }] },
      400,
      'does not exist',
    ],
    ['an unknown version', { initialClusterVersion: '1.2' }, 400, 'No valid versions'],
    ['a bad name', { name: 'Prod' }, 400, 'cluster.name'],
    [
      'two kinds of limits',
      { nodePools: [{ ...pool, autoscaling: { enabled: true, maxNodeCount: 2, totalMaxNodeCount: 3 } }] },
      400,
      'per-zone',
    ],
    ['no nodes', { nodePools: [] }, 400, 'initial_node_count'],
    [
      'an unknown member',
      { nodePoolz: [] },
      400,
      'Unknown name "nodePoolz" at \'cluster\': Cannot find field.',
    ],
    [
      'an unknown enum value',
      { releaseChannel: { channel: 'SLOW' } },
      400,
      "'cluster.release_channel.channel'",
    ],
    [
      'a text for a number',
      { nodePools: [{ ...pool, initialNodeCount: '1' }] },
      400,
      'cluster.node_pools[0].initial_node_count',
    ],
  ])('refuses %s', async (_, change, code, text) => {
    const { send } = await emulate()
    const refused = await send(`POST ${zone}/clusters`, { cluster: { ...cluster, ...change } })
    expect([refused.status, messageOf(refused)]).toEqual([code, expect.stringContaining(text)])
  })

  test('refuses a name that is taken, and one whose API is off', async () => {
    const { emulator, send } = await created()
    const taken = await send(`POST ${zone}/clusters`, { cluster })
    expect([taken.status, reasonOf(taken)]).toEqual([409, 'alreadyExists'])
    emulator.state.find('acme-ml')?.services.delete('container.googleapis.com')
    const off = await send(`GET ${zone}/clusters`)
    expect(off.status).toBe(403)
    expect(off.body).toMatchObject({
      error: { details: [{ reason: 'SERVICE_DISABLED', metadata: { service: 'container.googleapis.com' } }] },
    })
  })

  test('asks for actAs on the node account when told so', async () => {
    const { emulator, send } = await emulate({ enforceActAs: true })
    const email = emulator.seed().serviceAccount('prod-nodes')
    const nodePools = [{ ...pool, config: { serviceAccount: email } }]
    const refused = await send(`POST ${zone}/clusters`, { cluster: { ...cluster, nodePools } }, 'applier')
    expect([refused.status, messageOf(refused)]).toEqual([
      403,
      expect.stringContaining('iam.serviceAccountUser'),
    ])
    const member = 'serviceAccount:slipway-applier@acme-ml.iam.gserviceaccount.com'
    emulator.seed().serviceAccount('slipway-applier')
    const bindings = [{ role: 'roles/iam.serviceAccountUser', members: [member] }]
    await send(`POST iam/v1/projects/acme-ml/serviceAccounts/${email}:setIamPolicy`, { policy: { bindings } })
    expect(
      (await send(`POST ${zone}/clusters`, { cluster: { ...cluster, nodePools } }, 'applier')).status,
    ).toBe(200)
  })
})

test('delete, and what is left', async () => {
  const { send } = await created()
  const { body } = await send(`DELETE ${zone}/clusters/prod`)
  expect(body.operationType).toBe('DELETE_CLUSTER')
  const gone = await send(`GET ${zone}/clusters/prod`)
  expect([gone.status, messageOf(gone)]).toEqual([
    404,
    'Not found: projects/acme-ml/zones/us-central1-a/clusters/prod.',
  ])
  expect((await send('GET container/v1/projects/acme-ml/locations/-/clusters')).body).toEqual({})
  expect((await send(`GET ${zone}/operations`)).body.operations).toHaveLength(2)
  expect((await send(`GET ${zone}/serverConfig`)).body.channels).toHaveLength(4)
})
