import type { Plan } from '../../src/core/plan.ts'
import { change, line, plan, step } from './fixtures.ts'

/** Something goes, something widely open comes. */
export const removing: Plan = plan('old', {
  steps: [
    step('grant/roles/owner:user:ada@acme.com@acme-ml', 'create', {
      role: 'roles/owner',
      member: 'user:ada@acme.com',
      target: { project: 'acme-ml' },
    }),
    step('cluster/old', 'settle', {}, { about: 'an upgrade is running', takes: [60, 300] }),
    step('address/old', 'remove', {}, { about: '34.1.2.3, in use by nothing' }),
    step('sql-instance/old', 'remove', {}, { takes: [60, 120] }),
  ],
  notes: [{ level: 'manual', message: 'Point sky.acme.com at the new address.' }],
  unchanged: 4,
})

/** What people made by hand is taken over. */
export const adopting: Plan = plan('hand-made', {
  steps: [
    step(
      'sql-instance/hand-made',
      'adopt',
      {},
      {
        identity: '//sqladmin.googleapis.com/projects/acme-ml/instances/cloud-sql-skypilot-instance',
        changes: [
          change('mark', undefined, 'hand-made', { cause: 'adopt' }),
          change('backups.retained', 7, 14, {
            cause: 'adopt',
            source: line(9, 'environments/hand-made.yaml'),
          }),
        ],
      },
    ),
    step(
      'cluster/hand-made',
      'adopt',
      {},
      { changes: [change('mark', undefined, 'hand-made', { cause: 'adopt' })] },
    ),
    step(
      'node-pool/default',
      'update',
      {},
      {
        takes: [600, 900],
        changes: [
          change('workloadMetadata', 'GCE_METADATA', 'GKE_METADATA', {
            effect: 'recreate-nodes',
            words: 'every node of the pool is recreated, pods move',
            seconds: 600,
            cause: 'engine',
            source: { preset: 'skypilot' },
          }),
          change('labels.team', 'ml', undefined),
          change('labels.owner', undefined, 'platform'),
        ],
      },
    ),
  ],
  recorded: false,
  unchanged: 2,
})
