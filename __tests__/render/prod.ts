import type { Plan } from '../../src/core/plan.ts'
import { change, line, plan, step } from './fixtures.ts'

const api = 'Deployment/skypilot/skypilot-api-server'
const inApi = (path: string): readonly string[] => ['objects', api, ...path.split('.')]

const objects = Object.fromEntries(
  [
    api,
    ...Array.from({ length: 6 }, (_, index) => `ServiceAccount/skypilot/account-${index}`),
    ...Array.from({ length: 28 }, (_, index) => `ConfigMap/skypilot/part-${index}`),
  ].map(key => [key, {}] as const),
)

const relabelled = Array.from({ length: 6 }, (_, index) => ({
  ...change('', 'skypilot-0.12.2', 'skypilot-0.13.0'),
  path: ['objects', `ServiceAccount/skypilot/account-${index}`, 'metadata', 'labels', 'helm.sh/chart'],
}))

/** The chart upgrade of `prod`. */
export const upgrade = step(
  'release/skypilot',
  'update',
  {
    release: 'skypilot',
    chart: { name: 'skypilot', version: '0.13.0' },
    namespace: 'skypilot',
    backupBefore: 'sql-instance/prod',
    objects,
  },
  {
    takes: [120, 180],
    changes: [
      change('chart.version', '0.12.2', '0.13.0', { source: line(21) }),
      {
        ...change('', 'berkeleyskypilot/skypilot:0.12.2', 'berkeleyskypilot/skypilot:0.13.0'),
        path: inApi('spec.template.spec.containers.skypilot-api.image'),
        effect: 'restart',
        words: 'rolls 1 pod, about 2 min (ReadWriteOnce: the old pod stops first)',
        source: line(21),
      },
      {
        ...change('', 'skypilot-0.12.2', 'skypilot-0.13.0'),
        path: inApi('metadata.labels.helm\u0000.sh/chart'),
      },
      ...relabelled,
    ],
  },
)

const refused = change('region', 'us-central1', 'us-east1', {
  effect: 'refused',
  words: 'Cloud SQL cannot move, and replacing it would delete the data',
  recipe:
    'Add a replica in us-east1, promote it, then change this line: see docs/recipes/move-database.md of Slipway.',
  source: line(14),
})

const tier = change('tier', 'db-custom-2-7680', 'db-custom-4-15360', {
  effect: 'restart',
  words: 'connections drop for about a minute',
  seconds: 60,
  source: line(15),
})

const retained = change('backups.retained', 3, 14, { cause: 'drift', source: line(18) })

/** Changes, one of them refused, one interruption, one drift, a chart upgrade. */
export const prod: Plan = plan('prod', {
  steps: [
    step(
      'sql-instance/prod',
      'update',
      { tier: 'db-custom-4-15360' },
      { changes: [refused, tier, retained], about: 'settings version 41', takes: [60, 90] },
    ),
    step(
      'node-pool/gpu',
      'update',
      { autoscaling: { min: 0, max: 8 } },
      { changes: [change('autoscaling.max', 4, 8, { source: line(11) })] },
    ),
    {
      ...upgrade,
      changes: upgrade.changes.filter(({ path }) => !path.some(part => part.includes('\u0000'))),
    },
  ],
  problems: [
    {
      address: 'sql-instance/prod',
      message:
        'sql-instance/prod: region cannot change from us-central1 to us-east1: Cloud SQL cannot move, and replacing it would delete the data.',
      advice:
        'Add a replica in us-east1, promote it, then change this line: see docs/recipes/move-database.md of Slipway.',
      position: line(14),
    },
  ],
  unchanged: 16,
  outputs: { 'sql-instance/prod': { connectionName: 'acme-ml:us-central1:prod-skypilot' } },
})
