import { expect } from '@jest/globals'
import { emulate } from './support.ts'

/** Where the cluster is. */
export const zone = 'container/v1/projects/acme-ml/locations/us-central1-a'
/** Its only pool. */
export const pool = {
  name: 'default',
  initialNodeCount: 1,
  autoscaling: { enabled: true, totalMinNodeCount: 1, totalMaxNodeCount: 3 },
  config: { machineType: 'e2-standard-8' },
}
/** What is asked for. */
export const cluster = {
  name: 'prod',
  workloadIdentityConfig: { workloadPool: 'acme-ml.svc.id.goog' },
  resourceLabels: { env: 'prod' },
  nodePools: [pool],
}

/** An emulator in which that cluster was asked for. */
export const created = async (options = {}) => {
  const world = await emulate(options)
  const { status } = await world.send(`POST ${zone}/clusters`, { cluster })
  expect(status).toBe(200)
  return world
}
