import type { Result } from '../../src/core/outcome.ts'
import { line } from './fixtures.ts'

/** `prod` applied whole. */
export const prodResult: Result = {
  environment: 'prod',
  seconds: 372,
  outcomes: [
    {
      address: 'sql-instance/prod',
      ending: 'applied',
      summary: 'tier db-custom-2-7680 → db-custom-4-15360',
      seconds: 220,
    },
    { address: 'node-pool/gpu', ending: 'applied', summary: 'autoscaling.max 4 → 8', seconds: 21 },
    {
      address: 'release/skypilot',
      ending: 'applied',
      summary: '0.12.2 → 0.13.0, revision 8, backup 1763712001',
      seconds: 123,
    },
  ],
  url: 'https://sky.acme.com/api/health',
  health: 'healthy, version 0.13.0',
  left: [],
}

/** `staging` stopped by a pod that finds no room. */
export const failedResult: Result = {
  environment: 'staging',
  seconds: 1_121,
  outcomes: [
    { address: 'cluster/staging', ending: 'applied', summary: 'created', seconds: 402 },
    { address: 'sql-instance/staging', ending: 'already', summary: '', seconds: 0 },
    {
      address: 'release/skypilot',
      ending: 'failed',
      summary: '',
      seconds: 300,
      problem: {
        message: 'skypilot-api-server-7c9f cannot be scheduled: 0/3 nodes have 4 free CPUs.',
        advice: "Raise nodePools.default.machineType or lower the chart's apiService.resources.",
        position: line(9, 'environments/staging.yaml'),
      },
    },
    { address: 'secret/login', ending: 'skipped', summary: '', seconds: 0 },
    { address: 'address/staging', ending: 'running', summary: '', seconds: 12 },
  ],
  left: [],
}
